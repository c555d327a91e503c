from dataclasses import replace

import numpy as np
import pytest

from personalize.imaging.framing import crop_frame, fit_frame
from personalize.imaging.shades import SHADES
from personalize.imaging.track import Track

FRAMING = fit_frame(48, 64, 64)


def moving(count=5):
    """A crop of 24 x 32 pixels that goes two pixels to the right every frame."""
    return Track.of([crop_frame(48, 64, (2 * k, 10, 2 * k + 32, 34), 64) for k in range(count)])


def test_a_still_track_has_one_framing_for_all_frames():
    track = Track.still(FRAMING)
    assert track.is_still
    assert track[0] == track[90000] == FRAMING
    assert track.seen_in(7) == "yes"


def test_a_moving_track_has_one_framing_a_frame():
    track = moving()
    assert not track.is_still
    assert track[3] == crop_frame(48, 64, (6, 10, 38, 34), 64)
    with pytest.raises(IndexError):
        track[5]


def test_scales_are_those_of_the_framings():
    near = [crop_frame(48, 64, (0, 0, width, 0.75 * width), 64) for width in (64, 32)]
    assert Track.of(near).scales(np.array([1, 0])) == pytest.approx([near[1].scale, near[0].scale])
    assert Track.still(FRAMING).scales(np.array([5, 900])).tolist() == [FRAMING.scale] * 2


def test_a_track_comes_back_from_its_arrays_and_tells_itself_from_others():
    track = moving()
    again = Track.from_arrays(track.arrays())
    assert [again[k] for k in range(5)] == [track[k] for k in range(5)]
    assert again.describe() == track.describe()
    shifted = replace(track, left=track.left - 1)
    unseen = replace(track, seen=np.array([0], np.uint8))
    told = replace(track, shades=np.full((2, SHADES), 1 / SHADES), met=np.arange(5) == 3)
    early = replace(told, met=np.arange(5) == 1)
    assert len({str(one.describe()) for one in (track, shifted, unseen, told, early)}) == 5
    back = Track.from_arrays(told.arrays())
    np.testing.assert_array_equal(back.shades_in(3), told.shades)
    assert back.shades_in(1) is None and track.shades_in(3) is None


def test_framings_of_other_canvases_make_no_track():
    with pytest.raises(ValueError, match="2 sizes"):
        Track.of([FRAMING, fit_frame(48, 64, 80)])
