"""Write the results of a video: silhouettes, part maps, joints, and the overlay of every frame."""

import csv
from collections.abc import Collection, Iterator
from contextlib import nullcontext
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from personalize import parts
from personalize.media.encode import VideoWriter
from personalize.media.given_silhouettes import GivenSilhouettes
from personalize.media.source import Source
from personalize.network.inference import BATCH, certainty
from personalize.output.frame_store import FrameResult, Results
from personalize.output.legend import write_legend
from personalize.output.overlay import draw_overlay
from personalize.output.settings import OverlaySettings
from personalize.stages.parse import Parser
from personalize.stages.parsed_frame import ParsedFrame
from personalize.stages.smooth import smooth_joints
from personalize.storage.atomic import open_table
from personalize.storage.layout import FRAMES, JOINTS, LEGEND, OVERLAY
from personalize.types import Frame, PathLike, Wrap
from personalize.workers import in_order

JOINT_FIELDS = ("frame", "time", "joint", "x", "y", "confidence")
FRAME_FIELDS = ("frame", "time", "area", "certainty", "name", "seen")


def write_parsing(
    folder: PathLike,
    source: Source,
    parser: Parser,
    settings: Any,
    *,
    given: GivenSilhouettes | None = None,
    progress: Wrap = iter,
) -> None:
    """Parse every frame of a video and write the results frame by frame.

    Frames whose results are in the folder already, from a run that was stopped, are not parsed
    again. It writes

    - ``silhouettes/%06d.png``, 0 or 255, and ``parts/%06d.png``, part ids; both of the source's
      size;
    - ``parts.json``, the legend of the part ids;
    - ``joints.csv``, in which a joint without an estimate has no coordinates;
    - ``frames.csv``: the silhouette's share of every frame, the network's certainty, the name of
      the frame's file in a folder of frames (`no_formula`), and whether the person is in view:
      yes, no or doubt;
    - ``overlay.mp4``, with the source's sound, unless the overlay's style is "none".

    Parameters
    ----------
    folder : path-like
    source : Source
    parser : Parser
    settings : RunSettings
        `smooth`, `overlay` and `workers` are used.
    given : GivenSilhouettes, optional
        Injected, and written unchanged.
    progress : callable
        Wraps the frame numbers.
    """
    folder, frames = Path(folder), source.frames()
    kept = Results(folder, BATCH, first=source.first, frames=source.frame_count)
    parsed = parser.frames(
        frames, silhouettes=given, numbers=count(len(kept)), before=kept.last_seen
    )
    found = find_results(kept, frames, parsed, workers=settings.workers)
    write_results(folder, source, found, settings, cuts=parser.track.cuts, progress=progress)


def write_results(
    folder: PathLike,
    source: Source,
    found: Iterator[tuple[Frame, FrameResult]],
    settings: Any,
    *,
    cuts: Collection[int] = (),
    progress: Wrap = iter,
) -> None:
    """Write the legend, both tables and the overlay of a video, as described at `write_parsing`.

    Parameters
    ----------
    folder : path-like
    source : Source
    found : iterator of (frame, FrameResult)
        Every frame of the source with its results, in order.
    settings : RunSettings
        `smooth`, `overlay` and `workers` are used.
    cuts : collection of int
        First frames of shots, except the first shot.
    progress : callable
        Wraps the frame numbers.
    """
    folder = Path(folder)
    write_legend(folder / LEGEND)
    shown = settings.overlay.style != "none"
    if settings.smooth.reach:
        found = smooth_joints(found, settings=settings.smooth, cuts=cuts)
    with (
        open(folder / JOINTS, "w", newline="") as joints,
        open_table(folder / FRAMES, "w") as table,
        VideoWriter(folder / OVERLAY, source=source) if shown else nullcontext() as video,
    ):
        joint_table, frame_table = csv.writer(joints), csv.writer(table)
        joint_table.writerow(JOINT_FIELDS)
        frame_table.writerow(FRAME_FIELDS)
        drawn = in_order(
            partial(draw_found, settings=settings.overlay if video else None),
            found,
            settings.workers,
        )
        for number, (result, picture) in zip(progress(range(source.frame_count)), drawn):
            named, time = source.first + number, source.times[number]
            joint_table.writerows(joint_rows(named, time, result))
            row = frame_row(named, time, result)
            frame_table.writerow((*row, no_formula(source.name_of(number)), result.seen))
            if video and picture is not None:
                video.write(picture)


