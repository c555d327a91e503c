"""A video of the person alone: on transparency, a blurred background, or a plain colour.

The colour of the old background is removed from pixels at the edge of the person. Transparent
pixels hold no colours of the room.
"""

from pathlib import Path

import numpy as np

from personalize.exports.matte import coverage_of
from personalize.exports.settings import BLUR, TRANSPARENT, ExportSettings
from personalize.exports.task import Task
from personalize.imaging.soft_edges import mean_around, person_colours
from personalize.media.coding import H264, PRORES_4444, VP9_ALPHA, Coding
from personalize.media.encode import VideoWriter
from personalize.types import Array, Frame, Map

CODINGS = {"vp9": VP9_ALPHA, "prores": PRORES_4444}


def write(task: Task, folder: Path) -> None:
    """Write ``NAME_cutout`` as .webm, .mov or, with a background, .mp4, with the video's sound."""
    coding = coding_of(task.settings)
    path = folder / f"{task.stem}_cutout.{coding.container}"
    with VideoWriter(path, source=task.source, coding=coding) as writer:
        for frame in task:
            coverage = coverage_of(frame)
            person = person_colours(frame.look(), coverage, frame.reach)
            writer.write(laid(person, coverage, frame.look(), task.settings))


def coding_of(settings: ExportSettings) -> Coding:
    """Return the coding of the file: one with transparency, or H.264 with a background."""
    return CODINGS[settings.codec] if settings.background == TRANSPARENT else H264


def laid(person: Frame, coverage: Map, frame: Frame, settings: ExportSettings) -> Array:
    """Lay a person over a background.

    Parameters
    ----------
    person : (H, W, 3) uint8 array
        Of `person_colours`.
    coverage : (H, W) float32 array
    frame : (H, W, 3) uint8 array
        The original frame.
    settings : ExportSettings

    Returns
    -------
    (H, W, 3) or (H, W, 4) uint8 array
        RGB, or RGB and coverage, not premultiplied.
    """
    if settings.background == TRANSPARENT:
        return np.dstack([person, np.round(255 * coverage).astype(np.uint8)])
    share = coverage[..., None]
    if settings.background == BLUR:
        sigma = settings.blur * min(frame.shape[:2])
        behind = mean_around(frame.astype(np.float32), 1 - share, sigma)
    else:
        behind = np.array(settings.colour, np.float32)
    mixed: Array = np.round(share * person + (1 - share) * behind).astype(np.uint8)
    return mixed
