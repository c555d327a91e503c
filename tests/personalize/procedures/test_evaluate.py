from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
import scipy.io

from personalize.adaptation.base import Base
from personalize.adaptation.settings import FactorSettings
from personalize.datasets.davis import sequences
from personalize.datasets.jhmdb import clips
from personalize.datasets.youtube_pose import videos
from personalize.errors import DatasetError
from personalize.evaluation.joint_errors import group_errors
from personalize.evaluation.silhouette_tables import SILHOUETTE_STAGES
from personalize.imaging.framing import fit_frame
from personalize.media.source import Source
from personalize.parts import UPPER_BODY_JOINTS
from personalize.procedures.evaluate.jhmdb import evaluate_clip, evaluate_generic_clip
from personalize.procedures.evaluate.learning import find_teacher, restore_masks
from personalize.procedures.evaluate.photographs import evaluate_photographs
from personalize.procedures.evaluate.silhouettes import (
    evaluate_generic_silhouettes,
    evaluate_silhouettes,
)
from personalize.procedures.evaluate.youtube_pose import evaluate_generic_joints, evaluate_joints
from personalize.settings import RunSettings
from personalize.stages.settings import SeedSettings
from personalize.types import UNLABELLED

SETTINGS = RunSettings(
    size=80, seeds=SeedSettings(confidence=0.9, size=64), factor=FactorSettings(epochs=1)
)


@pytest.fixture(scope="module")
def base(square_network):
    return Base.of(square_network)


def test_a_map_goes_back_to_where_its_pixels_came_from():
    framing = fit_frame(90, 160, 64)
    truth = np.zeros((90, 160), np.uint8)
    truth[30:60, 40:100] = 1
    canvas = framing.apply(np.dstack([truth * 255] * 3))[..., 0] / np.float32(255)
    mask = next(restore_masks(canvas[None], [framing]))
    assert np.sum(mask & (truth == 1)) / np.sum(mask | (truth == 1)) > 0.95


def test_silhouettes_are_scored_in_the_window_alone(write_davis, base, tmp_path):
    sequence = sequences(write_davis(["walk"], 6))[0]
    empty = replace(SETTINGS, window=3)
    scores, verdict = evaluate_silhouettes(sequence, tmp_path / "run", base, empty)
    assert tuple(scores) == SILHOUETTE_STAGES
    assert all(0 <= score <= 1 for score in scores.values())
    assert verdict is None or verdict.held_out == 0


def test_every_labelled_joint_gets_an_error(write_youtube_pose, base, tmp_path):
    video = videos(write_youtube_pose())[0]
    errors, verdict = evaluate_joints(video, tmp_path / "run", base, SETTINGS)
    assert set(errors) == {
        f"{a}{b}" for a in ("generic", "personalized", "kept") for b in ("", "_mass")
    }
    assert verdict is None or verdict.held_out == 0
    for network in errors.values():
        assert not np.isnan(network.pixels[network.labelled]).any()
        assert set(group_errors([network])) == {"Head", "Wrists", "Elbows", "Shoulders"}


def test_the_base_alone_scores_as_it_does_before_it_learns(
    write_youtube_pose, write_davis, base, tmp_path
):
    video, sequence = videos(write_youtube_pose())[0], sequences(write_davis(["walk"], 6))[0]
    errors, _ = evaluate_joints(video, tmp_path / "video", base, SETTINGS)
    alone = evaluate_generic_joints(video, base.network, SETTINGS)
    assert list(alone) == ["generic", "generic_mass"]
    for name, network in alone.items():
        np.testing.assert_array_equal(network.pixels, errors[name].pixels)
    scores, _ = evaluate_silhouettes(sequence, tmp_path / "sequence", base, SETTINGS)
    alone = evaluate_generic_silhouettes(sequence, base.network, SETTINGS)
    assert alone == {"generic": scores["generic"]}


def test_every_frame_of_a_clip_is_scored_before_and_after_learning(write_jhmdb, base, tmp_path):
    [clip] = clips(write_jhmdb(names=("one",)))
    scores, verdict = evaluate_clip(clip, tmp_path / "run", base, SETTINGS)
    assert list(scores) == ["generic", "personalized", "kept"]
    assert scores["generic"].j > 0.8 and scores["personalized"].j > 0.8
    assert verdict is not None and scores["kept"] in (scores["generic"], scores["personalized"])
    again, _ = evaluate_clip(clip, tmp_path / "run", base, SETTINGS)
    assert again == scores
    assert evaluate_generic_clip(clip, base.network, SETTINGS) == {"generic": scores["generic"]}


def test_joints_that_a_run_would_leave_empty_count_with_their_estimate(write_jhmdb, base):
    [clip] = clips(write_jhmdb(names=("one",)))
    joints = replace(SETTINGS.parse.joints, nobody=1.1)
    blind = replace(SETTINGS, parse=replace(SETTINGS.parse, joints=joints))
    scores = evaluate_generic_clip(clip, base.network, blind)["generic"]
    assert np.isfinite(scores.px)
    assert scores == replace(
        evaluate_generic_clip(clip, base.network, SETTINGS)["generic"], empty=scores.empty
    )


def test_labels_that_do_not_fit_the_clip_are_refused(write_jhmdb, base):
    [clip] = clips(write_jhmdb(names=("one",)))
    short = clip.read_joints(UPPER_BODY_JOINTS)[:5]
    scipy.io.savemat(clip.joints, {"pos_img": np.zeros((2, 15, len(short)))})
    with pytest.raises(
        DatasetError, match=r"one\.avi: shows 12 frames of 96x64, but its labels are of 5 frames"
    ):
        evaluate_generic_clip(clip, base.network, SETTINGS)


@dataclass
class Photograph:
    """A photograph that is in memory."""

    image: np.ndarray
    silhouette: np.ndarray

    def read_image(self):
        return self.image

    def read_silhouette(self):
        return self.silhouette


def test_photographs_are_scored_beside_their_bags(square_network, square_frames):
    frames, masks = square_frames
    truth = masks[0].astype(np.uint8)
    half = truth.copy()
    half[32:] = 0  # half of the square is said to be no person
    open_half = np.where(half == truth, half, UNLABELLED)  # or is left open
    photographs = [Photograph(frames[0], labels) for labels in (truth, half, open_half)]
    scores = evaluate_photographs(photographs, square_network, SETTINGS)
    assert scores[0] > 0.85
    assert scores[1] == pytest.approx(scores[0] / 2, abs=0.1)
    assert scores[2] > 0.85


def test_a_video_in_which_the_estimator_saw_nobody_is_learned_without_a_teacher(tmp_path):
    walk, other = (
        Source(name, 60, 80, Fraction(25), [k / 25 for k in range(6)])
        for name in ("walk.mp4", "other.mp4")
    )
    landmarks = tmp_path / "landmarks.npz"
    nowhere = {"walk/xy": np.full((6, 17, 2), np.nan), "walk/visibility": np.zeros((6, 17))}
    np.savez(landmarks, **nowhere)
    assert find_teacher(landmarks, walk, "walk") is None
    assert find_teacher(None, walk, "walk") is None
    with pytest.raises(DatasetError, match=r"landmarks\.npz"):
        find_teacher(landmarks, other, "other")
