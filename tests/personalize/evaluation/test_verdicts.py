import json

import numpy as np
import pytest

from personalize.evaluation.joint_errors import measure_joints
from personalize.evaluation.verdicts import (
    Gain,
    Judged,
    joint_gains,
    regret,
    report_verdicts,
    silhouette_gains,
    verdict_table,
)
from personalize.stages.verdict import Choice, Verdict


def verdict(silhouettes, parts):
    return Verdict(Choice(silhouettes, "gain"), Choice(parts, "gain"), 8, {})


JUDGED = {
    "up": Judged(verdict("generic", "personal"), {"parts": Gain(0.3, 0.3)}),
    "even": Judged(verdict("personal", "generic"), {"parts": Gain(0.01, 0.0)}),
    "down": Judged(verdict("generic", "personal"), {"parts": Gain(-0.2, -0.2)}),
    "missed": Judged(verdict("personal", "generic"), {"parts": Gain(0.1, 0.0)}),
    "nobody": Judged(None, {"parts": Gain(-0.1, 0.0)}),
}


def test_a_verdict_agrees_when_the_better_module_is_kept():
    assert [one.agrees("parts") for one in JUDGED.values()] == [True, True, False, False, True]


def test_regret_is_the_share_of_the_available_gain_that_is_lost():
    available = 0.3 + 0.01 + 0.1
    assert regret(JUDGED, "parts") == pytest.approx(1 - (0.3 - 0.2) / available)
    assert regret(JUDGED, "parts", "generic") == 1
    assert regret(JUDGED, "parts", "personal") == pytest.approx(1 - 0.11 / available)
    assert np.isnan(regret(JUDGED, "silhouettes"))


def test_the_table_counts_verdicts_and_truths():
    assert verdict_table(JUDGED).splitlines() == [
        "| verdict / truly      | better | the same | worse |",
        "| -------------------- | -----: | -------: | ----: |",
        "| parts: personal kept |      1 |        0 |     1 |",
        "| parts: generic kept  |      1 |        1 |     1 |",
        "",
        "| regret | verdict is right | of the verdict | always generic | always personal |",
        "| ------ | ---------------: | -------------: | -------------: | --------------: |",
        "| parts  |           3 of 5 |            76% |           100% |             73% |",
    ]


def test_the_report_is_json():
    report = json.loads(json.dumps(report_verdicts(JUDGED), allow_nan=False))
    assert list(report) == ["parts"]
    assert (report["parts"]["agree"], report["parts"]["of"]) == (3, 5)
    assert report["parts"]["regret"] == pytest.approx(0.756, abs=1e-3)
    assert report["parts"]["videos"]["up"] == {"kept": "personal", "gain": 0.3, "gain_kept": 0.3}


def test_where_nothing_could_be_gained_there_is_no_regret():
    worse = {"one": Judged(None, {"silhouettes": Gain(-0.1, 0.0)})}
    assert report_verdicts(worse)["silhouettes"]["regret"] is None


def test_the_gain_in_joints_is_the_share_of_the_error_taken_away():
    truth = np.zeros((2, 7, 2))
    errors = {"generic": 10.0, "personalized": 7.0, "kept": 8.0}
    measured = {name: measure_joints(truth, truth + [0, off]) for name, off in errors.items()}
    gain = joint_gains(measured)["parts"]
    assert (gain.personal, gain.kept) == pytest.approx((0.3, 0.2))


def test_the_gain_in_silhouettes_is_that_in_j():
    scores = {"generic": 0.6, "personalized": 0.7, "kept": 0.6}
    gain = silhouette_gains(scores)["silhouettes"]
    assert (gain.personal, gain.kept) == pytest.approx((0.1, 0.0))
