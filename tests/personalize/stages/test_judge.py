"""A bright square moves over a dark ground; stub networks see it, or do not."""

import numpy as np
import pytest
import torch

from personalize.stages.judge import hold_out, judge, overlap, reach_verdict
from personalize.stages.settings import VerdictSettings

SETTINGS = VerdictSettings(share=0.4, stretches=2, shortest=4, most_changed=1.0)


class Stub:
    """Calls a cell the person as its brightness says, `sure` times as surely."""

    device = torch.device("cpu")

    def __init__(self, sure):
        self.sure = sure

    def features(self, images):
        return torch.nn.functional.avg_pool2d(images.mean(dim=1, keepdim=True), 8)

    def person(self, features):
        odds = (features - 0.5) * self.sure
        return torch.cat((-odds, odds), dim=1).softmax(dim=1)

    def parts(self, features, person):
        return self.odds(features, person).softmax(dim=1)

    def odds(self, features, person):
        """All of the person is the neck, which has no other side."""
        parts = torch.full((len(person), 32, *person.shape[2:]), -9.0)
        parts[:, 0], parts[:, 31] = person.log().movedim(1, 0)
        return parts


class OneSided(Stub):
    """Takes what it sees for the right hand, mirrored or not."""

    def odds(self, features, person):
        parts = super().odds(features, person)
        parts[:, 1], parts[:, 31] = parts[:, 31], parts[:, 1].clone()
        return parts


class Seeing(Stub):
    """Has wrists, too: the right one in the first cell, the left one in the last."""

    def odds(self, features, person):
        parts = super().odds(features, person)
        parts[:, 2, 0, 0] = parts[:, 15, 0, -1] = 9.0
        return parts


@pytest.fixture
def frames():
    frames = np.zeros((10, 48, 64, 3), np.uint8)
    for t in range(10):
        frames[t, 8:40, 8 + t : 32 + t] = 250
    return frames


@pytest.fixture
def labels(frames):
    return (frames[..., 0] > 0).astype(np.uint8)


def test_stretches_are_held_out():
    assert np.flatnonzero(hold_out(10, SETTINGS)).tolist() == [1, 2, 7, 8]


def test_a_fifth_of_the_papers_window_is_held_out():
    held = hold_out(301, VerdictSettings())
    assert held.sum() == 60
    assert np.count_nonzero(np.diff(held.astype(int)) == 1) == 5


@pytest.mark.parametrize("length", [20, 30, 40, 60, 100, 300])
def test_of_a_shorter_window_a_fifth_is_held_out_too(length):
    assert hold_out(length, VerdictSettings()).mean() == pytest.approx(0.2, abs=0.04)


def test_a_short_window_is_learned_from_whole():
    assert not hold_out(19, VerdictSettings()).any()


def test_who_sees_the_person_more_surely_is_kept(frames, labels):
    held = hold_out(10, SETTINGS)
    evidence = judge(frames, labels, held, Stub(2), Stub(20))
    assert evidence[0, 1] > evidence[0, 0]
    verdict = reach_verdict(evidence, held, settings=SETTINGS)
    assert (verdict.kept, verdict.held_out) == ("personal", 4)
    assert list(verdict.evidence) == ["agreement", "mirrored", "steadiness", "parts", "joints"]
    assert set(verdict.evidence["agreement"]) == {"generic", "personal"}


def test_who_sees_nobody_is_not_kept(frames, labels):
    held = hold_out(10, SETTINGS)
    evidence = judge(frames, labels, held, Stub(20), Stub(-20))
    assert reach_verdict(evidence, held, settings=SETTINGS).kept == "generic"


def test_who_confuses_the_sides_of_the_person_has_less_evidence(frames, labels):
    evidence = judge(frames, labels, hold_out(10, SETTINGS), OneSided(20), Stub(20))
    one_sided, consistent = evidence[3]
    assert one_sided < 0.2
    assert consistent > 0.9
    np.testing.assert_allclose(*evidence[:3].T)  # in silhouettes they are equal


def test_who_loses_sight_of_joints_is_not_kept(frames, labels):
    held = hold_out(10, SETTINGS)
    evidence = judge(frames, labels, held, Seeing(2), Stub(20))
    np.testing.assert_allclose(evidence[4], [2 / 7, 0])
    assert evidence[0, 1] > evidence[0, 0] + 0.3
    assert reach_verdict(evidence, held, settings=SETTINGS).kept == "generic"
    assert reach_verdict(evidence, held, settings=SETTINGS).why == "joints lost"
    lenient = VerdictSettings(
        share=0.4, stretches=2, shortest=4, least_gain=-1, most_lost=0.3, most_changed=1.0
    )
    assert reach_verdict(evidence, held, settings=lenient).kept == "personal"


@pytest.mark.parametrize(
    "agreement, found, kept, why",
    [
        (0.15, 1.0, "personal", "gain"),
        (0.25, 1.0, "generic", "changed too much"),
        (0.25, 0.8, "personal", "gain"),
        (-0.15, 1.0, "generic", "no gain"),
    ],
)
def test_who_changed_too_much_is_not_kept_unless_much_was_missed_before(
    agreement, found, kept, why
):
    evidence = np.array(
        [[0.6, 0.6 + agreement], [0.8, 0.85], [0.8, 0.85], [0.6, 0.65], [found, found]]
    )
    settings = VerdictSettings(most_changed=0.2, sees_enough=0.94)
    verdict = reach_verdict(evidence, hold_out(40, settings), settings=settings)
    assert (verdict.kept, verdict.why) == (kept, why)


def test_without_held_out_frames_what_was_learned_is_kept(frames, labels):
    held = np.zeros(10, bool)
    evidence = judge(frames, labels, held, Stub(1), Stub(2))
    assert np.isnan(evidence).all()
    verdict = reach_verdict(evidence, held, settings=SETTINGS)
    assert (verdict.kept, verdict.held_out, verdict.evidence) == ("personal", 0, {})
    assert verdict.why == "untested"


def test_overlap_of_soft_masks():
    one, other = np.array([1.0, 0.5, 0.0]), np.array([0.5, 1.0, 0.0])
    assert overlap(one, other) == 0.5


def test_empty_masks_overlap_with_nothing():
    assert overlap(np.zeros(9), np.zeros(9)) == 0.0
