import json

import pytest
from click.testing import CliRunner

from personalize.commands.main import main

FAST = [
    "--window",
    "6",
    "--size",
    "80",
    "--epochs",
    "1",
    "--parts-epochs",
    "0",
    "--keep",
    "personal",
]


@pytest.fixture
def run(square_weights):
    def invoke(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    return invoke


@pytest.fixture
def learn(run, square_weights, tmp_path):
    def learn(*sources, out=tmp_path / "ann.safetensors", more=()):
        return run("learn", *sources, "--out", out, "--weights", square_weights, *FAST, *more)

    return learn


def test_a_person_is_learned_and_nothing_parsed(run, learn, square_video, square_weights, tmp_path):
    result = learn(square_video)
    assert result.exit_code == 0, result.output
    file = tmp_path / "ann.safetensors"
    assert result.stdout.splitlines()[-1] == str(file)
    assert [line.split()[0] for line in result.stdout.splitlines()[:-1]] == [
        *("predict", "propagate", "refine", "learn", "judge", "keep")
    ]
    assert not (tmp_path / "ann.run/silhouettes").exists()
    words = ["--person", file, "--weights", square_weights, "--size", "80"]
    assert run("parse", square_video, *words, "--out", tmp_path / "out").exit_code == 0
    told = json.loads(run("person", "show", file, "--json", "-").stdout)
    assert told["source"] == "square.mp4"
    assert told["verdict"]["silhouettes"]["kept"] == "personal"
    assert told["size"] == [96, 64]
    assert told["parameters"] > 1000
    shown = run("person", "show", file).stdout
    assert told["base"] in shown
    assert told["digest"] in shown


def test_the_same_input_gives_the_same_bytes(learn, square_video, tmp_path):
    learn(square_video)
    learn(square_video, out=tmp_path / "again.safetensors")
    one, other = (tmp_path / f"{name}.safetensors" for name in ("ann", "again"))
    assert one.read_bytes() == other.read_bytes()


def test_a_person_who_is_learned_is_written_again_if_lost(learn, square_video, tmp_path):
    learn(square_video)
    file = tmp_path / "ann.safetensors"
    before = file.read_bytes()
    file.unlink()
    again = learn(square_video)
    assert again.stdout.count("(from an earlier run)") == 6
    assert file.read_bytes() == before
    assert learn(square_video).stdout.count("(from an earlier run)") == 6


def test_several_clips_are_one_window(
    learn, run, square_video, make_video, square_frames, tmp_path
):
    other = make_video("other.mp4", frames=square_frames[0][::-1])
    result = learn(square_video, other)
    assert result.exit_code == 0, result.output
    told = json.loads(run("person", "show", tmp_path / "ann.safetensors", "--json", "-").stdout)
    assert [(clip["name"], clip["frames"]) for clip in told["clips"]] == [
        ("square.mp4", [4, 7]),
        ("other.mp4", [4, 7]),
    ]
    refused = learn(square_video, other, more=["--start", "2", "--centre", "3"])
    assert refused.exit_code == 2
    assert "so leave out --centre, --start" in refused.stderr


def test_a_file_that_is_no_person_is_refused(run, square_weights):
    result = run("person", "show", square_weights)
    assert result.exit_code == 1
    assert "expected a person file, found base" in result.stderr
