"""One table with a row for each frame, for spreadsheets and statistics programs."""

import csv
from pathlib import Path

import numpy as np

from personalize.exports.landmarks import NAMES
from personalize.exports.task import Task
from personalize.storage.atomic import open_table
from personalize.types import Array, Points


def write(task: Task, folder: Path) -> None:
    """Write ``NAME.csv``: frame, time, name, seen (1 or 0), area, and x, y and confidence of every
    landmark; x and y of absent ones are empty.
    """
    columns = [f"{name}_{what}" for name in NAMES for what in ("x", "y", "confidence")]
    with open_table(folder / f"{task.stem}.csv", "w") as file:
        table = csv.writer(file)
        table.writerow(("frame", "time", "name", "seen", "area", *columns))
        for frame in task:
            name, area = task.done.frame_names[frame.place], task.done.areas[frame.place]
            first = (frame.number, f"{frame.time:.4f}", name, int(frame.seen), f"{area:.6f}")
            table.writerow((*first, *cells(frame.landmarks.xy, frame.landmarks.confidence)))


def cells(xy: Points, confidence: Array) -> list[str]:
    """Return x, y and confidence of each landmark, (L, 2) and (L,), as a flat list of texts."""
    written: list[str] = []
    for (x, y), sure in zip(xy, confidence):
        written += ["", ""] if np.isnan(x) else [f"{x:.2f}", f"{y:.2f}"]
        written.append(f"{sure:.4f}")
    return written
