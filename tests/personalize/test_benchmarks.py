"""Benchmarks that the documents quote measure what a run does."""

import re
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.joint_rule import offset
from benchmarks.labels import GROUPS, distances, measure_clips, view_table
from benchmarks.labels_rendered import people_table
from benchmarks.refinement import Measured
from benchmarks.training import covered, main
from personalize.adaptation.base import Base
from personalize.adaptation.settings import FactorSettings
from personalize.datasets.davis import sequences
from personalize.media.images import write_image
from personalize.media.video import open_source
from personalize.procedures.evaluate.silhouettes import evaluate_silhouettes
from personalize.settings import RunSettings
from personalize.stages.joints import locate_joints
from personalize.stages.settings import JointSettings, SeedSettings


@pytest.fixture
def walk(still_room, tmp_path):
    """Somebody who walks through a still room, in the layout of DAVIS."""
    frames, masks, _ = still_room
    for number, (frame, mask) in enumerate(zip(frames, masks)):
        write_image(tmp_path / "davis/JPEGImages/480p/walk" / f"{number:05d}.jpg", frame)
        write_image(tmp_path / "davis/Annotations/480p/walk" / f"{number:05d}.png", mask)
    return sequences(tmp_path / "davis")[0]


@pytest.mark.parametrize("doubt", [0.0, 1.0])
def test_refinement_measures_what_a_run_does(doubt, walk, square_network, tmp_path):
    settings = RunSettings(
        size=112, seeds=SeedSettings(confidence=0.9, size=96), factor=FactorSettings(epochs=1)
    )
    settings = replace(settings, still_scene=replace(settings.still_scene, weight=doubt))
    base, runs = Base.of(square_network), tmp_path / "runs"
    scores, _ = evaluate_silhouettes(walk, runs / "walk", base, settings)
    measured = Measured(walk, runs, base, settings).score()
    assert measured == pytest.approx((scores["propagated"], scores["refined"]), abs=2e-3)
    assert scores["propagated"] > 0.1


def test_offsets_of_joints_can_be_applied_after_the_joints_were_read_off():
    random = np.random.default_rng(3)
    logits = cv2.GaussianBlur(random.normal(0, 1, (24, 20, 32)), (0, 0), 2.0) * 20
    logits[2:5, 8:12, 28] += 30  # a head, its upper half above its lower one
    logits[5:8, 8:12, 30] += 30
    parts = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    parts = parts.transpose(2, 0, 1).astype(np.float32)
    plain = JointSettings(bend=(0.0, 0.0), lift=0.0)
    raw = {
        name: locate_joints(parts, settings=replace(plain, face=face)).xy[None, :7]
        for name, face in (("upper", 0.0), ("lower", 1.0))
    }
    assert np.abs(raw["upper"] - raw["lower"]).max() > 0.5
    wanted = locate_joints(parts, settings=JointSettings(face=0.6, bend=(0.2, 0.1), lift=0.3)).xy[
        :7
    ]
    np.testing.assert_allclose(offset(raw, (0.6, 0.2, 0.1, 0.3))[0], wanted, atol=1e-6)


def test_a_device_is_busy_once_where_kernels_overlap():
    assert covered([(5, 7), (0, 2), (1, 4), (2, 3)]) == 6
    assert covered([]) == 0


def test_rates_of_a_training_are_printed(rendered_set):
    words = [
        str(rendered_set),
        "--size",
        "32",
        "--batch",
        "2",
        "--rounds",
        "1",
        "--real-share",
        "0",
    ]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["composing", "stepping", "both"]
    assert "not measured" in lines[3]


def test_joints_read_off_drawn_labels_are_where_the_landmarks_are():
    from personalize.datasets.landmark_parts import draw_parts
    from personalize.datasets.pose_points import INDEX, body_points

    x = (100, 107, 93, 115, 85, 130, 70, 160, 40, 180, 20, 118, 82, 122, 78, 124, 76)
    y = (44, 38, 38, 42, 42, 80, 80, 110, 110, 145, 145, 170, 170, 240, 240, 310, 310)
    points = body_points(np.transpose((x, y)).astype(float), np.ones(17))
    labels = draw_parts(points, np.ones((340, 200), np.uint8))
    found = distances(points, labels, unit=60.0)
    assert (
        max(
            found[name][0]
            for name in found
            if name.endswith(("wrist", "elbow", "shoulder", "knee", "ankle"))
        )
        < 8
    )
    assert found["head"][1] == found["head"][0] / 60
    points.visibility[INDEX["right_wrist"]] = 0
    assert "right_wrist" not in distances(points, labels, unit=60.0)


def test_overlap_with_true_parts_counts_what_is_left_open_apart():
    counts = np.eye(40, 32)
    counts[1, 1], counts[32, 1], counts[14, 1] = 6, 2, 1
    lines = people_table(counts, 3).splitlines()
    assert lines[0] == "3 people; 5.1% of their pixels are somebody"
    assert lines[4] == "| hand | 0.636 | 0.778 | 0.875 | 0.200 | 0.100 |"


