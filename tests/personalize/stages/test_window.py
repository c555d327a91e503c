import numpy as np
import pytest

from personalize.errors import SettingsError
from personalize.imaging.framing import fit_frame
from personalize.imaging.track import Track
from personalize.stages.settings import SpreadSettings
from personalize.stages.window import (
    choose_window,
    lay_window,
    spread_window,
    window_between,
    window_of_person,
)
from personalize.types import Window


def test_the_window_lies_around_the_middle_frame():
    assert choose_window(1000, length=301) == Window.between(350, 651)


def test_a_window_at_an_end_is_moved_not_cut():
    assert choose_window(400, length=301, centre=10) == Window.between(0, 301)
    assert choose_window(400, length=301, centre=399) == Window.between(99, 400)


def test_a_short_video_gives_all_it_has():
    assert choose_window(212, length=301) == Window.between(0, 212)


def test_a_centre_outside_the_video_is_refused():
    with pytest.raises(SettingsError, match="frame 212 cannot be the centre: .* 0 to 211"):
        choose_window(212, length=301, centre=212)


def test_an_empty_window_is_refused():
    with pytest.raises(SettingsError, match="--window 1 or more"):
        choose_window(212, length=0)


@pytest.mark.parametrize(
    ("first", "stop", "expected"),
    [(10, None, (10, 40)), (None, 50, (20, 50)), (12, 18, (12, 18)), (90, None, (90, 100))],
)
def test_a_window_begins_and_ends_where_it_is_told(first, stop, expected):
    window = window_between(100, length=30, first=first, stop=stop)
    assert window == Window.between(*expected)


@pytest.mark.parametrize(("first", "stop"), [(100, None), (20, 20), (0, 101)])
def test_a_window_that_is_not_in_the_video_is_refused(first, stop):
    with pytest.raises(SettingsError, match=r"no window lies from frame .* 0 to 99"):
        window_between(100, length=30, first=first, stop=stop)


FRAMING = fit_frame(48, 64, 64)


def track_of(seen, cuts=(), heights=None):
    """A still track: `seen` of each frame, where shots begin, and how high the person is."""
    known = {}
    if heights is not None:
        boxes = np.zeros((len(seen), 4))
        boxes[:, 2:] = np.asarray(heights, float)[:, None]
        known["place"] = boxes
    return Track.still(FRAMING, seen=np.uint8(seen) * 2, cuts=np.array(cuts, int), **known)


def test_where_the_person_is_seen_all_the_time_the_middle_is_learned_from():
    assert window_of_person(Track.still(FRAMING), 1000, 301) == Window.between(350, 651)
    assert window_of_person(track_of([1] * 1000), 1000, 301) == Window.between(350, 651)
    assert window_of_person(track_of([1] * 20), 20, 301) == Window.between(0, 20)


def test_a_window_lies_where_the_person_is():
    seen = [0] * 600 + [1] * 400
    [(start, _)] = window_of_person(track_of(seen), 1000, 301).stretches
    assert start >= 600
    seen = [1] * 100 + [0] * 500 + [1] * 60
    assert window_of_person(track_of(seen), 660, 101) == Window.between(0, 101)


def test_a_window_lies_within_the_shot_that_shows_most_of_the_person():
    assert window_of_person(track_of([1] * 1000, cuts=[480]), 1000, 301).stretches == ((480, 781),)
    shots = track_of([1] * 450, cuts=[100, 300])  # shorter than a window, but long enough
    assert window_of_person(shots, 450, 301) == Window.between(100, 300)
    empty = track_of([1] * 100 + [0] * 200 + [1] * 150, cuts=[100, 300])
    assert window_of_person(empty, 450, 101) == Window.between(300, 401)


def test_of_many_short_shots_a_window_takes_several():
    many = track_of([1] * 500, cuts=[100, 200, 300, 400])
    assert len(window_of_person(many, 500, 301)) == 301
    assert window_of_person(many, 500, 500) == Window.between(0, 500)


def test_a_spread_window_shows_only_frames_in_which_the_person_is_seen():
    seen = [1] * 200 + [0] * 300 + [1] * 500
    window = spread_window(track_of(seen), 1000, 301)
    assert len(window) == 301
    assert np.array(seen)[window.numbers].all()
    assert all(stop - start >= 11 for start, stop in window.stretches)  # labels travel in these
    assert window.numbers[0] < 50 and window.numbers[-1] > 950
    few = spread_window(track_of([0] * 900 + [1] * 100), 1000, 301)
    assert few == Window.between(900, 1000)


def test_a_spread_window_shows_the_person_in_every_size():
    heights = [20.0] * 900 + [200.0] * 40 + [20.0] * 1060
    window = spread_window(track_of([1] * 2000, heights=heights), 2000, 61)
    assert np.isin(window.numbers, np.arange(900, 940)).sum() >= 20
    middle = window_of_person(track_of([1] * 2000, heights=heights), 2000, 61)
    assert middle == Window.between(970, 1031)


def test_stretches_of_a_spread_window_end_where_shots_do():
    cuts = list(range(7, 700, 7))
    window = spread_window(track_of([1] * 700, cuts), 700, 70, settings=SpreadSettings(stretch=30))
    assert all(start % 7 == 0 and stop % 7 == 0 for start, stop in window.stretches)


def test_a_short_video_is_its_own_spread_window():
    assert spread_window(track_of([1, 0] * 100), 200, 301) == Window.between(0, 200)
    assert spread_window(track_of([0] * 400), 400, 301) == Window.between(50, 351)  # nobody


def test_a_window_that_is_placed_is_not_spread():
    track, spread = track_of([1] * 1000), SpreadSettings()
    laid = {"length": 101, "spread": spread}
    assert lay_window(track, 1000, centre=200, **laid) == Window.between(150, 251)
    assert lay_window(track, 1000, first=200, **laid) == Window.between(200, 301)
    assert len(lay_window(track, 1000, **laid).stretches) > 1
    assert lay_window(track, 1000, length=101) == Window.between(450, 551)