def draw_found(
    found: tuple[Frame, FrameResult], *, settings: OverlaySettings | None
) -> tuple[FrameResult, Frame | None]:
    """Return the results of a frame, and its overlay; None instead of that without settings."""
    frame, result = found
    return result, None if settings is None else draw_result(frame, result, settings)


def draw_result(frame: Frame, result: FrameResult, settings: OverlaySettings) -> Frame:
    """Draw the overlay of a frame.

    Parameters
    ----------
    frame : (H, W, 3) uint8 array
        RGB.
    result : FrameResult
    settings : OverlaySettings

    Returns
    -------
    (H, W, 3) uint8 array
        RGB.
    """
    return draw_overlay(
        frame,
        result.labels,
        result.silhouette,
        result.xy,
        result.confidence,
        seen=result.seen,
        settings=settings,
    )


def find_results(
    kept: Results,
    frames: Iterator[Frame],
    parsed: Iterator[tuple[Frame, ParsedFrame]],
    workers: int = 1,
) -> Iterator[tuple[Frame, FrameResult]]:
    """Yield frames with their results: stored ones first, then new ones, which are stored.

    Parameters
    ----------
    kept : Results
        The store.
    frames : iterator of (H, W, 3) uint8 arrays
    parsed : iterator of (frame, ParsedFrame)
        The frames after those in `kept`.
    workers : int
        Threads, as for `workers.in_order`.

    Yields
    ------
    (H, W, 3) uint8 array, FrameResult
    """
    for result in kept:
        yield next(frames), result

    def draw(found: tuple[int, tuple[Frame, ParsedFrame]]) -> tuple[int, Frame, FrameResult]:
        number, (frame, parsing) = found
        result = result_of(parsing)
        kept.draw(number, result)
        return number, frame, result

    for number, frame, result in in_order(draw, enumerate(parsed, start=len(kept)), workers):
        kept.add(number, result)
        yield frame, result


def result_of(parsing: ParsedFrame) -> FrameResult:
    """Return the results that are written for a parsed frame."""
    return FrameResult(
        parsing.silhouette,
        parsing.part_labels(),
        parsing.xy,
        parsing.confidence,
        float(certainty(parsing.person)),
        parsing.seen,
    )


def joint_rows(number: int, time: float, result: FrameResult) -> list[tuple[Any, ...]]:
    """Return the rows of joints.csv for a frame, one for every joint.

    Parameters
    ----------
    number : int
        Number of the frame.
    time : float
        In seconds.
    result : FrameResult

    Returns
    -------
    list of tuple
        Columns as text; x and y are empty where there is no estimate.
    """
    rows = []
    for joint, (x, y), confidence in zip(parts.JOINTS, result.xy, result.confidence):
        place = ("", "") if np.isnan(x) else (f"{x:.2f}", f"{y:.2f}")
        rows.append((number, f"{float(time):.4f}", joint, *place, f"{confidence:.4f}"))
    return rows


def no_formula(text: str) -> str:
    """Return a text with ' before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def frame_row(number: int, time: float, result: FrameResult) -> tuple[Any, ...]:
    """Return the row of frames.csv for a frame, without its last two columns.

    Parameters
    ----------
    number : int
        Number of the frame.
    time : float
        In seconds.
    result : FrameResult

    Returns
    -------
    tuple
        Frame, time, share of the frame that the silhouette covers, and certainty.
    """
    area = result.silhouette.mean()
    return number, f"{float(time):.4f}", f"{area:.6f}", f"{result.certainty:.6f}"
