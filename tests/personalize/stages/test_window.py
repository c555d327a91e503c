import pytest

from personalize.errors import SettingsError
from personalize.stages.window import choose_window
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
