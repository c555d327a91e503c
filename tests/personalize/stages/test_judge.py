"""A bright square moves over a dark ground; stub networks see it, or do not."""

import numpy as np
import pytest
import torch

from personalize.stages.appearance import Appearance
from personalize.stages.judge import flows_between, gather_evidence, hold_out, overlap
from personalize.stages.settings import VerdictSettings
from personalize.stages.verdict import OF_PARTS, OF_SILHOUETTES

SETTINGS = VerdictSettings(share=0.4, stretches=2, shortest=4)
PLAIN = Appearance(None, None)


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


def gathered(frames, labels, *networks):
    """Evidence of one network before and another after learning, or of three."""
    before, *after = networks
    after = after if len(after) == 2 else after * 2
    return gather_evidence(frames, labels, hold_out(10, SETTINGS), [before, *after], PLAIN)


def test_evidence_has_every_kind_before_and_after(frames, labels):
    evidence = gathered(frames, labels, Stub(2), Stub(20))
    assert list(evidence) == [*OF_SILHOUETTES, *OF_PARTS]
    assert {pair.shape for pair in evidence.values()} == {(2,)}
    assert all((pair >= 0).all() and (pair <= 1 + 1e-6).all() for pair in evidence.values())


def test_who_sees_the_person_more_surely_agrees_more_with_the_labels(frames, labels):
    evidence = gathered(frames, labels, Stub(2), Stub(20))
    for kind in ("agreement", "certainty"):
        before, after = evidence[kind]
        assert after > before + 0.1, kind
    assert evidence["shared"][0] == pytest.approx(1)
    assert evidence["shared"][1] < 0.9


def test_who_sees_nobody_agrees_with_nothing(frames, labels):
    evidence = gathered(frames, labels, Stub(20), Stub(-20))
    assert evidence["agreement"][1] < 0.3
    assert evidence["told_by_parts"][1] < evidence["told_by_parts"][0]


def test_joints_that_are_found_are_counted(frames, labels):
    evidence = gathered(frames, labels, Stub(20), Seeing(20), Stub(20))
    np.testing.assert_allclose(evidence["joints_found"], [2 / 7, 0])
    assert evidence["joints_still"][0] == pytest.approx(1)
    assert evidence["joints_still"][1] < 0.9


def test_parts_before_are_those_of_the_learned_silhouettes(frames, labels):
    evidence = gathered(frames, labels, Seeing(20), Stub(20), Stub(20))
    np.testing.assert_allclose(*evidence["joints_found"])


def test_steadiness_follows_the_movement():
    """A square that moves by two cells a frame is steady only if it is moved back."""
    ground = np.random.default_rng(0).integers(60, 110, (64, 160, 3), dtype=np.uint8)
    square = np.random.default_rng(1).integers(200, 255, (32, 32, 3), dtype=np.uint8)
    frames = np.stack([ground] * 10)
    for t in range(10):
        frames[t, 16:48, 8 + 8 * t : 40 + 8 * t] = square
    labels = np.zeros((10, 64, 160), np.uint8)
    steady = gathered(frames, labels, Stub(40), Stub(40))["steadiness"][0]
    apart = overlap(
        *(Stub(40).person(Stub(40).features(_images(frames[k])))[0, 1].numpy() for k in (1, 2))
    )
    assert steady > apart + 0.1


def _images(frame):
    return torch.from_numpy(frame / np.float32(255)).permute(2, 0, 1)[None]


def test_no_flow_is_taken_across_a_gap_of_the_frames_held_out(frames):
    held = np.flatnonzero(hold_out(10, SETTINGS))
    assert held.tolist() == [1, 2, 7, 8]
    assert list(flows_between(frames[held], held, (6, 8))) == [0, 2]


def test_without_held_out_frames_there_is_no_evidence(frames, labels):
    held = np.zeros(10, bool)
    assert gather_evidence(frames, labels, held, [Stub(1), Stub(2), Stub(2)], PLAIN) == {}


def test_overlap_of_soft_masks():
    one, other = np.array([1.0, 0.5, 0.0]), np.array([0.5, 1.0, 0.0])
    assert overlap(one, other) == 0.5


def test_empty_masks_overlap_with_nothing():
    assert overlap(np.zeros(9), np.zeros(9)) == 0.0
