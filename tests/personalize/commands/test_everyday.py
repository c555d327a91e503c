"""The commands of every day, as a user meets them."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner

from personalize.commands.main import SECTIONS, main
from personalize.media.images import write_image
from personalize.network.device import is_absent

ROOT = Path(__file__).resolve().parents[3]
FAST = ["--window", "5", "--size", "80", "--epochs", "1", "--parts-epochs", "0", "--views", "1"]


@pytest.fixture
def run():
    def invoke(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    return invoke


@pytest.fixture
def words(square_video, square_weights, tmp_path):
    """A run of the square that is over soon."""
    out = tmp_path / "out"
    return ["run", square_video, "--out", out, "--weights", square_weights, *FAST]


def test_help_lists_every_command_in_a_section(run):
    text = run("--help").stdout
    titles = [line.rstrip(":") for line in text.splitlines() if line.rstrip(":") in SECTIONS]
    assert titles == list(SECTIONS)
    listed = {name for names in SECTIONS.values() for name in names}
    assert set(main.commands) <= listed
    assert text.index("  run ") < text.index("  train ") < text.index("  evaluate ")


def test_help_of_a_command_puts_everyday_options_first(run):
    everyday, advanced = run("run", "--help").stdout.split("Advanced options:")
    for option in ("--out", "--start", "--dry-run", "--progress", "--config"):
        assert option in everyday
    for option in ("--epochs", "--seed", "--factor"):
        assert option in advanced


def loads_torch(*words):
    """Run a command in a process of its own; returns it, and whether torch was loaded."""
    code = (
        "import sys\nfrom personalize.commands.main import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n    print('torch' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, done.stderr.splitlines()[-1] == "True"


ABSENT_GPU = (
    [(Path("clip.mp4"), ["--device", "cuda"], "--device cuda: not available here")]
    if is_absent("cuda")
    else []
)


def test_what_is_wrong_is_told_before_torch_is_loaded(tmp_path, square_video):
    (tmp_path / "notes.mp4").write_text("this is a text\n" * 50)
    for source, more, sentence in (
        (tmp_path / "gone.mp4", [], "no such file or folder"),
        (tmp_path / "notes.mp4", [], "notes.mp4: "),
        (
            "https://example.org/a.mp4",
            [],
            "https://example.org/a.mp4: is an address",
        ),
        ("-", [], "standard input"),
        ("0", [], "a camera is no source"),
        (square_video, ["--weights", tmp_path / "gone"], "no such file or folder; check --weights"),
        (square_video, ["--landmarks", tmp_path / "gone"], "check --landmarks"),
        (square_video, ["--factor", "gone"], "--factor gone: no such factor is installed"),
        (square_video, ["--device", "gpu"], "--device gpu: no such device"),
        (square_video, ["--start", "9", "--end", "4"], "no frame lies from --start 9 to --end 4"),
        (square_video, ["--start", "0.3s", "--end", "4"], "from --start 0.3s to --end 4; its 12"),
        (square_video, ["--centre", "900"], "--centre names frame 900"),
        (square_video, ["--window-from", "8", "--window-to", "4"], "window"),
        (square_video, ["--engine", "cuda", "--device", "cpu"], "--engine cuda: computes on a GPU"),
        *ABSENT_GPU,
    ):
        done, torch = loads_torch("run", source, "--out", tmp_path / "out", *more)
        assert done.returncode == 1
        assert sentence in done.stderr
        assert not torch, sentence
    assert not (tmp_path / "out").exists()


def test_a_finished_run_answers_without_torch(run, words, square_video):
    first = run(*words)
    assert first.exit_code == 0, first.output
    done, torch = loads_torch(*words)
    assert done.returncode == 0, done.stderr
    assert not torch
    assert done.stdout.count("(from an earlier run)") == len(first.stdout.splitlines()) - 1


def test_any_doubt_leads_a_finished_run_the_long_way(run, words, tmp_path):
    from personalize.commands.run import recall

    asked = Mock(wraps=recall)
    run(*words)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("personalize.commands.run.recall", asked)
        assert run(*words).stdout.count("(from an earlier run)") > 4
        assert run(*words, "--overlay", "skeleton").stdout.count("(from an earlier run)") > 2
        (tmp_path / "out/silhouettes/000003.png").write_bytes(b"")
        again = run(*words, "--overlay", "skeleton")
    assert "silhouettes: has " in again.stderr
    assert "parse and all that follows is computed anew" in again.stderr


def test_results_are_json_for_programs(run, words, tmp_path):
    result = run(*words, "--json", "-", "--progress", "json")
    told = json.loads(result.stdout)
    assert told["folder"] == str(tmp_path / "out")
    assert not any(stage["reused"] for stage in told["stages"].values())
    assert "overlay.mp4" in told["outputs"]
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    stages = {line["stage"] for line in lines if "stage" in line}
    assert {"load", "open", "predict", "learn", "parse"} <= stages
    assert any("learned from frames" in line.get("message", "") for line in lines)
    run(*words, "--json", tmp_path / "numbers.json")
    assert json.loads((tmp_path / "numbers.json").read_text())["stages"]["learn"]["reused"]


def test_a_quiet_run_says_nothing_but_its_results(run, words, tmp_path):
    result = run(*words, "--quiet")
    assert result.stderr == ""
    assert result.stdout.endswith(f"{tmp_path / 'out'}\n")


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(run, words, tmp_path):
    told = json.loads(run(*words, "--dry-run", "--json", "-", "--start", "2").stdout)
    assert told["frames"] == [2, 12]
    assert told["window"] == [[5, 10]]
    assert told["canvas"][0] % 8 == 0
    assert told["total_seconds"] == pytest.approx(sum(told["seconds"].values()), abs=1)
    assert told["bytes"] > 0
    assert not (tmp_path / "out").exists()
    assert "frames" in run(*words, "--dry-run").stdout


def test_a_stretch_keeps_the_numbers_and_times_of_the_whole(run, words, tmp_path):
    result = run(*words, "--start", "0.08s", "--end", "9")
    assert result.exit_code == 0, result.output
    out = tmp_path / "out"
    assert [path.name for path in sorted((out / "silhouettes").iterdir())] == [
        f"{number:06d}.png" for number in range(2, 9)
    ]
    rows = (out / "frames.csv").read_text().splitlines()
    assert rows[1].startswith("2,0.0800,")
    assert rows[-1].startswith("8,0.3200,")
    from personalize import read_run

    done = read_run(out)
    assert done.xy.shape == (7, 13, 2)
    assert len(list(done.silhouettes())) == 7
    other = run(*words, "--start", "3")
    assert "holds the results of another input, frames 2 to 8 of square.mp4" in other.stderr
    assert "frames 3 to 11 of square.mp4" in other.stderr
    beyond = run(*words, "--start", "12")
    assert "no frame lies from --start 12 to --end 12" in beyond.stderr


def test_a_film_is_left_out_if_nobody_wants_it(run, words, tmp_path):
    from personalize import read_run

    assert run(*words, "--overlay", "none").exit_code == 0
    assert not (tmp_path / "out/overlay.mp4").exists()
    assert len(read_run(tmp_path / "out")) == 12


def test_a_picture_is_a_source(run, words, square_frames, tmp_path):
    write_image(tmp_path / "one.png", square_frames[0][4])
    words[1] = tmp_path / "one.png"
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "out/silhouettes").iterdir())) == 1
    assert "assumed" not in result.stderr


def test_settings_of_a_file_hold_unless_an_option_is_given(run, words, tmp_path):
    (tmp_path / "my.toml").write_text("window = 4\nseed = 3\n[smooth]\nreach = 0\n")
    plain = [word for word in words if word not in ("--window", "5")]
    assert run(*plain, "--config", tmp_path / "my.toml").exit_code == 0
    text = run("config", "--from", tmp_path / "out").stdout
    assert "window = 4\n" in text
    assert "seed = 3\n" in text
    assert "reach = 0\n" in text
    assert run(*words, "--config", tmp_path / "my.toml").exit_code == 0
    assert "window = 5\n" in run("config", "--from", tmp_path / "out").stdout
    (tmp_path / "my.toml").write_text("windows = 4\n")
    wrong = run(*words, "--config", tmp_path / "my.toml")
    assert wrong.exit_code == 1
    assert "windows is no setting, perhaps window" in wrong.stderr


def test_settings_of_no_run_are_refused(run, tmp_path):
    assert "holds no run" in run("config", "--from", tmp_path).stderr


def test_partial_says_where_it_cannot_help(run, words, tmp_path):
    (tmp_path / "cut.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(500))
    words[1] = tmp_path / "cut.mp4"
    result = run(*words, "--partial")
    assert result.exit_code == 1
    assert "(--partial cannot help here)" in result.stderr


def sleep(*_, **__):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)


def sleep_as_ray_does(*_, **__):
    with suppress(KeyboardInterrupt):
        sleep()
    raise KeyboardInterrupt


@pytest.mark.parametrize("work", [sleep, sleep_as_ray_does])
def test_a_termination_is_told_as_an_interrupt_is(work, words, monkeypatch):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("personalize.procedures.pipeline.run", work)
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 143
    assert result.stderr.endswith("Stopped. The same command goes on from what was finished.\n")
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_window_lies_where_it_is_told_in_frames_or_seconds(run, words):
    placed = [word for word in words if word not in ("--window", "5")]
    told = run(*placed, "--window-from", "3", "--window-to", "0.4s", "--dry-run", "--json", "-")
    assert json.loads(told.stdout)["window"] == [[3, 10]]
    told = run(*words, "--start", "2", "--window-to", "9", "--dry-run", "--json", "-")
    assert json.loads(told.stdout)["window"] == [[4, 9]]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--centre", "4", "--window-from", "3"], "--centre and --window-from contradict"),
        (["--window-from", "3", "--window-to", "9"], "leave out --window"),
        (["--learn-from", "spread", "--centre", "4"], "chooses frames all over the video"),
        (["--window-from", "12"], "--window-from names frame 12, and there are frames 0 to 11"),
        (["--window-to", "0"], "--window-to names frame 0"),
    ],
)
def test_places_of_the_window_that_contradict_are_refused(run, words, options, sentence):
    wrong = run(*words, *options, "--dry-run")
    assert wrong.exit_code == 1 and sentence in " ".join(wrong.stderr.split())


def test_a_window_ends_behind_its_beginning(run, words):
    placed = [word for word in words if word not in ("--window", "5")]
    wrong = run(*placed, "--window-from", "9", "--window-to", "9", "--dry-run")
    assert "--window-from must be below --window-to" in " ".join(wrong.stderr.split())


def test_the_manifest_tells_the_window_in_frames_of_the_whole_video(run, words, tmp_path):
    done = run(*words, "--start", "3")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "out/manifest.json").read_text())
    assert told["window"] == [[5, 10]]
    assert "learned from frames 5 to 9, of 9" in done.stderr
    person = run("person", "show", tmp_path / "out/person.safetensors").stdout
    assert "frames 5 to 9" in person
