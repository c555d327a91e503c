import numpy as np
import pytest

from personalize.output.frame_store import FrameResult, Results


def result(number):
    xy = np.full((13, 2), number + 0.25)
    xy[3] = np.nan
    mask = np.zeros((6, 8), bool)
    mask[1:3, 2:5] = number != 5
    return FrameResult(mask, np.uint8(mask * (number + 1)), xy, np.linspace(0, 1, 13), 0.9)


def put(results, number):
    results.draw(number, result(number))
    results.add(number, result(number))


@pytest.fixture
def seven(tmp_path):
    """A folder with the results of seven frames; the person is out of the one numbered 5."""
    results = Results(tmp_path, 1)
    for number in range(7):
        put(results, number)
    return tmp_path


def test_results_come_back_as_they_were(seven):
    for number, found in enumerate(Results(seven, 1)):
        expected = result(number)
        for name in ("silhouette", "labels", "xy", "confidence"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
            assert getattr(found, name).dtype == getattr(expected, name).dtype
        assert found.certainty == expected.certainty
    assert number == 6


def test_frames_that_are_parsed_together_are_kept_together(seven):
    assert len(Results(seven, 4)) == 4
    again = Results(seven, 1)  # and what is forgotten stays so
    assert len(again) == 4
    put(again, 4)
    assert len(Results(seven, 1)) == 5


def test_what_a_kill_tore_is_not_taken(seven):
    records = seven / "records.bin"
    records.write_bytes(records.read_bytes()[:-1])
    assert len(Results(seven, 1)) == 6
    picture = seven / "parts" / "000002.png"
    picture.write_bytes(picture.read_bytes()[:-3])
    assert len(Results(seven, 1)) == 2
    (seven / "silhouettes" / "000000.png").unlink()
    assert len(Results(seven, 1)) == 0


def test_the_person_was_last_seen_where_they_were_in_the_picture(seven, tmp_path):
    assert Results(tmp_path / "new", 1).last_seen is None
    six = Results(seven, 6)
    np.testing.assert_array_equal(six.last_seen, result(4).silhouette)


@pytest.mark.parametrize("place", [20, 45, -30])
def test_a_picture_in_which_a_bit_flipped_is_not_taken(seven, place):
    picture = seven / "parts" / "000003.png"
    content = bytearray(picture.read_bytes())
    content[place] ^= 1
    picture.write_bytes(content)
    assert len(Results(seven, 1)) == 3


def test_a_record_that_came_out_as_zeros_is_not_taken(seven):
    records = seven / "records.bin"
    content = records.read_bytes()
    records.write_bytes(content[: -len(content) // 7] + bytes(len(content) // 7))
    assert len(Results(seven, 1)) == 6
