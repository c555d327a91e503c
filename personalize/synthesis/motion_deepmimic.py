"""Clips of DeepMimic (Peng et al., SIGGRAPH 2018): quaternion poses in json.

The humanoid faces +x with y up; all its rotations are zero when it stands with
arms hanging. Offsets are those of its character file, in metres.
"""

import json
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.errors import DatasetError
from personalize.types import Floats

NUMBERS = 44  # duration, root position, and 40 numbers of rotations

_HINGE = np.array([0.0, 0.0, 1.0])

# name, parent, offset from the parent, first column, numbers (4: w x y z; 1: hinge about z)
_JOINTS = (
    ("root", None, (0, 0, 0), 4, 4),
    ("chest", "root", (0, 0.236151, 0), 8, 4),
    ("neck", "chest", (0, 0.223894, 0), 12, 4),
    ("head", "neck", (0, 0.25, 0), None, 0),
    ("right_hip", "root", (0, 0, 0.084887), 16, 4),
    ("right_knee", "right_hip", (0, -0.421546, 0), 20, 1),
    ("right_ankle", "right_knee", (0, -0.40987, 0), 21, 4),
    ("right_toe", "right_ankle", (0.15, -0.04, 0), None, 0),
    ("right_shoulder", "chest", (-0.02405, 0.2435, 0.18311), 25, 4),
    ("right_elbow", "right_shoulder", (0, -0.274788, 0), 29, 1),
    ("right_wrist", "right_elbow", (0, -0.258947, 0), None, 0),
    ("left_hip", "root", (0, 0, -0.084887), 30, 4),
    ("left_knee", "left_hip", (0, -0.421546, 0), 34, 1),
    ("left_ankle", "left_knee", (0, -0.40987, 0), 35, 4),
    ("left_toe", "left_ankle", (0.15, -0.04, 0), None, 0),
    ("left_shoulder", "chest", (-0.02405, 0.2435, -0.18311), 39, 4),
    ("left_elbow", "left_shoulder", (0, -0.274788, 0), 43, 1),
    ("left_wrist", "left_elbow", (0, -0.258947, 0), None, 0),
)


def read_deepmimic(path: Path) -> tuple[dict[str, Floats], float]:
    """Read the positions of all joints in all frames.

    Parameters
    ----------
    path : Path
        A json file with `Frames` of 44 numbers.

    Returns
    -------
    positions : dict of str to (T, 3) float array
        Metres, y up.
    frames_per_second : float

    Raises
    ------
    DatasetError
        If the file does not follow the format.
    """
    try:
        frames = np.array(json.loads(path.read_text())["Frames"], dtype=float)
        if frames.ndim != 2 or frames.shape[1] != NUMBERS:
            raise ValueError(f"frames of {NUMBERS} numbers expected, found {frames.shape}")
        seconds = np.median(frames[:-1, 0]) if len(frames) > 1 else 0.0
        if not seconds > 0:
            raise ValueError(f"frames of {seconds} s")
        return _walk(frames), 1.0 / seconds
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: not a DeepMimic clip that can be read ({error})") from error


def _walk(frames):
    """Forward kinematics of all frames at once."""
    positions, rotations = {}, {}
    for name, parent, offset, first, numbers in _JOINTS:
        local = _local(frames, first, numbers)
        if parent is None:
            positions[name], rotations[name] = frames[:, 1:4], local
            continue
        positions[name] = positions[parent] + rotations[parent].apply(np.array(offset, float))
        rotations[name] = rotations[parent] * local
    return positions


def _local(frames, first, numbers):
    if numbers == 4:
        return Rotation.from_quat(frames[:, [first + 1, first + 2, first + 3, first]])
    if numbers == 1:
        return Rotation.from_rotvec(frames[:, [first]] * _HINGE)
    return Rotation.identity(len(frames))
