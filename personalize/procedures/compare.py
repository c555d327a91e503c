"""Where the generic and the personal network differ most, as pictures side by side.

The generic person maps of the window and the personal silhouettes are there
already, unless a factor stood in for the generic network; so all frames are compared
without a network, and only the few frames that are shown are parsed again, with both.
"""

from dataclasses import replace
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from personalize.evaluation.segmentation import intersection_over_union
from personalize.media.clip import read_clip, spread_frames
from personalize.media.images import read_image, read_mask, write_image
from personalize.media.source import Source
from personalize.network.inference import certainty, predict_consensus
from personalize.output.finished import FinishedRun
from personalize.output.overlay import draw_overlay
from personalize.output.settings import OverlaySettings
from personalize.report.gather import SAME
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.stages.silhouette import find_silhouette
from personalize.storage.layout import NUMBERS, PARTS, SILHOUETTES, picture
from personalize.types import Array, Frame, Map, Mask, PathLike, Window, Wrap
from personalize.workers import in_order

PAIRS = 6  # as many as a person looks at
SIDE = 560  # pixels of a picture's longer side
ROOM = 0.12  # around the person, in parts of their longer side
ASPECT = 4 / 3  # of a picture, at least, so that a page holds several


def write_comparison(
    folder: PathLike,
    source: Source,
    parsers: tuple[Parser, Parser],
    *,
    person: Map | None,
    window: Window,
    silhouettes: PathLike,
    settings: RunSettings,
    progress: Wrap = iter,
) -> None:
    """Compare two parsers over the window, and draw the frames in which they differ most.

    Parameters
    ----------
    folder : path-like
        Gets ``numbers.npz`` and, for every chosen frame, ``%06d_generic.jpg`` and
        ``%06d_personal.jpg``; only the second if all look alike.
    source : Source
    parsers : (Parser, Parser)
        The generic one, and the one that parsed the video; of one network if that was the generic.
    person : (T, h, w) float32 array or None
        The generic network's probability of the person, in cells of the window; if it is
        not known, the network looks at all of them now. Its silhouettes are drawn from this
        alone, which is enough to find where they differ most.
    window : Window
    silhouettes : path-like
        Folder of the personal silhouettes, ``%06d.png``.
    settings : RunSettings
        Of which `parse`, `overlay` and `workers` are used.
    progress : callable
        Wraps the frame numbers of the window.
    """
    folder = Path(folder)
    generic, personal = parsers
    if person is None:
        frames = read_clip(source, window, generic.track).frames
        person = predict_consensus(generic.network, frames, views=settings.parse.views)
    numbers = window.numbers.tolist()
    overlap = np.ones(len(window))  # of a network with itself, though it looked in other views
    if personal.network is not generic.network:

        def compared(seen):
            number, cells, frame = seen
            framing = generic.track[number]
            silhouette = find_silhouette(framing.apply(frame), cells, framing)
            before = _silhouette(silhouettes, number + source.first)
            return intersection_over_union(before, silhouette)

        shown = zip(progress(numbers), person, source.pick(numbers))
        overlap[:] = list(in_order(compared, shown, settings.workers))
    chosen = choose_frames(1 - overlap, PAIRS)
    alike = (overlap[chosen] >= SAME).all()
    chosen = (
        np.array(spread_frames(len(overlap), PAIRS)) if alike else chosen[overlap[chosen] < SAME]
    )
    chosen = window.numbers[chosen]
    drawn = [("personal", personal), ("generic", generic)][: 1 if alike else 2]
    for number, frame in zip(chosen.tolist(), source.pick(chosen.tolist())):
        # of two people both networks show the same one
        before = _silhouette(silhouettes, number + source.first)
        drawings = [_draw(parser, number, frame, settings.overlay, before) for _, parser in drawn]
        cut = around_person(np.logical_or.reduce([there for _, there in drawings]))
        for (name, _), (drawing, _) in zip(drawn, drawings):
            write_image(folder / f"{number:06d}_{name}.jpg", shrink(drawing[cut]))
    np.savez(folder / NUMBERS, frames=chosen, overlap=overlap, certainty=certainty(person))


