import click
import pytest
from click.testing import CliRunner

from personalize.commands.batch import Shard, batch


@pytest.mark.parametrize(("text", "shard"), [("1/1", (1, 1)), ("3/8", (3, 8)), ("08/8", (8, 8))])
def test_a_shard_is_a_number_and_a_count(text, shard):
    assert Shard().convert(text, None, None) == shard


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/", "/2", "a/b", "-1/2", "1/2/3", ""])
def test_another_shard_is_refused(text):
    with pytest.raises(click.BadParameter, match="must be I/N with I from 1 to N, such as 3/8"):
        Shard().convert(text, None, None)


def test_a_shard_without_a_video_is_done(tmp_path):
    (tmp_path / "a.mp4").touch()
    words = [str(tmp_path), "--out", str(tmp_path / "out"), "--shard", "2/2"]
    result = CliRunner().invoke(batch, words)
    assert (result.exit_code, result.stdout) == (0, "\n"), result.output
