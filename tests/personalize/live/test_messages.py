import json

import cv2
import numpy as np
import pytest

from personalize.errors import InputError
from personalize.imaging.framing import Framing
from personalize.live.messages import HEAD, LENGTH, Shot, decode, greeting, read_shot, write_answer
from personalize.live.session import Answer
from personalize.parts import JOINTS, NAMES


def picture(rows, cols, colour=(200, 40, 10)):
    """A JPEG of one colour, told as RGB."""
    return cv2.imencode(".jpg", np.full((rows, cols, 3), colour[::-1], np.uint8))[1].tobytes()


def test_a_frame_is_read_as_it_was_sent():
    assert read_shot(HEAD.pack(7, 12.5, 0, 0) + b"jpeg") == Shot(7, 12.5, 0, 0, b"jpeg")
    pixels = np.random.default_rng(0).integers(0, 255, (18, 21, 4), dtype=np.uint8)
    shot = read_shot(HEAD.pack(8, 12.5, 21, 18) + pixels.tobytes())
    np.testing.assert_array_equal(decode(shot, 64), pixels[:, :20, :3])


def test_a_message_that_is_not_as_long_as_a_frame_is_none():
    for message in (b"abc", HEAD.pack(1, 0, 0, 0), HEAD.pack(1, 0, 16, 16) + bytes(1023)):
        with pytest.raises(InputError, match=f"a frame of {len(message)} bytes"):
            read_shot(message)


def test_colours_are_red_green_and_blue_and_sides_even():
    frame = decode(Shot(1, 0, 0, 0, picture(35, 41)), 64)
    assert frame.shape == (34, 40, 3)
    np.testing.assert_allclose(frame.mean(axis=(0, 1)), (200, 40, 10), atol=3)


@pytest.mark.parametrize("content", [b"no picture", b"\xff\xd8\xff" + bytes(40)])
def test_what_is_no_picture_is_told(content):
    with pytest.raises(InputError, match="frame 3 from the page is no picture"):
        decode(Shot(3, 0, 0, 0, content), 64)


@pytest.mark.parametrize("size", [(20, 80), (80, 20), (8, 40)])
def test_frames_that_are_too_large_or_too_small_are_refused(size):
    with pytest.raises(InputError, match="sides from 16 to 64"):
        decode(Shot(3, 0, 0, 0, picture(*size)), 64)


def test_an_answer_tells_places_and_maps():
    framing = Framing(48, 64, 0.5, -8.0, -4.0, 16, 24)
    xy, sure = np.full((len(JOINTS), 2), np.nan), np.zeros(len(JOINTS))
    xy[2], sure[2] = (10.26, 20), 0.75
    coverage = np.arange(16 * 24, dtype=np.uint16).reshape(16, 24).astype(np.uint8)
    labels = np.full((16, 24), 7, np.uint8)
    answer = Answer(framing, coverage, labels, xy, sure, "yes", 0.9)
    message = write_answer(Shot(5, 1.5, 0, 0, b""), answer, dropped=2)
    (length,) = LENGTH.unpack_from(message)
    told, maps = json.loads(message[4 : 4 + length]), message[4 + length :]
    assert told["number"] == 5
    assert told["time"] == 1.5
    assert told["dropped"] == 2
    assert told["edges"] == [16, 8, 64, 40]
    assert told["canvas"] == [24, 16]
    assert told["joints"] == [None, None, [10.3, 20.0, 0.75], *[None] * (len(JOINTS) - 3)]
    assert maps == coverage.tobytes() + labels.tobytes()


def test_the_page_is_told_all_parts_joints_and_limbs():
    told = greeting(person="ann")
    assert [part["name"] for part in told["parts"]] == list(NAMES)
    assert told["joints"] == list(JOINTS)
    assert max(max(limb) for limb in told["limbs"]) < len(JOINTS)
    assert told["person"] == "ann"
