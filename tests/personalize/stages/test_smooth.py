import numpy as np
import pytest

from personalize.imaging.framing import fit_frame
from personalize.stages.parsed_frame import ParsedFrame
from personalize.stages.settings import SmoothSettings
from personalize.stages.smooth import fit_lines, smooth_joints

SETTINGS = SmoothSettings()


FRAMING = fit_frame(8, 8, 8)


def parsed(xy, confidence=0.9, silhouettes=None):
    """Frames of one joint at the places `xy` (T, 2)."""
    empty = np.zeros((1, 1), np.float32)
    for number, place in enumerate(xy):
        sure = np.array([confidence if np.isscalar(confidence) else confidence[number]])
        silhouette = empty > 0 if silhouettes is None else silhouettes[number]
        joints = np.float64(place)[None], sure, np.array([True])
        yield number, ParsedFrame(empty, empty, *joints, silhouette, FRAMING)


def smoothed(xy, **rest):
    results = list(smooth_joints(parsed(xy, **rest), settings=SETTINGS))
    assert [number for number, _ in results] == list(range(len(xy)))
    return np.array([result.xy[0] for _, result in results])


def test_a_straight_motion_stays_however_fast():
    xy = np.arange(12)[:, None] * [30.0, -11.0] + [5, 400]
    np.testing.assert_allclose(smoothed(xy), xy, atol=1e-6)


def test_jitter_shrinks():
    jitter = np.random.default_rng(0).normal(0, 2, (60, 2))
    assert np.std(smoothed(100 + jitter)) < 0.6 * np.std(jitter)


def test_a_jump_to_the_other_arm_is_undone():
    xy = np.tile([50.0, 80.0], (15, 1))
    xy[7] = [150, 20]
    np.testing.assert_allclose(smoothed(xy), np.tile([50.0, 80.0], (15, 1)), atol=0.5)


def test_what_is_not_trusted_follows_what_is():
    xy = np.tile([50.0, 80.0], (15, 1))
    xy[6:9] = [150, 20]
    confidence = np.ones(15)
    confidence[6:9] = 0.0
    np.testing.assert_allclose(smoothed(xy, confidence=confidence)[7], [50, 80], atol=1)


def test_lines_end_where_the_silhouette_jumps_to_somebody_else():
    xy = np.array([[200.0, 40.0]] * 6 + [[100.0, 60.0]] * 6 + [[200.0, 40.0]] * 6)
    one = np.repeat([[True, False]], 4, axis=0)
    silhouettes = [one] * 6 + [~one] * 6 + [one] * 6
    np.testing.assert_allclose(smoothed(xy, silhouettes=silhouettes), xy, atol=1e-6)
    missed = [one, one & False, one]
    wide = np.array([[50.0, 80.0], [53.0, 80.0], [50.0, 80.0]])
    assert (
        smoothed(wide, silhouettes=missed)[1, 0] < 53
    )  # a frame in which nobody is seen is no jump


@pytest.mark.parametrize("length", [1, 2, 3, 5, 9, 20])
def test_every_frame_comes_out_whatever_their_number(length):
    assert len(smoothed(np.zeros((length, 2)))) == length


def test_a_joint_that_is_not_there_stays_away():
    xy = np.tile([50.0, 80.0], (9, 1))
    xy[4] = np.nan
    result = smoothed(xy)
    assert np.isnan(result[4]).all()
    np.testing.assert_allclose(result[5], [50, 80])


def test_no_frame_gives_no_frame():
    assert list(smooth_joints([], settings=SETTINGS)) == []


def test_a_line_needs_two_estimates():
    xy = np.full((3, 1, 2), np.nan)
    xy[1] = 7
    assert np.isnan(fit_lines(xy, np.ones((3, 1)), np.arange(-1, 2), settings=SETTINGS)).all()


def test_no_line_is_fitted_across_a_cut():
    before, after = np.full((6, 2), 50.0), np.full((6, 2), 300.0)
    xy = np.concatenate([before, after])
    results = list(smooth_joints(parsed(xy), settings=SETTINGS, cuts=[6]))
    np.testing.assert_allclose([result.xy[0] for _, result in results], xy)
