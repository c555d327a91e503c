"""Ultralytics: text labels of pose, silhouette and parts, each a data set with a ``data.yaml``.

Each line is an object: its class, and then coordinates as shares of width and height. A pose has
the centre and the sides of its box, and x, y and visibility of COCO's 17 keypoints. A segment has
the points of its outline. A frame that shows nobody has an empty file, which is background for
the tools.
"""

import json
from collections.abc import Iterator
from pathlib import Path, PurePath

import cv2
import numpy as np

from personalize import parts
from personalize.exports.coco import marked
from personalize.exports.images import image_name, write_frame
from personalize.exports.layouts import COCO_17, arrange
from personalize.exports.task import ExportedFrame, Task
from personalize.imaging.outlines import outline
from personalize.types import Array, Mask

POSE, SEGMENT, PARTS = "pose", "segment", "parts"
CLASSES = {POSE: ("person",), SEGMENT: ("person",), PARTS: parts.NAMES[1:]}
TOLERANCE = 0.5
"""Greatest error of an outline that is simplified, in pixels."""


def write(task: Task, folder: Path) -> None:
    """Write ``pose``, ``segment`` and ``parts``, each with ``data.yaml``, ``labels/train`` and,
    with `ExportSettings.images`, ``images/train``.
    """
    for name in CLASSES:
        (folder / name / "labels/train").mkdir(parents=True)
        (folder / name / "images/train").mkdir(parents=True)
        (folder / name / "data.yaml").write_text(description(name), encoding="utf-8")
    lines = {POSE: pose_lines, SEGMENT: segment_lines, PARTS: part_lines}
    for frame in task:
        image = image_name(task, frame.place)
        label = PurePath(image).with_suffix(".txt").name
        for name, lines_of in lines.items():
            text = "".join(f"{line}\n" for line in lines_of(frame)) if frame.seen else ""
            (folder / name / "labels/train" / label).write_text(text, encoding="ascii")
            if task.settings.images:
                write_frame(frame, folder / name / "images/train")


def description(name: str) -> str:
    """Return the ``data.yaml`` of one of the three; paths are relative to the file."""
    lines = ["train: images/train", "val: images/train"]
    if name == POSE:
        mirrored = [list(COCO_17).index(other) for other in map(mirrored_name, COCO_17)]
        lines += [f"kpt_shape: [{len(COCO_17)}, 3]", f"flip_idx: {mirrored}"]
    lines += ["names:", *(f"  {k}: {json.dumps(n)}" for k, n in enumerate(CLASSES[name]))]
    return "\n".join(lines) + "\n"


def mirrored_name(name: str) -> str:
    """Return the name of a keypoint in the mirrored picture."""
    side, _, rest = name.partition("_")
    return {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, name)


def pose_lines(frame: ExportedFrame) -> Iterator[str]:
    """Yield the line of the person's box and keypoints."""
    keypoints = arrange(COCO_17, frame.landmarks)
    marks = np.array(marked(keypoints, frame.task.settings.doubtful)).reshape(-1, 3)[:, 2]
    places = shares(keypoints[:, :2], frame)
    inside = np.all((places >= 0) & (places <= 1), axis=1)  # the tools reject others
    marks = np.where(inside, marks, 0)
    places = np.where(marks[:, None] > 0, places, 0)
    fields = [f"{x:.6f} {y:.6f} {mark:.0f}" for (x, y), mark in zip(places, marks)]
    yield " ".join([f"0 {box(frame.silhouette)}", *fields])


def segment_lines(frame: ExportedFrame) -> Iterator[str]:
    """Yield the line of the person's outline."""
    yield from outlined(0, frame.silhouette, frame)


def part_lines(frame: ExportedFrame) -> Iterator[str]:
    """Yield a line for every part; its class is its id minus 1."""
    for part in np.unique(frame.labels):
        if part != parts.BACKGROUND:
            yield from outlined(int(part) - 1, frame.labels == part, frame)


def outlined(number: int, mask: Mask, frame: ExportedFrame) -> Iterator[str]:
    """Yield the line of a mask; none if it is too thin for an outline.

    Parameters
    ----------
    number : int
        Number of the class.
    mask : (H, W) bool array
    frame : ExportedFrame

    Yields
    ------
    str
        Number of the class, then x and y of the outline as shares of the frame.
    """
    line = outline(mask, tolerance=TOLERANCE)
    if line is not None:
        yield " ".join([str(number), *(f"{value:.6f}" for value in shares(line, frame).ravel())])


def shares(xy: Array, frame: ExportedFrame) -> Array:
    """Return points (..., 2) as shares of width and height, measured from the corner of the
    frame.
    """
    height, width = frame.task.done.size
    return (xy + 0.5) / (width, height)


def box(mask: Mask) -> str:
    """Return centre and sides of the bounding box of a mask, as shares of the frame."""
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    rows, cols = mask.shape
    centre = (left + width / 2) / cols, (top + height / 2) / rows
    return " ".join(f"{share:.6f}" for share in (*centre, width / cols, height / rows))
