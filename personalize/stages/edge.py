"""Track people out of the picture, and into it (not in the paper).

A person of whom only a leg is left in the picture is not found. But people neither vanish nor
appear in a moment. A person who was seen at the edge of the picture and moved towards it is
tracked on at the same speed, until nothing of them can be in view. A person who enters the
picture is tracked backwards in time in the same way.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from personalize.stages.sightings import Sightings
from personalize.types import Array

PACE = 4
"""Looks, at most, from which the speed is taken."""
NEAR = 0.75
"""Heads between somebody and the edge of the picture, at most, that they pass."""
SLOWEST = 0.02
"""Heads a frame; who is slower stays."""
OUTWARDS = np.array([-1, -1, 1, 1])
"""Signs of the steps by which the edges of a box leave its middle."""


def pass_edge(
    seen: Sightings, frame_count: int, height: int, width: int, cuts: Sequence[int] = ()
) -> Array:
    """Follow the person out of the picture, and back to where they came from.

    Parameters
    ----------
    seen : Sightings
    frame_count, height, width : int
        Of the video.
    cuts : sequence of int
        Frames with which another shot begins; nobody is followed across them.

    Returns
    -------
    (T, 4) float64 array
        Left, top, right and bottom edge of where they are, partly outside of the picture; NaN in
        all frames in which nobody passes its edge.
    """
    boxes = np.full((frame_count, 4), np.nan)
    picture = np.array([0, 0, width, height])
    for start, stop in zip([0, *cuts], [*cuts, frame_count]):
        span = seen.between(start, stop)
        last = np.flatnonzero(span.known[:-1] & ~span.known[1:])
        first = np.flatnonzero(~span.known[:-1] & span.known[1:]) + 1
        for look, way in [*((k, 1) for k in last), *((k, -1) for k in first)]:
            until = stop if way > 0 else start - 1
            for number, box in _going(span, int(look), way, until, picture):
                boxes[number] = box
    return boxes


def _going(
    span: Sightings, look: int, way: int, until: int, picture: Array
) -> Iterator[tuple[int, Array]]:
    """Yield frame and box of somebody who goes on as in the looks before; `way` is that of time,
    1 or -1.
    """
    trail = [look]
    while len(trail) < PACE and 0 <= trail[-1] - way < len(span.known):
        if not span.known[trail[-1] - way]:
            break
        trail.append(trail[-1] - way)
    if len(trail) < 2:
        return
    steps = np.diff(span.at[trail], axis=0) / np.diff(span.numbers[trail])[:, None]
    speed = way * np.tile(np.median(steps, axis=0), 2)  # pixels a frame, in the way of time
    at, head = np.tile(span.at, 2), np.median(span.heads[trail])
    limbs = ((span.boxes - at)[trail] * OUTWARDS).max(axis=0) * OUTWARDS  # what reached furthest
    box = span.boxes[look]
    beside = np.abs(box - picture) <= NEAR * head
    outwards = OUTWARDS * speed >= SLOWEST * head
    if not (beside & outwards).any():
        return
    ahead = look + way
    while ahead in range(len(span.known)) and not span.known[ahead]:
        ahead += way
    if ahead in range(len(span.known)):
        until = int(span.numbers[ahead])
    box, begun = at[look] + limbs, int(span.numbers[look])
    for number in range(begun + way, until, way):
        box = box + speed
        if (box[2:] <= 0).any() or (box[:2] >= picture[2:]).any():
            return
        yield number, box
