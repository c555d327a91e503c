"""OpenPose: BODY_25 keypoints, one JSON file for each frame, as Pose2Sim reads them.

The name of the folder ends in ``_json``, as Pose2Sim expects for the files of a camera.
"""

import json
from pathlib import Path

from personalize.exports.layouts import BODY_25, arrange
from personalize.exports.task import ExportedFrame, Task
from personalize.types import Json

VERSION = 1.3
EMPTY = (
    *("face_keypoints_2d", "hand_left_keypoints_2d", "hand_right_keypoints_2d"),
    *("pose_keypoints_3d", "face_keypoints_3d"),
    *("hand_left_keypoints_3d", "hand_right_keypoints_3d"),
)
"""Entries of a person that stay empty."""


def write(task: Task, folder: Path) -> None:
    """Write ``NAME_json/NAME_000000000000_keypoints.json`` of every frame."""
    files = folder / f"{task.stem}_json"
    files.mkdir()
    for frame in task:
        text = json.dumps({"version": VERSION, "people": people(frame)})
        path = files / f"{task.stem}_{frame.number:012d}_keypoints.json"
        path.write_text(text, encoding="utf-8")


def people(frame: ExportedFrame) -> list[Json]:
    """Return the person of a frame in a list; an empty list if nobody is seen."""
    if not frame.seen:
        return []
    keypoints = arrange(BODY_25, frame.landmarks)
    flat = [round(float(value), 4) for value in keypoints.ravel()]
    return [{"person_id": [-1], "pose_keypoints_2d": flat, **{name: [] for name in EMPTY}}]
