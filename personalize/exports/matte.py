"""A grey video of the person's coverage of every pixel: white is all, black is nothing."""

from pathlib import Path

import numpy as np

from personalize.exports.task import ExportedFrame, Task
from personalize.imaging.soft_edges import soften
from personalize.media.coding import MATTE
from personalize.media.encode import VideoWriter
from personalize.types import Map


def write(task: Task, folder: Path) -> None:
    """Write ``NAME_matte.mp4``, with the times of the video; black where nobody is seen."""
    path = folder / f"{task.stem}_matte.{MATTE.container}"
    with VideoWriter(path, source=task.source, coding=MATTE) as writer:
        for frame in task:
            grey = np.round(255 * coverage_of(frame)).astype(np.uint8)
            writer.write(np.repeat(grey[..., None], 3, axis=2))


def coverage_of(frame: ExportedFrame) -> Map:
    """Return the (H, W) float32 coverage of a frame."""
    return soften(frame.silhouette, frame.look(), frame.reach)
