import csv
import json
import os
import sys
from importlib.metadata import EntryPoint
from unittest.mock import Mock

import cv2
import numpy as np
import pytest
import torch
from click.testing import CliRunner
from scipy.io import savemat

from personalize.commands.main import leaves, main
from personalize.media.images import read_image, write_image
from personalize.network.checkpoints import load_network, save_base
from personalize.network.registry import make_network, name_of
from personalize.settings import RunSettings
from personalize.synthesis.layout import write_joints

STILL_CAMERA = "personalize.factors.still_camera:subtract_background"
FAST = ["--window", "5", "--size", "80", "--epochs", "1", "--parts-epochs", "1"]


@pytest.fixture
def run():
    def invoke(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    return invoke


def refused(result, *fragments):
    """Check that a command failed with one sentence and no traceback."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    *progress, sentence = result.stderr.splitlines()
    assert all(line.split()[1] in ("begins", "done", "at") for line in progress)
    assert sentence.startswith("Error: ")
    for fragment in fragments:
        assert fragment in sentence


def test_help_shows_the_defaults_of_the_settings(run):
    text = run("run", "--help").stdout
    assert f"default: {RunSettings().window}" in text
    assert f"default: {RunSettings().size}" in text


def test_a_command_that_does_not_exist_is_misuse(run):
    assert run("personalise").exit_code == 2


def test_run_tells_seconds_per_stage_and_the_folder(run, square_video, square_weights, tmp_path):
    out = tmp_path / "out"
    result = run("run", square_video, "--out", out, "--weights", square_weights, *FAST)
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        *("predict", "propagate", "refine", "learn", "judge", "keep", "parse", "report"),
        str(out),
    ]
    again = run("run", square_video, "--out", out, "--weights", square_weights, *FAST)
    assert again.stdout.count("from an earlier run") == 8
    (out / "report.html").write_text("spoilt")
    assert run("report", out).stdout == f"{out / 'report.html'}\n"
    assert json.loads(run("report", out, "--json", "-").stdout) == {
        "report": str(out / "report.html")
    }
    assert "square.mp4" in (out / "report.html").read_text()


def test_a_run_and_a_parse_are_exported_when_they_end(run, square_video, square_weights, tmp_path):
    words = [square_video, "--weights", square_weights, "--out", tmp_path / "out"]
    exported = ["--export", "csv-wide", "--export", "matte"]
    result = run("parse", *words, *exported)
    assert result.exit_code == 0, result.output
    folders = [str(tmp_path / "out/exports" / name) for name in ("csv-wide", "matte")]
    assert set(folders) <= set(result.stderr.splitlines())
    assert result.stdout.splitlines()[-1] == str(tmp_path / "out")
    assert folders[0] in run("parse", *words, *exported[:2]).stderr  # of a run that is finished
    assert (tmp_path / "out/exports/csv-wide/square.csv").exists()
    assert run("export", tmp_path / "out", "--to", "cutout").exit_code == 0
    told = run("export", tmp_path / "out", "--to", "csv-wide", "--json", "-").stdout
    assert json.loads(told) == {"csv-wide": str(tmp_path / "out/exports/csv-wide")}


def test_an_emptied_stage_file_is_told_and_made_again(run, square_video, square_weights, tmp_path):
    words = ["parse", square_video, "--weights", square_weights, "--out", tmp_path / "out"]
    run(*words)
    (tmp_path / "out" / "stages" / "track.npz").write_bytes(b"")
    again = run(*words)
    assert again.exit_code == 0, again.output
    assert "track.npz: has 0 bytes, not " in again.stderr
    assert "track and all that follows is computed anew" in again.stderr
    assert "from an earlier run" not in again.stdout


def test_a_report_of_nothing_is_refused(run, tmp_path):
    refused(run("report", tmp_path / "gone"), "gone: holds no run")


def test_a_video_shorter_than_the_window_says_so(run, square_video, square_weights, tmp_path):
    words = ["run", square_video, "--out", tmp_path / "out", "--weights", square_weights]
    result = run(*words, "--size", "80", "--epochs", "1")
    assert result.exit_code == 0, result.output
    assert "a window has 301 frames, the video 12; learning from all of them" in result.stderr


def test_parse_takes_a_person_file(run, square_video, square_weights, tmp_path):
    words = [square_video, "--weights", square_weights, "--size", "80"]
    run("run", *words, "--window", "5", "--epochs", "1", "--out", tmp_path / "run")
    person = tmp_path / "run" / "person.safetensors"
    result = run("parse", *words, "--person", person, "--out", tmp_path / "parse")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "parse" / "joints.csv").exists()


@pytest.fixture
def known(square_frames, tmp_path):
    """A folder with the true silhouette of frame 6 of `square_video`."""
    write_image(tmp_path / "known" / "000006.png", square_frames[1][6])
    return tmp_path / "known"


def test_silhouettes_of_the_user_are_injected_and_learned_from(
    run, square_video, square_weights, known, tmp_path
):
    words = [square_video, "--weights", square_weights, "--silhouettes", known, "--size", "80"]
    result = run("parse", *words, "--out", tmp_path / "parse")
    assert result.exit_code == 0, result.output
    given = (known / "000006.png").read_bytes()
    assert (tmp_path / "parse" / "silhouettes" / "000006.png").read_bytes() == given
    learning = ["--window", "5", "--epochs", "1", "--out", tmp_path / "run"]
    result = run("run", *words, *learning)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "run" / "silhouettes" / "000006.png").read_bytes() == given
    outside = run("run", *words, *learning, "--centre", "2")
    assert "no silhouette is of a frame of the window, 0 to 4" in outside.stderr


def test_silhouettes_that_do_not_fit_are_refused_before_any_work(
    run, square_video, square_weights, known, tmp_path
):
    (known / "000006.png").rename(known / "000012.png")
    words = [square_video, "--weights", square_weights, "--silhouettes", known]
    for command in (["run", *FAST], ["parse"]):
        refused(run(*command, *words, "--out", tmp_path / "out"), "000012.png", "frames 0 to 11")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def landmarks(tmp_path):
    """A file with landmarks of `square_video`: shoulders and nose in the square."""

    def write(rows=12, name="square", scale=1.0):
        xy = np.full((rows, 17, 2), np.nan)
        for row, points in enumerate(xy):
            points[[0, 5, 6]] = np.array([(26, 22), (34, 28), (18, 28)]) + (3 * row, 0)
        visibility = np.float64(np.isfinite(xy[..., 0]))
        np.savez(
            tmp_path / "landmarks.npz",
            **{f"{name}/xy": xy * scale, f"{name}/visibility": visibility},
        )
        return tmp_path / "landmarks.npz"

    return write


def test_landmarks_of_the_user_teach_the_parts(
    run, square_video, square_weights, landmarks, tmp_path
):
    words = ["run", square_video, "--weights", square_weights, "--out", tmp_path / "run", *FAST]
    result = run(*words, "--landmarks", landmarks())
    assert result.exit_code == 0, result.output
    manifest = json.loads((tmp_path / "run/manifest.json").read_text())
    assert manifest["teacher"]["taught"] == manifest["teacher"]["frames"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"rows": 11}, "11 rows of landmarks for the 12 frames of square.mp4"),
        ({"name": "other"}, "has no landmarks of square.mp4; it names other"),
        ({"scale": 9.0}, "outside of the 96x64 pixels of square.mp4"),
    ],
)
def test_landmarks_that_do_not_fit_the_video_are_refused_before_any_work(
    run, square_video, square_weights, landmarks, tmp_path, wrong, told
):
    words = [square_video, "--weights", square_weights, "--landmarks", landmarks(**wrong), *FAST]
    refused(run("run", *words, "--out", tmp_path / "out"), "landmarks.npz", told)
    refused(run("learn", *words, "--out", tmp_path / "ann.safetensors"), told)
    assert not (tmp_path / "out").exists()


def test_the_frame_of_a_silhouette_is_told_where_names_might_mean_two(
    run, square_frames, square_weights, tmp_path
):
    frames, masks = square_frames
    for number in range(4):
        write_image(tmp_path / "frames" / f"{number + 1:04d}.png", frames[number])
    write_image(tmp_path / "known" / "mask_0001.png", masks[1])
    words = [
        "parse",
        tmp_path / "frames",
        "--weights",
        square_weights,
        "--silhouettes",
        tmp_path / "known",
    ]
    result = run(*words, "--size", "80", "--out", tmp_path / "out")
    assert "mask_0001.png is taken for the silhouette of 0002, frame 1 from 0" in result.stderr


def test_what_may_not_be_opened_is_one_sentence(run, tmp_path):
    refused(
        run("parse", tmp_path / ("long" * 80), "--out", tmp_path / "out"),
        "File name too long",
        "check the path",
    )


def test_a_factor_takes_the_place_of_the_generic_network(
    run, square_weights, tmp_path, monkeypatch
):
    wall = np.kron(
        np.random.default_rng(0).integers(0, 90, (24, 40, 3), dtype=np.uint8),
        np.ones((4, 4, 1), np.uint8),
    )
    for number in range(6):  # a square walks before a wall
        frame = wall.copy()
        frame[24:72, 26 * number : 26 * number + 20] = 220
        write_image(tmp_path / "walk" / f"{number}.png", frame)
    point = EntryPoint("background-subtraction", STILL_CAMERA, "personalize.factors")
    monkeypatch.setattr("personalize.factors.registry.entry_points", lambda group: [point])
    words = [
        "run",
        tmp_path / "walk",
        "--weights",
        square_weights,
        *FAST,
        "--out",
        tmp_path / "out",
    ]
    refused(run(*words, "--factor", "guess"), "--factor guess", "background-subtraction")
    assert not (tmp_path / "out").exists()
    result = run(*words, "--factor", "background-subtraction")
    assert result.exit_code == 0, result.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    factor = manifest["stages"]["predict"]["settings"]["factor"]
    assert factor == {"name": "background-subtraction", "origin": f"no package, {STILL_CAMERA}"}


def test_a_missing_video_is_refused(run, square_weights, tmp_path):
    result = run(
        "run", tmp_path / "gone.mp4", "--out", tmp_path / "out", "--weights", square_weights
    )
    refused(result, "gone.mp4")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"this is a text file\n" * 50])
def test_a_file_that_is_no_video_is_refused(run, square_weights, tmp_path, content):
    (tmp_path / "notes.mp4").write_bytes(content)
    result = run(
        "run", tmp_path / "notes.mp4", "--out", tmp_path / "out", "--weights", square_weights
    )
    refused(result, "notes.mp4")
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_is_refused(run, square_weights, tmp_path):
    (tmp_path / "frames").mkdir()
    result = run("run", tmp_path / "frames", "--out", tmp_path / "out", "--weights", square_weights)
    refused(result, "frames")


def test_frames_of_different_sizes_are_refused(run, square_weights, tmp_path):
    for number, width in enumerate((64, 64, 72)):
        write_image(tmp_path / "frames" / f"{number}.png", np.zeros((48, width, 3), np.uint8))
    result = run("run", tmp_path / "frames", "--out", tmp_path / "out", "--weights", square_weights)
    refused(result, "2.png", "72", "64")


def test_more_than_memory_holds_is_one_sentence(
    run, square_video, square_weights, tmp_path, monkeypatch
):
    full = cv2.error("Insufficient memory: Failed to allocate 99 bytes")
    for error in (MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), full):
        monkeypatch.setattr("personalize.procedures.pipeline.run", Mock(side_effect=error))
        result = run(
            "run", square_video, "--out", tmp_path / "out", "--weights", square_weights, *FAST
        )
        refused(result, "not enough memory for this")
    monkeypatch.setattr(
        "personalize.procedures.pipeline.run", Mock(side_effect=RuntimeError("a defect"))
    )
    result = run("run", square_video, "--out", tmp_path / "out", "--weights", square_weights)
    assert isinstance(result.exception, RuntimeError)  # which is to be seen


def test_a_size_that_no_memory_holds_is_misuse(run, square_video, tmp_path):
    result = run("run", square_video, "--out", tmp_path / "out", "--size", "100000")
    assert result.exit_code == 2
    assert "64<=x<=2048" in result.output


def test_an_interrupt_says_how_to_go_on(run, square_video, square_weights, tmp_path, monkeypatch):
    monkeypatch.setattr("personalize.procedures.pipeline.run", Mock(side_effect=KeyboardInterrupt))
    result = run("run", square_video, "--out", tmp_path / "out", "--weights", square_weights)
    assert result.exit_code == 130
    assert result.stderr.endswith("Stopped. The same command goes on from what was finished.\n")


def test_frames_get_the_rate_and_keep_the_names_that_they_are_given(
    run, square_frames, square_weights, tmp_path
):
    names = ["shot_0.png", "shot_4.png", os.fsdecode(b"sh\xf8t_8.png")]  # the last is no text
    for name, frame in zip(names, square_frames[0]):
        write_image(tmp_path / "shots" / name, frame)
    words = [
        "parse",
        tmp_path / "shots",
        "--out",
        tmp_path / "out",
        "--weights",
        square_weights,
        "--size",
        "80",
    ]
    result = run(*words)
    assert "25 a second are assumed, --fps says otherwise" in result.stderr
    result = run(*words, "--fps", "10")
    assert "assumed" not in result.stderr
    with open(tmp_path / "out" / "frames.csv", newline="", errors="surrogateescape") as file:
        rows = list(csv.DictReader(file))
    assert [row["time"] for row in rows] == ["0.0000", "0.1000", "0.2000"]
    for wrong in ("0", "inf", "nan"):
        refused(
            run(*words, "--fps", wrong),
            f"--fps {wrong}: must be from 1e-06 to 1000 frames a second",
        )
    assert sorted(row["name"] for row in rows) == sorted(names)


def test_a_centre_outside_the_video_is_refused(run, square_video, square_weights, tmp_path):
    words = ["run", square_video, "--out", tmp_path / "out", "--weights", square_weights]
    refused(run(*words, *FAST, "--centre", "12"), "frames 0 to 11")


def test_missing_weights_are_refused(run, square_video, tmp_path):
    result = run("run", square_video, "--out", tmp_path, "--weights", tmp_path / "gone.safetensors")
    refused(result, "gone.safetensors")


def test_a_person_file_is_not_taken_for_weights(run, square_video, square_weights, tmp_path):
    words = ["parse", square_video, "--weights", square_weights, "--out", tmp_path / "out"]
    refused(run(*words, "--person", square_weights), "expected a person file, found base")


def test_a_device_that_is_not_here_is_refused(run, square_video, square_weights, tmp_path):
    words = ["run", square_video, "--out", tmp_path / "out", "--weights", square_weights]
    refused(run(*words, "--device", "cuda:99"), "--device cuda:99: not available here")


def test_an_output_that_is_a_file_is_refused(run, square_video, square_weights, tmp_path):
    (tmp_path / "out").write_text("mine")
    words = ["run", square_video, "--out", tmp_path / "out", "--weights", square_weights]
    refused(run(*words, *FAST), "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_the_folder_of_another_video_is_refused(
    run, square_video, square_weights, square_frames, tmp_path
):
    out = tmp_path / "out"
    run("run", square_video, "--out", out, "--weights", square_weights, *FAST)
    for number, frame in enumerate(square_frames[0]):
        write_image(tmp_path / "other" / f"{number}.png", frame)
    other = run(
        "run", tmp_path / "other", "--out", out, "--weights", square_weights, "--fps", "25", *FAST
    )
    refused(other, "square.mp4", "other")


def test_batch_goes_on_after_a_failure_and_skips_what_is_done(
    run, square_video, square_weights, tmp_path
):
    folder, out = tmp_path / "videos", tmp_path / "out"
    folder.mkdir()
    (folder / "b_good.mp4").write_bytes(square_video.read_bytes())
    (folder / "a_bad.mp4").write_bytes(b"broken")
    (folder / "notes.txt").write_text("no video")
    (folder / "deep").mkdir()
    (folder / "deep" / "c.mp4").write_bytes(square_video.read_bytes())
    words = ["batch", folder, "--out", out, "--weights", square_weights, *FAST]
    result = run(*words)
    assert result.exit_code == 3, result.output
    table = [line.split()[:2] for line in result.stdout.splitlines()]
    assert table == [["a_bad.mp4", "failed"], ["b_good.mp4", "done"]]
    assert f"{folder / 'deep'}: holds no frames, and is passed over" in result.stderr
    assert (out / "b_good" / "overlay.mp4").exists()
    (folder / "a_bad.mp4").unlink()
    again = run(*words, "--export", "csv-wide")
    assert again.exit_code == 0
    assert again.stdout.startswith("b_good.mp4  finished before")
    assert list((out / "b_good/exports/csv-wide").glob("*.csv"))
    kept, seconds, unit, where = again.stdout.split()[3:]
    assert kept in ("personal", "generic")
    assert (seconds, unit, where) == ("0", "s", str(out / "b_good"))


def test_batch_of_an_empty_folder_is_refused(run, square_weights, tmp_path):
    result = run("batch", tmp_path, "--out", tmp_path / "out", "--weights", square_weights)
    refused(result, "no video")


def test_an_unreadable_mat_is_refused(run, square_weights, tmp_path):
    (tmp_path / "YouTube_Pose_dataset.mat").write_bytes(b"no matlab")
    (tmp_path / "GT_frames").mkdir()
    result = run("evaluate", "youtube-pose", tmp_path, "--weights", square_weights)
    refused(result, "YouTube_Pose_dataset.mat")


def test_silhouettes_are_scored_after_every_stage(run, square_frames, square_weights, tmp_path):
    frames, masks = square_frames
    for number, (frame, mask) in enumerate(zip(frames, masks)):
        write_image(tmp_path / "JPEGImages" / "square" / f"{number:05d}.jpg", frame)
        write_image(
            tmp_path / "Annotations" / "square" / f"{number:05d}.png", mask.astype(np.uint8) * 255
        )
    report = tmp_path / "report.json"
    words = ["evaluate", "silhouettes", tmp_path, "--out", tmp_path / "runs", "--json", report]
    result = run(*words, "--weights", square_weights, *FAST)
    assert result.exit_code == 0, result.output
    numbers = json.loads(report.read_text())
    assert list(numbers["sequences"]["square"]) == [
        "generic",
        "propagated",
        "refined",
        "tuned",
        "personalized",
        "kept",
    ]
    assert numbers["mean"]["generic"] > 0.7
    assert "square" in result.stdout
    other = tmp_path / "generic.json"
    words = [
        "evaluate",
        "silhouettes",
        tmp_path,
        "--generic",
        "--out",
        tmp_path / "none",
        "--json",
        other,
    ]
    assert run(*words, "--weights", square_weights, *FAST).exit_code == 0
    assert json.loads(other.read_text())["mean"] == pytest.approx(
        {"generic": 0.99}, abs=0.01
    )  # of all twelve frames
    assert not (tmp_path / "none").exists()


def test_the_last_photographs_are_scored(run, square_frames, square_weights, tmp_path):
    frames, masks = square_frames
    for folder in ("photos", "pixel-level"):
        (tmp_path / folder).mkdir()
    for name, frame, mask in zip(("0001", "0002", "0003"), frames, masks):
        write_image(tmp_path / "photos" / f"{name}.jpg", frame)
        savemat(
            tmp_path / "pixel-level" / f"{name}.mat", {"groundtruth": mask.astype(np.uint8) * 41}
        )
    report = tmp_path / "report.json"
    words = ["evaluate", "photographs", tmp_path, "--last", "2", "--size", "80", "--json", report]
    result = run(*words, "--weights", square_weights)
    assert result.exit_code == 0, result.output
    numbers = json.loads(report.read_text())
    assert list(numbers["photographs"]) == ["0002", "0003"]
    assert numbers["mean"] > 0.8
    assert f"J {numbers['mean']:.3f} in the mean of 2 photographs" in result.stdout


def test_a_rendered_video_is_scored_from_the_folder_of_its_run(
    run, square_video, square_frames, square_weights, tmp_path
):
    _, masks = square_frames
    root, out = tmp_path / "rendered", tmp_path / "out"
    root.mkdir()
    (root / "clip.mp4").write_bytes(square_video.read_bytes())
    bits = np.stack([np.packbits(mask) for mask in masks])
    np.savez(root / "silhouettes.npz", bits=bits, shape=np.array(masks.shape))
    lines = [f"{frame},0,head,40,30,1" for frame in range(12)]
    (root / "joints.csv").write_text("\n".join(["frame,time,joint,x,y,visible", *lines]))
    words = ["--out", out, "--weights", square_weights, *FAST]
    run("run", root / "clip.mp4", *words)
    result = run("evaluate", "rendered", root, *words, "--json", tmp_path / "report.json")
    assert result.exit_code == 0, result.output
    assert "learn" not in result.stderr  # the person is that of the run
    numbers = json.loads((tmp_path / "report.json").read_text())
    assert numbers["silhouettes"]["generic"] > 0.7
    assert 0 < numbers["groups"]["Head"]["personalized"] < 100
    assert numbers["groups"]["Wrists"]["generic"] is None
    other = run("evaluate", "rendered", root, *words, "--seed", "5")
    refused(other, "holds the results of a run, which would be lost", "another folder")
    assert (out / "overlay.mp4").exists()


def test_an_experiment_refuses_what_is_no_set(run, tmp_path):
    refused(run("experiment", "2", tmp_path), "found 0 rendered people", "synthesize")


@pytest.fixture
def baseline_weights(tmp_path):
    torch.manual_seed(0)
    save_base(make_network("baseline"), tmp_path / "baseline.safetensors", {})
    return tmp_path / "baseline.safetensors"


def test_networks_are_compared_and_what_was_counted_is_kept(
    run, rendered_set, square_weights, baseline_weights, tmp_path
):
    out = tmp_path / "out"
    words = ["experiment", "1", rendered_set, "--size", "64", "--count", "2", "--out", out]
    networks = ["--network", f"ours={square_weights}", "--network", f"other={baseline_weights}"]
    result = run(*words, *networks)
    assert result.exit_code == 0, result.output
    assert (out / "table.md").read_text() in result.stdout
    numbers = json.loads((out / "report.json").read_text())
    assert list(numbers["networks"]) == ["ours", "other"]
    assert numbers["images"] == 2
    assert (out / "chart.png").stat().st_size > 10_000
    again = run(*words, *networks)
    assert again.stdout == result.stdout
    assert "ours" not in again.stderr  # there is no bar, for nothing is counted
    assert json.loads(run(*words, *networks, "--json", "-").stdout) == numbers
    more = run(*words[:3], "--size", "64", "--count", "3", "--out", out, *networks)
    assert "ours" in more.stderr


def test_a_column_without_a_name_is_misuse(run, rendered_set, square_weights):
    result = run("experiment", "1", rendered_set, "--network", square_weights)
    assert result.exit_code == 2
    assert "give NAME=FILE" in result.stderr


def test_two_columns_of_one_name_are_misuse(run, rendered_set, square_weights):
    column = ["--network", f"ours={square_weights}"]
    result = run("experiment", "1", rendered_set, *column, *column)
    assert result.exit_code == 2
    assert "two networks have the same name" in result.stderr


@pytest.mark.parametrize("number", ["2", "3"])
def test_true_silhouettes_are_given_to_both_networks(
    number, run, rendered_set, square_weights, baseline_weights, tmp_path
):
    words = ["experiment", number, rendered_set, "--size", "64", "--count", "2"]
    words += ["--weights", square_weights, "--out", tmp_path / "out"]
    result = run(*words, "--baseline", baseline_weights)
    assert result.exit_code == 0, result.output
    numbers = json.loads((tmp_path / "out" / "report.json").read_text())
    assert list(numbers) == ["factored", "baseline"]
    assert numbers["baseline"]["parts"]["background"]["held"] == 1.0
    assert (tmp_path / "out" / "chart.png").exists()
    alone = run(*words)
    assert "baseline" not in alone.stdout


def test_a_factored_network_is_no_baseline(run, rendered_set, square_weights):
    words = ["experiment", "2", rendered_set, "--weights", square_weights]
    refused(run(*words, "--baseline", square_weights), "holds the factored network")


def test_a_baseline_is_no_base_of_a_run(run, square_video, baseline_weights, tmp_path):
    words = ["run", square_video, "--out", tmp_path / "out", "--weights", baseline_weights]
    refused(run(*words, *FAST), "holds the network baseline, which has no X factor")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["experiment 4", "experiment 5", "transfer"])
def test_what_has_no_factor_cannot_be_transferred(
    command, run, rendered_set, baseline_weights, tmp_path
):
    words = [*command.split(), rendered_set, "--out", tmp_path / "out"]
    if command == "transfer":
        words[1] = rendered_set / "backgrounds"
    refused(
        run(*words, "--weights", baseline_weights), "the network baseline, which has no X factor"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("number", ["1", "2", "3", "4", "6"])
def test_a_figure_that_cannot_be_drawn_is_told_before_anything_is_done(
    number, run, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    result = run("experiment", number, tmp_path, "--out", tmp_path / "out")
    refused(result, "the extra `training`", "pip install")


def test_all_networks_are_measured_side_by_side(run, tmp_path):
    words = ["experiment", "complexity", "--size", "32", "--batch", "2", "--rounds", "1"]
    result = run(*words, "--json", tmp_path / "costs.json")
    assert result.exit_code == 0, result.output
    costs = json.loads((tmp_path / "costs.json").read_text())["networks"]
    assert [costs[name]["parameters"] for name in ("factored", "baseline", "enet", "fcn")] == [
        *(505_742, 488_460, 365_156, 134_449_056)
    ]


def test_training_into_a_file_is_refused_in_one_sentence(run, rendered_set, tmp_path):
    (tmp_path / "out").write_text("mine")
    words = [
        "train",
        rendered_set,
        "--out",
        tmp_path / "out",
        "--train-size",
        "64",
        "--samples",
        "16",
    ]
    refused(run(*words, "--workers", "0"), "cannot be written", "holds no file")
    assert (tmp_path / "out").read_text() == "mine"


def test_a_network_for_comparison_is_trained_by_its_name(run, rendered_set, tmp_path):
    words = [
        "train",
        rendered_set,
        "--out",
        tmp_path,
        "--network",
        "enet",
        "--train-size",
        "71",
    ]  # 64
    result = run(*words, "--samples", "16", "--workers", "0", "--json", "-")
    assert result.exit_code == 0, result.output
    assert name_of(load_network(tmp_path / "base.safetensors")[0]) == "enet"
    told = json.loads(result.stdout)
    assert (told["weights"], told["samples"]) == (str(tmp_path / "base.safetensors"), 16)
    assert told["recipe"]["network"] == "enet"
    assert told["parts_iou"] >= 0 and told["person_loss"] is None  # it has no X factor


def test_a_training_averages_its_weights_and_mixes_in_photographs_as_asked(
    run, rendered_set, tmp_path
):
    words = ["train", rendered_set, "--out", tmp_path, "--train-size", "64", "--samples", "32"]
    result = run(*words, "--workers", "0", "--averaging", "32", "--real-share", "0.5")
    assert result.exit_code == 0, result.output
    recipe = load_network(tmp_path / "base.safetensors")[1]["recipe"]
    assert (recipe["averaging"], recipe["real_share"]) == (32, 0.5)
    assert "mean" in torch.load(tmp_path / "state.pt", weights_only=True)


def test_a_training_mixes_in_real_people_and_looks_at_them_first(run, rendered_set, tmp_path):
    labels = np.zeros((40, 40), np.uint8)
    labels[5:15, 15:25], labels[15:35, 10:30] = 28, 7
    write_image(tmp_path / "real" / "room" / "0000.png", labels)
    write_image(tmp_path / "real" / "room" / "0000.jpg", np.full((40, 40, 3), 90, np.uint8))
    words = [
        "train",
        rendered_set,
        "--out",
        tmp_path / "out",
        "--train-size",
        "64",
        "--device",
        "cpu",
    ]
    words += ["--real-people", tmp_path / "real", "--real-share", "0.5"]
    result = run(*words, "--preview", tmp_path / "preview.png")
    assert result.exit_code == 0, result.output
    assert read_image(tmp_path / "preview.png").shape == (256, 768, 3)
    assert not (tmp_path / "out").exists()
    words += [
        "--samples",
        "12",
        "--batch",
        "4",
        "--workers",
        "1",
        "--minutes-total",
        "60",
        "--fall",
        "cosine",
    ]
    result = run(*words)
    assert result.exit_code == 0, result.output
    facts = load_network(tmp_path / "out" / "base.safetensors")[1]
    assert facts["samples"] == 12
    recipe = facts["recipe"]
    assert (recipe["batch"], recipe["minutes_total"], recipe["fall"]) == (4, 60.0, "cosine")
    refused = run(*words, "--data", "unite-the-people")
    assert refused.exit_code == 2 and "--real-people are mixed" in refused.stderr


def test_a_training_of_the_aggregation_module_alone_keeps_all_else(
    run, rendered_set, square_weights, tmp_path
):
    words = [
        "train",
        rendered_set,
        "--out",
        tmp_path / "out",
        "--train-size",
        "64",
        "--samples",
        "16",
    ]
    words += ["--workers", "0", "--aggregation-alone", "--true-share", "0.5"]
    without = run(*words)
    assert without.exit_code == 2 and "with --start" in without.stderr
    result = run(*words, "--start", square_weights)
    assert result.exit_code == 0, result.output
    network, told = load_network(tmp_path / "out" / "base.safetensors")
    assert (told["recipe"]["aggregation_alone"], told["recipe"]["true_share"]) == (True, 0.5)
    before = load_network(square_weights)[0].state_dict()
    moved = {
        name for name, values in network.state_dict().items() if not values.equal(before[name])
    }
    assert moved and all(name.startswith("aggregation.") for name in moved)


def test_rendered_people_are_drawn_as_asked(run, monkeypatch, tmp_path):
    asked = []
    rooms = "personalize.synthesis.dataset."
    monkeypatch.setattr(
        rooms + "synthesize_people", lambda *_, settings, **rest: asked.append(settings)
    )
    monkeypatch.setattr(rooms + "contact_sheet", lambda root: np.zeros((8, 8, 3), np.uint8))
    (tmp_path / "joints").mkdir()
    write_joints(tmp_path, {0: {3: (np.zeros((13, 2), np.float32), np.ones(13, bool))}})
    options = {
        "--skirts": ("skirt_share", 0.15),
        "--all-round": ("all_round_share", 0.15),
        "--headwear": ("headwear_share", 0),
        "--raised": ("raised_share", 0),
        "--touching": ("touching_share", 0),
    }
    for option, (name, default) in options.items():
        for words, share in (((), default), ((option, "0.75"), 0.75)):
            result = run("synthesize", "people", "--out", tmp_path, "--count", "2", *words)
            assert result.exit_code == 0, result.output
            assert getattr(asked.pop(), name) == share
    words = ["synthesize", "people", "--out", tmp_path, "--count", "2", "--json", "-"]
    sheet = str(tmp_path / "contact_sheet.png")
    told = {"folder": str(tmp_path), "pictures": 1, "contact_sheet": sheet}
    assert json.loads(run(*words).stdout) == told


def test_a_rendered_video_is_told_with_its_settings(run, monkeypatch, tmp_path):
    monkeypatch.setattr("personalize.synthesis.films.synthesize_video", lambda *_, **rest: None)
    words = ["synthesize", "video", "--out", tmp_path, "--seed", "3", "--json", "-"]
    told = json.loads(run(*words).stdout)
    assert told["video"] == str(tmp_path / "clip.mp4")
    assert (told["settings"]["seed"], told["settings"]["difficulty"]) == (3, None)


def test_every_command_with_results_gives_them_as_json():
    without = {leaf.name for leaf in leaves(main) if not {"--json"} & options_of(leaf)}
    assert without == {"live", "config"}  # of which one goes on, and the other prints TOML


def options_of(command):
    return {word for parameter in command.params for word in parameter.opts}


def test_weights_of_one_training_are_averaged_and_others_refused(run, square_weights, tmp_path):
    out = tmp_path / "mean.safetensors"
    result = run("average", square_weights, square_weights, "--out", out)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{out}\n"
    mean, one = (load_network(path)[0].state_dict() for path in (out, square_weights))
    assert all(torch.equal(mean[name], one[name]) for name in one)
    other = tmp_path / "baseline.safetensors"
    save_base(make_network("baseline"), other, {})
    told = json.loads(run("average", square_weights, "--out", out, "--json", "-").stdout)
    assert told["weights"] == str(out)
    assert told["mean_of"] == [told["digest"]]
    refused(run("average", square_weights, other, "--out", tmp_path / "none"), "of one training")
    assert not (tmp_path / "none").exists()


def test_datasets_are_checked_line_by_line(run, rendered_set, tmp_path):
    result = run("datasets", "check", rendered_set)
    assert result.exit_code == 0
    assert [line.split("  ")[0] for line in result.stdout.splitlines()] == [
        *("YouTube Pose", "DAVIS", "J-HMDB", "Clothing Co-Parsing", "Unite the People"),
        *("Freiburg Sitting", "real people", "rendered people"),
    ]
    told = json.loads(run("datasets", "check", rendered_set, "--json", "-").stdout)
    assert len(told) == 8
    assert {(one["title"], one["whole"]) for one in told} >= {("rendered people", True)}
    (tmp_path / "JPEGImages").mkdir()
    broken = run("datasets", "check", tmp_path)
    assert broken.exit_code == 1
    assert "DAVIS                  " + str(tmp_path) + ": INCOMPLETE OR DAMAGED: " in broken.stdout
    refused(run("datasets", "check", tmp_path / "none"), "no such folder of data sets")


def test_transfer_makes_weights_that_parse_takes(
    run, square_frames, square_video, square_weights, tmp_path, monkeypatch
):
    images, masks = tmp_path / "images", tmp_path / "masks"
    images.mkdir()
    masks.mkdir()
    for number in range(4):
        write_image(images / f"{number}.png", square_frames[0][number] // 2)
        write_image(masks / f"{number}.png", square_frames[1][number])
    words = ("transfer", images, "--size", 80, "--weights", square_weights)
    told = tmp_path / "told.json"
    result = run(*words, "--out", tmp_path / "new", "--silhouettes", masks, "--json", told)
    assert result.exit_code == 0, result.output
    told = json.loads(told.read_text())
    assert (told["images"], told["taught"], told["silhouettes"]) == (4, 4, "given")
    assert told["weights"] == str(tmp_path / "new" / "transferred.safetensors")
    weights, preview = result.stdout.splitlines()[2:]
    first = "4 of 4 images learned from, with silhouettes: given"
    assert result.stdout.startswith(f"{first}\noverlap with")
    assert preview == str(tmp_path / "new" / "preview.png")
    parsed = run(
        "parse", square_video, "--out", tmp_path / "out", "--size", 80, "--weights", weights
    )
    assert parsed.exit_code == 0, parsed.output
    missing = run(*words, "--out", tmp_path / "none", "--silhouettes", tmp_path)
    refused(missing, "holds no silhouette of these images")
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr(
        "personalize.procedures.transfer.transfer",
        lambda *given, **named: pytest.fail("learned first"),
    )
    refused(run(*words, "--out", tmp_path / "file"), "is a file; name a folder")


def test_a_network_is_trained_on_unite_the_people(run, write_unite_the_people, tmp_path):
    root = write_unite_the_people()
    (tmp_path / "list.txt").write_text("00001\n00004\n")
    words = (
        "train",
        root,
        "--data",
        "unite-the-people",
        "--out",
        tmp_path / "out",
        "--samples",
        16,
        "--train-size",
        64,
        "--workers",
        0,
        "--device",
        "cpu",
    )
    refused(run(*words), "1702 of the 1703 photographs", "--test-list")
    result = run(*words, "--test-list", tmp_path / "list.txt")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "base.safetensors").exists()
    assert run(*words, "--photographs", root).exit_code == 2


def test_transfer_is_an_experiment_of_two_kinds(
    run, rendered_set, write_freiburg, square_weights, tmp_path
):
    fast = ("--size", 64, "--weights", square_weights, "--epochs", 1, "--out")
    four = run("experiment", "4", rendered_set, "--domain", "as-is", *fast, tmp_path / "4")
    assert four.exit_code == 0, four.output
    assert "rendered people: learned from the silhouettes of 4 images" in four.stdout
    made = {path.name for path in (tmp_path / "4").iterdir()}
    assert {"figure5b.png", "report.json", "table.md", "transferred.safetensors"} <= made
    (tmp_path / "list.txt").write_text("img_02\nimg_03\n")
    freiburg = ("experiment", "4", write_freiburg(), "--data", "freiburg")
    refused(run(*freiburg, *fast, tmp_path / "14"), "--test-list")
    result = run(*freiburg, "--test-list", tmp_path / "list.txt", *fast, tmp_path / "14")
    assert result.exit_code == 0, result.output
    assert "freiburg: learned from the silhouettes of 2 images" in result.stdout
    five = run("experiment", "5", rendered_set, "--domain", "as-is", *fast, tmp_path / "5")
    assert five.exit_code == 0, five.output
    assert [line.split()[1] for line in five.stdout.splitlines()[2:5]] == [
        "Orig",
        "Tran-Init",
        "Tran-Grab",
    ]
    report = json.loads((tmp_path / "5" / "report.json").read_text())
    assert list(report["variants"]) == ["Orig", "Tran-Init", "Tran-Grab"]
    again = ("5", rendered_set, "--domain", "as-is", *fast, tmp_path / "5", "--json", "-")
    assert json.loads(run("experiment", *again).stdout) == report


@pytest.fixture
def people_to_label(square_frames, tmp_path):
    """A picture of `square_video`, its mask, and landmarks of COCO in the square."""
    frames, masks = square_frames
    write_image(tmp_path / "walk" / "a.png", frames[6])
    write_image(tmp_path / "masks" / "a.png", masks[6])
    x = (44, 46, 42, 48, 40, 50, 38, 55, 32, 57, 30, 48, 41, 48, 41, 48, 41)
    y = (22, 20, 20, 21, 21, 27, 27, 32, 32, 36, 36, 38, 38, 42, 42, 47, 47)
    np.savez(
        tmp_path / "landmarks.npz",
        **{"a/xy": np.transpose((x, y)).astype(float), "a/visibility": np.ones(17)},
    )
    return tmp_path


def test_label_makes_a_folder_that_datasets_check_knows(run, people_to_label):
    root = people_to_label
    words = [
        "label",
        root / "walk",
        "--landmarks",
        root / "landmarks.npz",
        "--masks",
        root / "masks",
    ]
    result = run(*words, "--out", root / "out")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{root / 'out' / 'contact_sheet.png'}\n"
    assert "1 of 1 pictures labelled" in result.stderr
    assert sorted(path.name for path in (root / "out").rglob("*.*")) == [
        "a.png",
        "a.webp",
        "contact_sheet.png",
        "index.csv",
    ]
    told = json.loads(run(*words, "--out", root / "told", "--json", "-").stdout)
    assert told["labelled"] == ["walk/a"]
    assert told["left_out"] == {}
    checked = run("datasets", "check", root / "out", "--decode")
    assert checked.exit_code == 0
    assert "1 pictures with labels of parts in 1 groups" in checked.stdout


def test_landmarks_that_do_not_fit_are_refused_before_any_work(run, people_to_label):
    root = people_to_label
    words = ["label", root / "walk", "--landmarks", root / "landmarks.npz"]
    refused(run(*words, "--out", root), "labels would be written among the pictures")
    refused(
        run("label", root / "walk", "--landmarks", root / "gone.npz", "--out", root / "out"),
        "gone.npz: no such file",
    )
    (root / "walk" / "a.png").rename(root / "walk" / "b.png")
    refused(run(*words, "--out", root / "out"), "landmarks of none of 1 pictures; it names a")
    assert not (root / "out").exists()
