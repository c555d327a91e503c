import json

import numpy as np
import pytest
from click.testing import CliRunner

from personalize.commands.main import main
from personalize.evaluation.joint_errors import JointErrors
from personalize.experiments.personalization import (
    accuracy_curve,
    accuracy_curves,
    panels_of,
    report_curves,
)


def errors(head, elbows=(np.nan, np.nan)):
    """Two frames: errors of the head in each, those of the right elbow in each."""
    pixels = np.full((2, 7), np.nan)
    pixels[:, 0], pixels[:, 3] = head, elbows
    labelled = np.zeros((2, 7), bool)
    labelled[:, [0, 3]] = True
    return JointErrors(pixels, labelled, np.zeros((2, 7), bool), 50.0)


def test_a_curve_is_the_share_of_labelled_joints_within_so_many_pixels():
    curve = accuracy_curve([errors((3.0, 10.5)), errors((0.0, 60.0))], "Head")
    assert len(curve) == 51
    assert curve[[0, 2, 3, 10, 11, 50]].tolist() == [0.25, 0.25, 0.5, 0.5, 0.75, 0.75]


def test_a_joint_that_is_not_estimated_is_within_none_and_one_without_label_not_counted():
    assert accuracy_curve([errors((1.0, 1.0), (2.0, np.nan))], "Elbows")[-1] == 0.5
    assert np.isnan(accuracy_curve([errors((1.0, 1.0))], "Wrists")).all()


def test_figure_7a_has_both_networks_in_every_panel():
    curves = accuracy_curves({"a": {"generic": errors((4, 4)), "personalized": errors((2, 2))}})
    panels = panels_of(curves)
    assert list(panels) == ["Head", "Wrists", "Elbows", "Shoulders"]
    assert list(panels["Head"]) == ["generic", "personalized"]
    report = report_curves(curves)
    assert report["thresholds"][3] == 3
    assert (report["Head"]["generic"][3], report["Head"]["personalized"][3]) == (0.0, 1.0)
    assert report["Head"]["personalized"][1:3] == pytest.approx([0.0, 1.0])


def test_experiment_6_is_table_3_and_figure_7a(write_youtube_pose, square_weights, tmp_path):
    root = write_youtube_pose(names=("aaaa", "bbbb"))
    words = (
        "experiment",
        "6",
        root,
        "--videos",
        "aaaa",
        "--weights",
        square_weights,
        "--size",
        80,
        "--epochs",
        1,
        "--out",
        tmp_path / "out",
    )
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    assert "paper, personalized, px" in result.stdout
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"aaaa", "figure7a.png", "report.json", "table.md"} <= made
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert len(report["figure7a"]["Head"]["personalized"]) == len(report["figure7a"]["thresholds"])
