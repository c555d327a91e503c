import numpy as np
import pytest

from personalize.errors import SettingsError
from personalize.imaging.framing import fit_frame
from personalize.imaging.track import Track
from personalize.stages.window import centre_of_person, choose_window
from personalize.types import Window


def test_the_window_lies_around_the_middle_frame():
    assert choose_window(1000, length=301) == Window(350, 651, 500)


def test_a_window_at_an_end_is_moved_not_cut():
    assert choose_window(400, length=301, centre=10) == Window(0, 301, 10)
    assert choose_window(400, length=301, centre=399) == Window(99, 400, 399)


def test_a_short_video_gives_all_it_has():
    assert choose_window(212, length=301) == Window(0, 212, 106)


def test_a_centre_outside_the_video_is_refused():
    with pytest.raises(SettingsError, match="frame 212 cannot be the centre: .* 0 to 211"):
        choose_window(212, length=301, centre=212)


def test_an_empty_window_is_refused():
    with pytest.raises(SettingsError, match="--window 1 or more"):
        choose_window(212, length=0)


FRAMING = fit_frame(48, 64, 64)


def track_of(seen, cuts=()):
    """A still track: `seen` of each frame, and where shots begin."""
    return Track.still(FRAMING, seen=np.uint8(seen) * 2, cuts=np.array(cuts, int))


def test_where_the_person_is_seen_all_the_time_the_middle_is_learned_from():
    assert centre_of_person(Track.still(FRAMING), 1000, 301) == 500
    assert centre_of_person(track_of([1] * 1000), 1000, 301) == 500
    assert centre_of_person(track_of([1] * 20), 20, 301) == 10


def test_a_window_lies_where_the_person_is():
    seen = [0] * 600 + [1] * 400
    window = choose_window(1000, length=301, centre=centre_of_person(track_of(seen), 1000, 301))
    assert window.start >= 600
    seen = [1] * 100 + [0] * 500 + [1] * 60
    assert centre_of_person(track_of(seen), 660, 101) < 80


def test_a_window_lies_within_a_shot_if_one_is_long_enough():
    track = track_of([1] * 1000, cuts=[480])
    window = choose_window(1000, length=301, centre=centre_of_person(track, 1000, 301))
    assert window.start == 480
    many = track_of([1] * 400, cuts=[100, 200, 300])  # none is
    assert len(choose_window(400, length=301, centre=centre_of_person(many, 400, 301))) == 301
