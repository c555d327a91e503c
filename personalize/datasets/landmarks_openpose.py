"""A folder of OpenPose's keypoints: BODY_25, a JSON file a frame (Cao et al., TPAMI 2019).

Files are called like ``NAME_000000000012_keypoints.json``, by the number of their frame, from 0. Of
several people in a frame the one with the greatest sum of confidences is read; a frame without
people is there, and nothing in it was found.
"""

import json
import re
from pathlib import Path

import numpy as np

from personalize.errors import DatasetError
from personalize.types import Floats, Points, Whole

KEYPOINTS = 25
ENDING = re.compile(r"(?:^|.*[^0-9])([0-9]+)_keypoints$")


def read_openpose(folder: Path) -> tuple[Points, Floats, Whole]:
    """Read the keypoints of every frame of a folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    xy : (N, 25, 2) float array
        In pixels; NaN where nothing was found.
    visibility : (N, 25) float array
        Their confidences, in [0, 1].
    frames : (N,) int array
        Numbers of the frames, ascending.

    Raises
    ------
    DatasetError
        If there is no such file, one is damaged or of another layout, or two are of one frame.
    """
    files: dict[int, Path] = {}
    for file in sorted(folder.glob("*.json")):
        named = ENDING.match(file.stem)
        if named is None:
            continue
        number = int(named[1])
        if number in files:
            raise DatasetError(
                f"{file}: is of frame {number}, and so is {files[number].name}; keep the keypoints "
                f"of one video in a folder"
            )
        files[number] = file
    if not files:
        raise DatasetError(
            f"{folder}: holds no keypoints of OpenPose; they are files such as "
            f"NAME_000000000012_keypoints.json"
        )
    frames = np.array(sorted(files))
    rows = np.stack([_read_person(files[number]) for number in frames])
    found = rows[..., 2] > 0
    return np.where(found[..., None], rows[..., :2], np.nan), np.clip(rows[..., 2], 0, 1), frames


def _read_person(file: Path) -> Floats:
    """The surest person of a file: x, y and confidence (25, 3), all 0 where nobody is."""
    try:
        people = json.loads(file.read_text(encoding="utf-8"))["people"]
        found = [np.array(person["pose_keypoints_2d"], float).reshape(-1, 3) for person in people]
    except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
        raise DatasetError(
            f"{file}: not keypoints of OpenPose ({type(error).__name__}: {error}); expected people "
            f"with pose_keypoints_2d"
        ) from error
    for keypoints in found:
        if len(keypoints) != KEYPOINTS or not np.isfinite(keypoints).all():
            raise DatasetError(
                f"{file}: has people of {len(keypoints)} keypoints; only the {KEYPOINTS} of "
                f"BODY_25 are read, all of them numbers"
            )
    return max(found, key=lambda person: person[:, 2].sum(), default=np.zeros((KEYPOINTS, 3)))
