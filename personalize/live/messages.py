"""The messages between the page and the program.

A frame is a number (uint32), its time in milliseconds on the page's clock (float64), columns and
rows (uint16), all little-endian, and its pixels, four bytes each: red, green, blue and one that is
not used. Encoding them would take a browser longer than all other work. Where rows and columns are
0, a JPEG takes their place, for browsers on other machines. An answer is the length of a JSON
object (uint32), the object, and two maps of the canvas, a byte a pixel: coverage, and parts.
Everything else is a JSON object by itself.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from personalize import parts
from personalize.errors import InputError
from personalize.live.session import Answer
from personalize.types import Frame, Json

HEAD = struct.Struct("<IdHH")
LENGTH = struct.Struct("<I")
LEAST = 16
"""Pixels of the shorter side of a frame, at least."""
JOINT_NAMES = tuple(parts.JOINTS)


@dataclass(frozen=True)
class Shot:
    """A frame as it comes from the page.

    Attributes
    ----------
    number : int
    time : float
        Milliseconds on the clock of the page.
    cols, rows : int
        0 where the picture is coded.
    picture : memoryview
        Pixels, or a JPEG.
    """

    number: int
    time: float
    cols: int
    rows: int
    picture: memoryview


def read_shot(message: bytes) -> Shot:
    """Return the frame in a message.

    Raises
    ------
    InputError
        If the message is not as long as one.
    """
    if len(message) > HEAD.size:
        number, time, cols, rows = HEAD.unpack_from(message)
        shot = Shot(number, time, cols, rows, memoryview(message)[HEAD.size :])
        if not shot.cols or len(shot.picture) == 4 * shot.cols * shot.rows:
            return shot
    raise InputError(f"a frame of {len(message)} bytes came from the page; load it again")


def decode(shot: Shot, side: int) -> Frame:
    """Return the picture of a frame.

    Parameters
    ----------
    shot : Shot
    side : int
        Most pixels of the longer side.

    Returns
    -------
    (height, width, 3) uint8 array
        RGB, both sides even, as films have them.

    Raises
    ------
    InputError
        If it is no picture, or one too large or too small.
    """
    picture = _pixels(shot)
    rows, cols = (length - length % 2 for length in picture.shape[:2])
    if max(rows, cols) > side or min(rows, cols) < LEAST:
        raise InputError(
            f"frame {shot.number} from the page has {cols}x{rows} pixels; sides from {LEAST} to "
            f"{side} are parsed"
        )
    return np.ascontiguousarray(picture[:rows, :cols], np.uint8)


def _pixels(shot: Shot) -> Frame:
    values = np.frombuffer(shot.picture, np.uint8)
    if shot.cols:
        pixels = values.reshape(shot.rows, shot.cols, 4)
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), np.uint8)
    try:
        picture = cv2.imdecode(values, cv2.IMREAD_COLOR)
    except cv2.error:
        picture = None
    if picture is None:
        raise InputError(f"frame {shot.number} from the page is no picture; load the page again")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def write_answer(shot: Shot, answer: Answer, **more: Any) -> bytes:
    """Return the message with the answer to a frame.

    Parameters
    ----------
    shot : Shot
    answer : Answer
    **more
        Further entries of its object.
    """
    joints = [
        None if np.isnan(x) else [round(float(x), 1), round(float(y), 1), round(float(sure), 3)]
        for (x, y), sure in zip(answer.xy, answer.confidence)
    ]
    rows, cols = answer.coverage.shape
    head = {
        "number": shot.number,
        "time": shot.time,
        "seen": answer.seen,
        "edges": [round(float(edge), 2) for edge in answer.framing.edges()],
        "canvas": [cols, rows],
        "joints": joints,
        **more,
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    maps = (answer.coverage.tobytes(), answer.labels.tobytes())
    return b"".join((LENGTH.pack(len(text)), text, *maps))


def greeting(**more: Any) -> Json:
    """Return what the page must know to draw: names, colours, limbs, and what else is given."""
    return {
        "say": "hello",
        "parts": [
            {"name": name, "colour": list(colour)}
            for name, colour in zip(parts.NAMES, parts.COLOURS)
        ],
        "joints": list(JOINT_NAMES),
        "limbs": [[JOINT_NAMES.index(a), JOINT_NAMES.index(b)] for a, b in parts.LIMBS],
        **more,
    }
