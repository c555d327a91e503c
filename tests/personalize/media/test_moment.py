import pytest

from personalize.errors import SettingsError
from personalize.media.moment import Moment, check_order

START, END = Moment(9), Moment(4)


def test_a_stretch_that_ends_before_it_starts_is_refused():
    with pytest.raises(SettingsError, match="no frame lies from --start 9 to --end 4; give an"):
        check_order(START, END)
    with pytest.raises(SettingsError, match="from --start 2.5s to --end 2.5s"):
        check_order(Moment(2.5, in_seconds=True), Moment(2.5, in_seconds=True))


def test_a_stretch_that_may_have_frames_is_not():
    check_order(END, START)
    check_order(None, END)
    check_order(START, None)
    check_order(START, Moment(4, in_seconds=True))  # only the frame rate tells


def test_a_moment_in_seconds_is_the_first_frame_that_is_not_before_it():
    times = [0.0, 1 / 3, 2 / 3, 1.0]
    assert [Moment(s, in_seconds=True).frame(times) for s in (0, 0.3, 1 / 3, 0.34)] == [0, 1, 1, 2]
    assert Moment(0.3333333, in_seconds=True).frame(times) == 1  # as it is typed
    assert Moment(0.6666667, in_seconds=True).frame(times) == 2  # rounded up, and still that frame
    assert Moment(9, in_seconds=True).frame(times) == 4
    assert Moment(2).frame(times) == 2