def write_pictures(
    folder: PathLike, source: Source, run: FinishedRun, *, settings: OverlaySettings
) -> None:
    """Draw some frames of a video that was parsed, from what its folder holds.

    Parameters
    ----------
    folder : path-like
        Gets ``numbers.npz`` and, for every chosen frame, ``%06d_personal.jpg``.
    source : Source
    run : FinishedRun
        Of which every frame is parsed.
    settings : OverlaySettings
    """
    folder, chosen = Path(folder), spread_frames(source.frame_count, PAIRS)
    xy, confidence = run.xy, run.confidence
    for number, frame in zip(chosen, source.pick(chosen)):
        name = picture(number + source.first)
        silhouette = read_mask(run.root / SILHOUETTES / name)
        labels = read_image(run.root / PARTS / name, colour=False)
        drawing = draw_overlay(
            frame, labels, silhouette, xy[number], confidence[number], settings=shown(settings)
        )
        cut = around_person(silhouette | (labels > 0))
        write_image(folder / f"{number:06d}_personal.jpg", shrink(drawing[cut]))
    nothing = np.zeros(0)
    np.savez(folder / NUMBERS, frames=np.array(chosen), overlap=nothing, certainty=nothing)


def shown(settings: OverlaySettings) -> OverlaySettings:
    """Return how pictures of the report are drawn: with all there is, whatever the film shows."""
    return replace(settings, style="parts")


def around_person(there: Mask) -> tuple[slice, slice]:
    """Return the rows and columns of a frame around the person, of `ASPECT` at least; the whole
    frame where nobody is.

    Parameters
    ----------
    there : (H, W) bool array
        Where the person is.
    """
    height, width = there.shape
    rows, cols = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    if not rows.size:
        return slice(0, height), slice(0, width)
    margin = ROOM * max(np.ptp(rows), np.ptp(cols)) + 1
    tall = min(float(np.ptp(rows) + 1 + 2 * margin), float(height))
    wide = min(max(float(np.ptp(cols) + 1 + 2 * margin), ASPECT * tall), float(width))
    spans = []
    for middle, side, whole in (
        ((rows[0] + rows[-1]) / 2, tall, height),
        ((cols[0] + cols[-1]) / 2, wide, width),
    ):
        start = int(np.clip(round(middle - side / 2), 0, whole - round(side)))
        spans.append(slice(start, start + round(side)))
    return spans[0], spans[1]


def choose_frames(difference: Array, count: int) -> NDArray[np.int64]:
    """Choose the frames that differ most, none close to another.

    Parameters
    ----------
    difference : (T,) float array
    count : int
        At most so many are chosen.

    Returns
    -------
    (N,) int array
        Indices in the order of time, more than ``T // (2 count)`` apart.
    """
    left = np.array(difference, np.float64)
    gap = len(left) // (2 * count)
    chosen: list[int] = []
    while len(chosen) < count and (left > -np.inf).any():
        most = int(left.argmax())
        chosen.append(most)
        left[max(most - gap, 0) : most + gap + 1] = -np.inf
    return np.array(sorted(chosen), np.int64)


def _silhouette(folder, number):
    return read_mask(Path(folder) / picture(number))


def _draw(parser, number, frame, settings, before):
    """The overlay that a parser gives of one frame, and where it sees the person, (H, W) bool."""
    [(frame, result)] = parser.frames([frame], numbers=[number], before=before)
    labels = result.part_labels()
    drawing = draw_overlay(
        frame, labels, result.silhouette, result.xy, result.confidence, settings=shown(settings)
    )
    return drawing, result.silhouette | (labels > 0)


def shrink(picture: Frame) -> Frame:
    """Return a picture at the size of the page; small ones stay as they are."""
    scale = SIDE / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = tuple(max(1, round(side * scale)) for side in picture.shape[1::-1])
    return cast(Frame, cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
