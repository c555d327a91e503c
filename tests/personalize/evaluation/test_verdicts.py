import json

import numpy as np
import pytest

from personalize.evaluation.joint_errors import measure_joints
from personalize.evaluation.verdicts import (
    Judged,
    joint_gain,
    report_verdicts,
    silhouette_gain,
    verdict_table,
)
from personalize.stages.judge import Verdict

PERSONAL = Verdict("personal", 8, {"agreement": {"generic": 0.5, "personal": 0.7}})
GENERIC = Verdict("generic", 8, {})
JUDGED = {
    "up": Judged(PERSONAL, 0.3),
    "even": Judged(GENERIC, 0.01),
    "down": Judged(PERSONAL, -0.2),
    "nobody": Judged(None, -0.1),
}


def test_a_verdict_agrees_when_the_better_network_is_kept():
    assert [one.agrees for one in JUDGED.values()] == [True, True, False, True]


def test_the_table_counts_verdicts_and_truths():
    assert verdict_table(JUDGED).splitlines() == [
        "| verdict / truly | better | the same | worse |",
        "| --------------- | -----: | -------: | ----: |",
        "| personal kept   |      1 |        0 |     1 |",
        "| generic kept    |      0 |        1 |     1 |",
        "",
        "The verdict agrees with the labels on 3 of 4 videos.",
    ]


def test_the_report_is_json():
    report = json.loads(json.dumps(report_verdicts(JUDGED), allow_nan=False))
    assert (report["agree"], report["of"]) == (3, 4)
    assert report["videos"]["up"] == {
        "kept": "personal",
        "gain": 0.3,
        "evidence": {"agreement": {"generic": 0.5, "personal": 0.7}},
    }


def test_the_gain_in_joints_is_the_share_of_the_error_taken_away():
    truth = np.zeros((2, 7, 2))
    errors = {"generic": truth + [0, 10.0], "personalized": truth + [0, 7.0]}
    measured = {name: measure_joints(truth, estimate) for name, estimate in errors.items()}
    assert joint_gain(measured) == pytest.approx(0.3)


def test_the_gain_in_silhouettes_is_the_share_of_the_error_taken_away():
    assert silhouette_gain({"generic": 0.6, "personalized": 0.7}) == pytest.approx(0.25)
