"""Steer a virtual camera after a person (not in the paper).

Places and sizes of the person in some frames in, a `Track` out. A person who stays about where
they are, at a constant size, gets one crop for all frames. One who comes nearer, or walks further
than a canvas holds, is followed: the crop moves and grows with them, so that the head keeps the
size at which the network is best. The path is smooth, and at every frame wide enough for all that
was seen near it: the extremes of a window of frames are held first, and then smoothed.
"""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import maximum_filter1d, median_filter, uniform_filter1d

from personalize.imaging.framing import Framing, crop_frame, round_up
from personalize.imaging.track import SEEN, Track
from personalize.stages.edge import pass_edge
from personalize.stages.settings import CameraSettings
from personalize.stages.sightings import Sightings
from personalize.types import Array

OUTWARDS = np.array([-1, -1, 1, 1])
"""Signs of the steps by which the edges of a box leave its middle."""
AROUND = 8
"""Looks on either side whose median is taken for the reach of a person."""


def hold_still(
    seen: Sightings, height: int, width: int, settings: CameraSettings = CameraSettings()
) -> Framing | None:
    """Return the one crop that holds the person in all frames; None where nobody was seen.

    Parameters
    ----------
    seen : Sightings
    height, width : int
        Of the source frames.
    settings : CameraSettings
    """
    if not seen.known.any():
        return None
    boxes, head = seen.boxes[seen.known], float(np.median(seen.heads[seen.known]))
    box = hold(boxes, max(settings.agree, len(boxes) // 16)) + settings.margin * head * OUTWARDS
    box = np.clip(box, 0, (width, height, width, height))
    return crop_frame(height, width, box, canvas_size(box, head, settings))


def hold(boxes: Array, agree: int) -> Array:
    """Return the box (4,) that reaches to where at least `agree` of K boxes do, on each side.

    What only one frame shows may be an error; what two show is a limb. Where there are few
    boxes, all are held.
    """
    agree = agree if len(boxes) >= 4 * agree else 1
    low, high = np.sort(boxes[:, :2], axis=0), np.sort(boxes[:, 2:], axis=0)
    return np.concatenate([low[agree - 1], high[-agree]])


def canvas_size(box: Array, head: float, settings: CameraSettings) -> float:
    """Return the size of the canvas for a crop: large enough for the head that is aimed at.

    Parameters
    ----------
    box : (4,) float array
        Left, top, right and bottom edge of the crop, in source pixels.
    head : float
        Side of the square with the area of the head, in source pixels.
    settings : CameraSettings

    Returns
    -------
    float
        Side, in canvas pixels, of the square with the area of the canvas.
    """
    side = np.sqrt((box[2] - box[0]) * (box[3] - box[1]))
    return float(np.clip(side * settings.head / head, settings.least, settings.most))


def is_followed(
    seen: Sightings, framing: Framing, settings: CameraSettings = CameraSettings()
) -> bool:
    """Whether one crop is too little, because the person changes in size or moves too far.

    Parameters
    ----------
    seen : Sightings
    framing : Framing
        What `hold_still` returned.
    settings : CameraSettings
    """
    if not seen.known.any():
        return False
    heads = np.log(median_filter(seen.heads[seen.known], settings.steady, mode="nearest"))
    if np.ptp(np.quantile(heads, (0.05, 0.95))) > np.log(settings.grows):
        return True
    shown = framing.scale * np.exp(np.median(heads))
    return bool(shown * settings.shrinks < settings.head)


def steer(
    seen: Sightings,
    frame_count: int,
    height: int,
    width: int,
    *,
    cuts: Sequence[int] = (),
    settings: CameraSettings = CameraSettings(),
) -> Track:
    """Follow the person through all frames of a video.

    Parameters
    ----------
    seen : Sightings
        Of which one at least saw somebody.
    frame_count, height, width : int
        Of the video.
    cuts : sequence of int
        Frames with which another shot begins; the crop jumps there.
    settings : CameraSettings

    Returns
    -------
    Track
        Of canvases that hold nine of ten of the person's sizes, at the size of the head that is
        aimed at.
    """
    shots = list(zip([0, *cuts], [*cuts, frame_count]))
    spans = [seen.between(*shot) for shot in shots]
    nearest = [span if span.known.any() else seen for span in spans]  # another shot's, if need be
    paths = [_path(span, *shot, settings) for span, shot in zip(nearest, shots)]
    boxes, heads = (np.concatenate(values) for values in zip(*paths))
    room = boxes + settings.margin * heads[:, None] * OUTWARDS
    room = np.clip(room, 0, (width, height, width, height))
    sides = room[:, 2:] - room[:, :2]  # (T, 2): width and height
    rows, cols = _canvas(sides, heads, settings)
    scale = np.minimum(settings.head / heads, (np.array([cols, rows]) / sides).min(axis=1))
    filled = min(cols / width, rows / height)  # by the whole frame
    scale = np.maximum(scale, np.minimum(filled, settings.closer * settings.head / heads))
    corner = _corner(room, np.array([cols, rows]) / scale[:, None], (width, height))
    left, top = (0 - corner * scale[:, None]).T  # 0 - x, for -x may be a zero below zero
    known = what_is_known(seen, frame_count, height, width, cuts)
    return Track(height, width, rows, cols, scale, left, top, **known)


def what_is_known(
    seen: Sightings, frame_count: int, height: int, width: int, cuts: Sequence[int] = ()
) -> dict[str, Array]:
    """Return what the looks show of every frame, as a `Track` has it: `seen`, `cuts` and `place`.

    Parameters
    ----------
    seen : Sightings
        Of nobody, `place` is left out.
    frame_count, height, width : int
        Of the video.
    cuts : sequence of int
        Frames with which another shot begins.
    """
    known = {"seen": in_view(seen, frame_count, cuts), "cuts": np.array(cuts, np.int64)}
    if not seen.known.any():
        return known
    known["place"] = places(seen, frame_count, cuts)
    passing = pass_edge(seen, frame_count, height, width, cuts)
    passes = ~np.isnan(passing[:, 0]) & (known["seen"] != SEEN.index("yes"))
    known["seen"][passes] = SEEN.index("doubt")
    known["place"][passes] = passing[passes]
    return known


def in_view(seen: Sightings, frame_count: int, cuts: Sequence[int] = ()) -> Array:
    """Return for every frame whether the person is in view.

    A frame between two looks that saw somebody shows the person; one between two looks that saw
    nobody does not. Between two looks that differ, or after a cut with no look behind it, it is in
    doubt.

    Parameters
    ----------
    seen : Sightings
    frame_count : int
        Frames of the video.
    cuts : sequence of int
        Frames with which another shot begins.

    Returns
    -------
    (T,) uint8 array
        Indices in `SEEN`.
    """
    said = np.full(frame_count, SEEN.index("doubt"), np.uint8)
    for start, stop in zip([0, *cuts], [*cuts, frame_count]):
        span = seen.between(start, stop)
        if not len(span.numbers):
            continue
        frames = np.arange(start, stop)
        after = np.searchsorted(span.numbers, frames).clip(0, len(span.numbers) - 1)
        exact = span.numbers[after] == frames
        before = np.where(exact | (frames > span.numbers[-1]), after, np.maximum(after - 1, 0))
        both = span.known[before].astype(int) + span.known[after]
        said[start:stop] = np.array([SEEN.index(word) for word in SEEN], np.uint8)[both]
    return said


def places(seen: Sightings, frame_count: int, cuts: Sequence[int] = ()) -> Array:
    """Return where the person is expected in every frame.

    A box reaches as far from the place of the head, measured in heads, as the boxes of the looks
    around it do in the median. A look that saw only the upper body, or took two people for one,
    changes little.

    Parameters
    ----------
    seen : Sightings
        At least one look saw somebody.
    frame_count : int
        Of the video.
    cuts : sequence of int
        Frames with which another shot begins.

    Returns
    -------
    (T, 4) float array
        Left, top, right and bottom edge, in source pixels.
    """
    boxes = np.empty((frame_count, 4))
    for start, stop in zip([0, *cuts], [*cuts, frame_count]):
        span = seen.between(start, stop)
        known = (span if span.known.any() else seen).where_known()
        at, heads = np.tile(known.at, 2), known.heads[:, None]
        limbs = median_filter((known.boxes - at) / heads, (2 * AROUND + 1, 1), mode="nearest")
        boxes[start:stop] = _between(np.arange(start, stop), known.numbers, at + limbs * heads)
    return boxes


def _path(seen, start, stop, settings):
    """Boxes (T, 4) and heads (T,) of the frames of a shot, smooth.

    What reaches out of the head's place in the looks around, in heads, is held: legs that are
    not seen in one look are not cut off there.
    """
    seen, frames = seen.where_known(), np.arange(start, stop)
    heads = median_filter(seen.heads, settings.steady, mode="nearest")
    at = np.tile(seen.at, 2)
    limbs = (seen.boxes - at) / heads[:, None] * OUTWARDS
    limbs = maximum_filter1d(limbs, 2 * settings.limbs + 1, axis=0, mode="nearest") * OUTWARDS
    boxes = _between(frames, seen.numbers, at + limbs * heads[:, None])
    reach = int(np.median(np.diff(seen.numbers))) if len(seen.numbers) > 1 else 1
    width = 2 * max(reach, settings.smooth) + 1
    outwards = maximum_filter1d(boxes * OUTWARDS, width, axis=0, mode="nearest") * OUTWARDS
    boxes = uniform_filter1d(outwards, width, axis=0, mode="nearest")
    heads = _between(frames, seen.numbers, np.log(heads)[:, None])[:, 0]
    return boxes, np.exp(uniform_filter1d(heads, width, mode="nearest"))


def _between(frames, numbers, values):
    """Values (K, N) of some frames, for all of `frames`: (T, N), on lines between them."""
    return np.stack([np.interp(frames, numbers, column) for column in values.T], axis=1)


def _canvas(sides, heads, settings):
    """Rows and columns of the canvas for crops of sides (T, 2), width and height."""
    wanted = sides * (settings.head / heads)[:, None]
    cols, rows = np.quantile(wanted, settings.held, axis=0)
    side = np.sqrt(rows * cols)
    fit = np.clip(side, settings.least, settings.most) / side
    return round_up(round(rows * fit)), round_up(round(cols * fit))


def _corner(room, size, frame):
    """Top-left corners (T, 2) of crops of a size (T, 2) around rooms (T, 4), within the frame as
    far as they fit into it; else it lies in their middle.
    """
    middle = (room[:, :2] + room[:, 2:]) / 2 - size / 2
    beyond = np.array(frame) - size
    return np.where(beyond > 0, np.clip(middle, 0, np.maximum(beyond, 0)), beyond / 2)