def test_views_from_behind_are_counted_against_the_truth():
    lines = view_table(np.array([(0, 1), (0, 1), (0, 0), (0, -1), (1, -1)])).splitlines()
    assert lines[2:] == [
        "| facing | 4 | 50.0% | 25.0% | 25.0% |",
        "| from behind | 1 | 0.0% | 0.0% | 100.0% |",
    ]


def test_labels_drawn_around_landmarks_of_films_have_their_joints_there(shared_data):
    found, left_out = measure_clips(
        shared_data / "jhmdb_dev", shared_data / "teacher_landmarks" / "jhmdb_dev.npz", 20
    )
    assert len(found) > 5 * left_out
    most = {"shoulders": 0.06, "elbows": 0.1, "wrists": 0.05, "knees": 0.08, "ankles": 0.08}
    for group, units in most.items():
        drawn = [frame[name][1] for frame in found for name in GROUPS[group] if frame.get(name)]
        assert np.median(drawn) < units


def test_a_command_is_timed_with_what_it_started():
    from benchmarks.timing import timed

    code = "import time, numpy; time.sleep(0.2); numpy.ones(10**7).sum()"
    cost = timed([sys.executable, "-c", code])
    assert 0.2 < cost.seconds < 60
    assert cost.processor > 0
    assert cost.memory > 0.08  # the array alone
    with pytest.raises(SystemExit, match="ended with 3"):
        timed([sys.executable, "-c", "raise SystemExit(3)"])


def test_two_programs_stand_side_by_side_stage_by_stage(capsys):
    from benchmarks.run import fastest, print_table
    from benchmarks.timing import Cost

    source = {"name": "clip.mp4", "frames": 300, "width": 640, "height": 360}
    before = {"stages": {"locate": {"seconds": 1.0}, "parse": {"seconds": 90.0}}}
    now = {"stages": {"track": {"seconds": 2.0}, "parse": {"seconds": 30.0}}}
    slow, fast = (Cost(150.0, 200.0, 1.5), before), (Cost(120.0, 190.0, 1.6), before)
    assert fastest([slow, fast]) == fast
    print_table(source, {"d3b7c0c": fast, "now": (Cost(48.0, 80.0, 1.25), now)})
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:3] == [["d3b7c0c", "now"], ["locate", "1.0", "s"]]
    assert lines[3] == ["parse", "90.0", "s", "30.0", "s"]
    assert lines[4] == ["track", "2.0", "s"]
    assert lines[-2] == ["peak", "memory", "1.60", "GiB", "1.25", "GiB"]
    assert lines[-1] == ["2.50", "times", "as", "fast"]


def test_a_video_is_repeated_until_it_is_long_enough(make_video, tmp_path):
    from benchmarks.timing import repeat_video

    short = make_video("short.mp4", frames=np.zeros((5, 48, 64, 3), np.uint8))
    repeat_video(short, tmp_path / "long.mkv", 0.5)
    assert open_source(tmp_path / "long.mkv").frame_count == 15


def test_the_calibration_of_the_verdict_is_drawn(tmp_path):
    from benchmarks.verdict import FEATURES, left_out
    from benchmarks.verdict_plot import draw_calibration
    from benchmarks.verdict_rows import read_table
    from personalize.media.images import read_image

    rows = read_table(Path(__file__).parents[2] / "benchmarks" / "verdict.csv")
    estimates = {module: left_out(rows, module) for module in FEATURES}
    draw_calibration(rows, estimates, tmp_path / "plot.png")
    height, width, _ = read_image(tmp_path / "plot.png").shape
    assert width > height > 400


def test_what_each_module_brings_has_an_interval():
    from benchmarks.verdict import main as verdict

    table = Path(__file__).parents[2] / "benchmarks" / "verdict.csv"
    result = CliRunner().invoke(verdict, ["modules", str(table)])
    lines = [line.split("|")[1:-1] for line in result.stdout.splitlines()]
    assert len(lines) > 5 and {len(line) for line in lines} == {9}
    [parts] = [line[-1].strip() for line in lines if line[0].strip() == "youtube-pose, px"]
    estimate, low, high = (float(end) for end in re.findall(r"[-+][0-9.]+(?=%)", parts))
    assert low < estimate < high


def test_a_film_is_pointed_at_where_the_person_is_thickest():
    from benchmarks.films import point_at

    mask = np.zeros((40, 60), bool)
    mask[10:30, 20:41] = True  # a trunk
    mask[19, 41:60] = True  # and an arm
    masks = [np.zeros_like(mask), mask]
    film = Mock(seen=np.array(["no", "yes"]), read_mask=masks.__getitem__)
    frame, x, y = point_at(film)
    assert frame == 1 and 28 <= x <= 32 and 18 <= y <= 21
