"""Verdicts by models of two lines, and by the model that ships."""

import json

import numpy as np
import pytest

from personalize.stages import verdict as verdicts
from personalize.stages.settings import VerdictSettings
from personalize.stages.verdict import (
    EVIDENCE,
    Choice,
    GainModel,
    Verdict,
    load_calibration,
    reach_verdict,
    read_features,
)
from personalize.types import MODULES

FEATURES = (("agreement", "change"), ("agreement", "before"))
MODEL = GainModel(
    features=FEATURES,
    middle=np.array([0.0, 0.5]),
    scale=np.array([0.1, 0.25]),
    weights=np.array([0.01, 0.02, -0.03]),
    covariance=np.diag([0.0, 0.0, 0.0004]),
    noise=0.0009,
)
GAINED = {"agreement": np.array([0.5, 0.7])}
LOST = {"agreement": np.array([0.5, 0.3])}


@pytest.fixture(autouse=True)
def two_lines(monkeypatch):
    models = dict.fromkeys(MODULES, MODEL)
    monkeypatch.setattr(verdicts, "load_calibration", lambda: models)


def test_the_gain_is_estimated_from_changes_and_from_what_was_before():
    assert MODEL.estimate(GAINED)[0] == pytest.approx(0.01 + 0.02 * 2)
    assert MODEL.estimate({"agreement": np.array([0.75, 0.75])})[0] == pytest.approx(0.01 - 0.03)


def test_an_estimate_far_from_what_was_fitted_is_less_certain():
    near = MODEL.estimate({"agreement": np.array([0.5, 0.5])})[1]
    far = MODEL.estimate({"agreement": np.array([1.0, 1.0])})[1]
    assert near == pytest.approx(0.03)
    assert far == pytest.approx(np.sqrt(0.0009 + 4 * 0.0004))


def test_evidence_that_is_missing_tells_nothing():
    assert np.isnan(read_features({}, FEATURES)).all()
    assert MODEL.estimate({})[0] == pytest.approx(0.01)


@pytest.mark.parametrize(
    "evidence, kept, reason", [(GAINED, "personal", "gain"), (LOST, "generic", "loss")]
)
def test_a_module_is_kept_if_a_gain_is_expected(evidence, kept, reason):
    verdict = reach_verdict(evidence, 8)
    assert (verdict.parts.kept, verdict.parts.reason) == (kept, reason)
    assert verdict.silhouettes.estimate == pytest.approx(MODEL.estimate(evidence)[0])
    assert verdict.held_out == 8


def test_the_gain_must_be_above_the_least():
    [estimate, _] = MODEL.estimate(GAINED)
    equal = reach_verdict(GAINED, 8, settings=VerdictSettings(least_gain=estimate))
    below = reach_verdict(GAINED, 8, settings=VerdictSettings(least_gain=estimate - 1e-6))
    assert (equal.parts.kept, below.parts.kept) == ("generic", "personal")


def test_a_small_loss_is_not_called_a_gain():
    slight = {"agreement": np.array([0.5, 0.4])}
    assert MODEL.estimate(slight)[0] == pytest.approx(-0.01)
    verdict = reach_verdict(slight, 8)
    assert verdict.parts.kept == "personal" and verdict.parts.reason == "small loss"


def test_what_could_not_be_tested_is_not_kept_unless_silhouettes_were_given():
    assert reach_verdict({}, 0).silhouettes == Choice("generic", "untested")
    assert reach_verdict({}, 0, given=True).silhouettes == Choice("personal", "given")
    assert reach_verdict(LOST, 8, given=True).silhouettes.kept == "generic"


@pytest.mark.parametrize("keep", ["personal", "generic"])
@pytest.mark.parametrize("evidence", [GAINED, LOST, {}])
def test_the_user_has_the_last_word(keep, evidence):
    verdict = reach_verdict(evidence, 8, settings=VerdictSettings(keep=keep))
    assert {choice.kept for choice in (verdict.silhouettes, verdict.parts)} == {keep}
    assert verdict.parts.reason == "asked"


def test_parts_that_were_not_learned_are_not_kept():
    verdict = reach_verdict(GAINED, 8, learned=["silhouettes"])
    assert verdict.kept_modules == ["silhouettes"]
    assert verdict.parts == Choice("generic", "not learned")


def test_a_verdict_is_told_as_json():
    told = json.loads(json.dumps(reach_verdict(GAINED, 8).describe(), allow_nan=False))
    assert told["silhouettes"]["kept"] == "personal"
    assert told["evidence"] == {"agreement": {"generic": 0.5, "personal": 0.7}}


def test_evidence_that_is_not_a_number_is_not_told():
    evidence = {**GAINED, "steadiness": np.array([np.nan, np.nan])}
    assert list(reach_verdict(evidence, 8).evidence) == ["agreement"]


def test_modules_are_kept_apart():
    mixed = Verdict(Choice("personal", "gain"), Choice("generic", "loss"), 8, {})
    assert mixed.kept_modules == ["silhouettes"]
    assert (mixed.keeps("silhouettes"), mixed.keeps("parts")) == (True, False)


def test_the_model_that_ships_knows_its_evidence(monkeypatch):
    monkeypatch.undo()
    models = load_calibration()
    assert list(models) == list(MODULES)
    for model in models.values():
        assert {kind for kind, _ in model.features} <= set(EVIDENCE)
        assert model.covariance.shape == (len(model.features) + 1,) * 2
        assert np.linalg.eigvalsh(model.covariance).min() > 0


@pytest.mark.parametrize(("gain", "kept"), [(0.1, "personal"), (-0.1, "generic")])
def test_where_there_are_landmarks_they_decide_on_the_parts(gain, kept):
    told = {"landmarks": np.array([0.8, 0.8 + gain]), "landmark_gain": np.array([gain, 0.02])}
    verdict = reach_verdict(told, 20)
    assert (verdict.parts.kept, verdict.parts.estimate, verdict.parts.uncertainty) == (
        kept,
        gain,
        0.02,
    )
    assert verdict.evidence == {"landmarks": {"generic": 0.8, "personal": round(0.8 + gain, 4)}}
    assert verdict.silhouettes == reach_verdict({"landmarks": told["landmarks"]}, 20).silhouettes
