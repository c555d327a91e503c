import json

import numpy as np
import pytest

from personalize.evaluation.joint_errors import measure_joints
from personalize.evaluation.joint_tables import generic_joint_table, joint_table, report_joints

WRISTS = (1, 2)


def errors(wrists, frames=2):
    """All joints right, but the wrists, which are `wrists` pixels off; shoulders 40 px apart."""
    truth = np.zeros((frames, 7, 2))
    truth[:, 6] = 40, 0
    estimate = truth.copy()
    estimate[:, WRISTS, 0] += wrists
    return measure_joints(truth, estimate)


def both_rules(generic, personalized):
    """Errors of both networks by both rules; the paper's is twice as bad."""
    return {
        "generic": errors(generic),
        "personalized": errors(personalized),
        "generic_mass": errors(2 * generic),
        "personalized_mass": errors(2 * personalized),
        "kept": errors(generic),
        "kept_mass": errors(2 * generic),
    }


@pytest.fixture
def two_videos():
    return {"-aa": both_rules(10.0, 8.0), "b&": both_rules(20.0, 16.0)}


def test_of_the_base_alone_the_report_and_the_table_have_the_base_alone(two_videos):
    alone = {
        name: {kind: video[kind] for kind in ("generic", "generic_mass")}
        for name, video in two_videos.items()
    }
    report = report_joints(alone)
    assert list(report) == [
        "groups",
        "all",
        "videos",
        "missed",
        "per_shoulder_width",
        "groups_mass",
    ]
    assert report["groups"]["Wrists"] == {"generic": 15.0}
    assert report["groups_mass"]["Wrists"] == {"generic": 30.0}
    assert report["videos"]["b&"]["Wrists"] == {"generic": 20.0}
    table = generic_joint_table(alone)
    assert "| generic               | 0.00 |  15.00 |   0.00 |      0.00 |      4.29 |" in table


def test_joint_report_has_the_keys_that_programs_expect(two_videos):
    none, wrists = {"generic": 0.0, "personalized": 0.0}, {"generic": 15.0, "personalized": 12.0}
    report = report_joints(two_videos)
    assert list(report) == [
        "groups",
        "all",
        "videos",
        "missed",
        "per_shoulder_width",
        "groups_mass",
        "groups_kept",
        "groups_kept_mass",
    ]
    assert report["all"] == {
        "generic": pytest.approx(30 / 7),
        "personalized": pytest.approx(24 / 7),
    }
    assert report["groups"] == {
        "Head": none,
        "Wrists": wrists,
        "Elbows": none,
        "Shoulders": none,
    }
    assert report["groups_mass"]["Wrists"] == {"generic": 30.0, "personalized": 24.0}
    assert report["groups_kept"]["Wrists"] == {"generic": 15.0, "personalized": 15.0}
    assert report["groups_kept_mass"]["Wrists"] == {"generic": 30.0, "personalized": 30.0}
    assert list(report["videos"]) == ["-aa", "b&"]
    assert report["videos"]["b&"]["Wrists"] == {"generic": 20.0, "personalized": 16.0}
    assert report["missed"]["Wrists"] == none
    assert report["per_shoulder_width"]["Wrists"] == pytest.approx(
        {"generic": 0.375, "personalized": 0.3}
    )


def test_what_could_not_be_measured_is_null():
    report = report_joints({"a": both_rules(1.0, np.nan)})
    text = json.dumps(report, allow_nan=False)
    assert json.loads(text)["groups"]["Wrists"] == {"generic": 1.0, "personalized": None}
    assert json.loads(text)["missed"]["Wrists"] == {"generic": 0.0, "personalized": 1.0}


def test_joint_table_shows_the_numbers_of_the_paper_beside_ours(two_videos):
    table = joint_table(two_videos, generator=np.random.default_rng(0))
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in table.splitlines()]
    assert cells[0] == ["Joint error", "Head", "Wrists", "Elbows", "Shoulders"]
    assert cells[2] == ["generic, px", "0.0", "15.0", "0.0", "0.0"]
    assert cells[3] == ["personalized, px", "0.0", "12.0", "0.0", "0.0"]
    assert cells[4] == ["reduction (95 % interval)", "-", "20% (20% to 20%)", "-", "-"]
    assert cells[5] == ["as the verdict keeps it, px", "0.0", "15.0", "0.0", "0.0"]
    assert cells[6] == ["reduction, as kept", "-", "0% (0% to 0%)", "-", "-"]
    assert cells[7] == ["generic, paper's rule, px", "0.0", "30.0", "0.0", "0.0"]
    assert cells[9] == ["reduction, paper's rule", "-", "20% (20% to 20%)", "-", "-"]
    assert cells[10] == ["as the verdict keeps it, paper's rule, px", "0.0", "30.0", "0.0", "0.0"]
    assert cells[11] == ["reduction, as kept, paper's rule", "-", "0% (0% to 0%)", "-", "-"]
    assert cells[12] == ["paper, generic, px", "9.1", "15.4", "23.5", "12.8"]
    assert cells[13] == ["paper, personalized, px", "9.1", "12.6", "17.3", "9.6"]
    assert "generic 4.3 px, personalized 3.4 px, less by 20% (20% to 20%)" in table
    assert "keeps it 4.3 px, less by 0% (0% to 0%)" in table
    assert "paper's rule: generic 8.6 px, personalized 6.9 px, less by 20% (20% to 20%)" in table
    assert ["generic, missed", "0.0%", "0.0%", "0.0%", "0.0%"] in cells
    assert ["personalized, of the shoulder width", "0.0%", "30.0%", "0.0%", "0.0%"] in cells
    assert ["personalized, within 0.2 of it (PCK)", "100.0%", "50.0%", "100.0%", "100.0%"] in cells
    assert "4 labelled frames of 2 videos" in table


def test_what_could_not_be_measured_is_a_dash_in_the_table():
    lost = {"a": both_rules(1.0, np.nan)}
    table = joint_table(lost, generator=np.random.default_rng(0))
    row = next(line for line in table.splitlines() if line.startswith("| personalized, px "))
    assert row.split("|")[3].strip() == "-"
