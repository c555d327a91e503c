import numpy as np
import pytest

from personalize.stages.alarms import Alarm, Observed, count_pieces, find_alarms


def observed(count=20, *, absent=(), split=(), headless=(), first=0):
    """Frames in which all is well but for some, by their places."""
    seen = ["no" if k in absent else "yes" for k in range(count)]
    pieces, head = np.ones(count, int), np.full(count, 0.8)
    pieces[list(absent)], head[list(absent)] = 0, 0
    pieces[list(split)], head[list(headless)] = 2, 0.1
    return Observed(range(first, first + count), seen, pieces, head)


def codes(alarms):
    return [alarm.code for alarm in alarms]


def test_where_all_is_well_nothing_is_told():
    assert find_alarms(observed()) == []


@pytest.mark.parametrize(
    ("code", "told"), [("absent", "absent"), ("pieces", "split"), ("head", "headless")]
)
def test_a_sign_in_a_tenth_of_the_frames_is_told_and_in_fewer_not(code, told):
    [alarm] = find_alarms(observed(**{told: (3, 4)}, first=100))
    assert alarm.code == code
    assert alarm.frames == (103, 104)
    assert "2 of 20" in alarm.sentence
    assert find_alarms(observed(**{told: (3,)})) == []


def test_frames_without_the_person_tell_nothing_of_pieces_and_heads():
    absent = range(10)
    assert codes(find_alarms(observed(absent=absent, split=(0, 1), headless=(2, 3)))) == ["absent"]
    alarms = find_alarms(observed(absent=absent, split=(10,), headless=(11,)))
    assert codes(alarms) == ["absent", "pieces", "head"]
    assert "1 of 10 frames with the person" in alarms[1].sentence


def test_a_video_of_nobody_is_told_once():
    [alarm] = find_alarms(observed(absent=range(20)))
    assert "nothing there is built like a person" in alarm.sentence


def test_an_alarm_is_told_as_json_has_it():
    assert Alarm("head", "In doubt.", (3, 4)).describe() == {
        "code": "head",
        "sentence": "In doubt.",
        "frames": [3, 4],
    }


def test_specks_are_no_pieces():
    mask = np.zeros((60, 80), bool)
    assert count_pieces(mask) == 0
    mask[10:40, 10:40] = True
    assert count_pieces(mask) == 1
    mask[50:53, 60:63] = True  # a hundredth
    assert count_pieces(mask) == 1
    mask[50:55, 60:66] = True  # a thirtieth
    assert count_pieces(mask) == 2
