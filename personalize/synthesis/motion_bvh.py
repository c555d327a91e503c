"""Biovision hierarchy files: joint positions of every frame.

The format of Biovision's motion capture: a tree of joints with offsets and
Euler channels, then one line of numbers per frame.
"""

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.errors import DatasetError
from personalize.types import Floats


def read_bvh(path: Path) -> tuple[dict[str, Floats], float]:
    """Read the positions of all joints in all frames.

    Parameters
    ----------
    path : Path
        A `.bvh` file.

    Returns
    -------
    positions : dict of str to (T, 3) float array
        In the units and axes of the file; `<joint>_end` is the tip after a last joint.
    frames_per_second : float
        Of the frames that are kept, about 30.

    Raises
    ------
    DatasetError
        If the file does not follow the format.
    """
    head, _, motion = path.read_text(errors="replace").partition("MOTION")
    try:
        joints = _read_hierarchy(head.split("\n"))
        lines = motion.strip().splitlines()
        seconds = float(lines[1].split(":")[1])
        if not seconds > 0:
            raise ValueError(f"frames of {seconds} s")
        every = max(1, round(1.0 / seconds / 30))
        channels = np.array([line.split() for line in lines[2::every] if line.strip()], dtype=float)
        return _walk(joints, channels), 1.0 / (every * seconds)
    except (ValueError, IndexError, KeyError, OverflowError) as error:
        raise DatasetError(f"{path}: not a BVH file that can be read ({error})") from error


def _read_hierarchy(lines):
    """List of (name, parent index, offset, channel names) in the order of the file."""
    joints, open_joints = [], []
    name = None
    for line in lines:
        words = line.split()
        if not words:
            continue
        if words[0] in ("ROOT", "JOINT"):
            name = words[1]
        elif words[0] == "End":
            name = joints[open_joints[-1]][0] + "_end"
        elif words[0] == "{":
            if name is None:
                raise ValueError("a joint without a name")
            parent = open_joints[-1] if open_joints else -1
            open_joints.append(len(joints))
            joints.append([name, parent, np.zeros(3), ()])
            name = None
        elif words[0] == "}":
            open_joints.pop()
        elif words[0] == "OFFSET":
            joints[open_joints[-1]][2] = np.array(words[1:4], dtype=float)
        elif words[0] == "CHANNELS":
            joints[open_joints[-1]][3] = tuple(words[2:])
    return joints


def _walk(joints, channels):
    """Forward kinematics of all frames at once."""
    frames = len(channels)
    used = 0
    rotations, positions = [], {}
    places = []
    for name, parent, offset, names in joints:
        columns = channels[:, used : used + len(names)]
        used += len(names)
        local, shift = _local(names, columns, frames)
        if parent < 0:
            rotations.append(local)
            places.append(offset + shift)
        else:
            rotations.append(rotations[parent] * local)
            places.append(places[parent] + rotations[parent].apply(offset + shift))
        positions[name] = places[-1]
    if used != channels.shape[1]:
        raise ValueError(f"{channels.shape[1]} numbers a frame for {used} channels")
    return positions


def _local(names, columns, frames):
    """Rotation and translation of one joint within its parent, (T,) and (T, 3)."""
    axes = "".join(name[0] for name in names if name.endswith("rotation"))
    turning = [k for k, name in enumerate(names) if name.endswith("rotation")]
    rotation = Rotation.identity(frames)
    if axes:
        rotation = Rotation.from_euler(axes, columns[:, turning], degrees=True)  # intrinsic
    shift = np.zeros((frames, 3))
    for k, name in enumerate(names):
        if name.endswith("position"):
            shift[:, "XYZ".index(name[0])] = columns[:, k]
    return rotation, shift
