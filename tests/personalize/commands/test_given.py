import click
import pytest
from click.testing import CliRunner

from personalize.commands.given import GIVEN
from personalize.commands.main import leaves, main

INPUTS = {
    *("root", "people", "images", "pictures", "silhouettes", "landmarks", "masks", "video"),
    *("test_list", "photographs", "real_people", "source_videos", "baseline"),
    *("garments", "motion", "backgrounds", "panoramas", "skins"),
}
"""Names of parameters that are read."""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("transfer", "NONE", "--out", "x"), "NONE: no such file or folder; check the path"),
        (("run", "NONE", "--landmarks", "NO.npz"), "NO.npz: no such file or folder; check --land"),
        (("export", "NONE", "--to", "coco"), "NONE: no such file or folder; check the path"),
    ],
)
def test_a_path_that_is_not_there_is_one_sentence(words, told):
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert told in result.stderr


def test_every_path_that_is_read_has_to_be_there():
    for leaf in leaves(main):
        for parameter in leaf.params:
            if parameter.name in INPUTS and isinstance(parameter.type, click.Path):
                assert parameter.type is GIVEN or leaf.name == "check", (leaf.name, parameter)
