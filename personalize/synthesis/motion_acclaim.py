"""Acclaim files: a skeleton (`.asf`) and its motions (`.amc`, also gzipped).

The format of the CMU motion capture library: every bone has a direction and a
length in the rest pose, axes of its own, and up to three angles per frame.
"""

import gzip
import zlib
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.errors import DatasetError
from personalize.types import Floats

FRAMES_PER_SECOND = 30.0
_EVERY = 4  # of the recorded frames, 120 a second, one in four is kept


def read_acclaim(skeleton: Path, motion: Path) -> tuple[dict[str, Floats], float]:
    """Read the positions of the ends of all bones in all frames.

    Parameters
    ----------
    skeleton : Path
        `.asf` file of the subject.
    motion : Path
        `.amc` or `.amc.gz` file.

    Returns
    -------
    positions : dict of str to (T, 3) float array
        End of each bone, and `root`, in the axes of the file (y up).
    frames_per_second : float
        Of the frames that are kept.

    Raises
    ------
    DatasetError
        If a file does not follow the format.
    """
    opened = gzip.open if motion.suffix == ".gz" else open
    try:
        bones, parents = _read_skeleton(skeleton.read_text(errors="replace"))
        with opened(motion, "rt", errors="replace") as lines:
            angles = _read_angles(lines)
        return _walk(bones, parents, angles), FRAMES_PER_SECOND
    except (ValueError, IndexError, KeyError, EOFError, OSError, zlib.error) as error:
        raise DatasetError(f"{motion}: not an AMC file that can be read ({error})") from error


def _read_skeleton(text):
    """Bones as dicts of direction, length, axis and dof; and the parent of each bone."""
    bones, parents = {}, {}
    section, bone = None, {}
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0].startswith(":"):
            section = words[0]
        elif section == ":bonedata":
            if words[0] == "begin":
                bone = {"dof": ()}
            elif words[0] == "end":
                bones[bone["name"]] = bone
            elif words[0] in ("direction", "axis"):
                bone[words[0]] = np.array(words[1:4], dtype=float)
            elif words[0] in ("name", "length"):
                bone[words[0]] = words[1] if words[0] == "name" else float(words[1])
            elif words[0] == "dof":
                bone["dof"] = tuple(words[1:])
        elif section == ":hierarchy" and words[0] not in ("begin", "end"):
            parents.update(dict.fromkeys(words[1:], words[0]))
    return bones, parents


def _read_angles(lines):
    """Numbers of each bone in every fourth frame: dict of str to (T, n) array."""
    values = {}
    frame = 0
    for line in lines:
        words = line.split()
        if len(words) == 1 and words[0].isdigit():
            frame = int(words[0])
        elif frame % _EVERY == 1 and len(words) > 1:
            values.setdefault(words[0], []).append(words[1:])
    return {name: np.array(rows, dtype=float) for name, rows in values.items()}


def _walk(bones, parents, angles):
    """Forward kinematics of all frames at once."""
    root = angles["root"]
    frames = len(root)
    positions = {"root": root[:, :3]}
    rotations = {"root": Rotation.from_euler("xyz", root[:, 3:6], degrees=True)}
    for name, parent in parents.items():  # the hierarchy lists parents first
        bone = bones[name]
        axes = Rotation.from_euler("xyz", bone["axis"], degrees=True)
        turn = np.zeros((frames, 3))
        for k, degree in enumerate(bone["dof"]):
            turn[:, "xyz".index(degree[1])] = angles[name][:, k]
        local = Rotation.from_euler("xyz", turn, degrees=True)  # extrinsic: x first
        rotations[name] = rotations[parent] * (axes * local * axes.inv())
        end = rotations[name].apply(bone["direction"] * bone["length"])
        positions[name] = positions[parent] + end
    return positions
