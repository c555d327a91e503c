"""Recorded motion of any format, as 17 points of a person who faces +z.

Only the directions between points are used later, so units and the proportions of the
skeleton do not matter.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.spatial.transform import Rotation

from personalize.errors import DatasetError
from personalize.synthesis.motion_acclaim import read_acclaim
from personalize.synthesis.motion_bvh import read_bvh
from personalize.synthesis.motion_deepmimic import read_deepmimic
from personalize.types import Floats

POINTS = ("pelvis", "neck", "head") + tuple(
    f"{side}_{name}"
    for side in ("right", "left")
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "toe")
)

# Names of the same point in the known formats; the first that exists is taken.
# A bone of ASF stands for its end: the femur for the knee.
_CENTRAL = {
    "pelvis": ("pelvis", "root", "Hips"),
    "neck": ("neck", "Neck", "thorax"),
    "head": ("head", "Head_end"),
}
_UP = np.array([0.0, 1.0, 0.0])
_FASTEST = 1000.0  # frames a second; no camera of motion capture takes more

_SIDED = {
    "shoulder": ("{s}_shoulder", "{S}Arm", "{S}Shoulder", "{a}clavicle"),
    "elbow": ("{s}_elbow", "{S}ForeArm", "{S}Elbow", "{a}humerus"),
    "wrist": ("{s}_wrist", "{S}Hand", "{S}Wrist", "{a}wrist"),
    "hip": ("{s}_hip", "{S}UpLeg", "{S}Hip", "{a}hipjoint"),
    "knee": ("{s}_knee", "{S}Leg", "{S}Knee", "{a}femur"),
    "ankle": ("{s}_ankle", "{S}Foot", "{S}Ankle", "{a}tibia"),
    "toe": ("{s}_toe", "{S}ToeBase", "{S}Toe", "{a}foot"),
}


@dataclass(frozen=True, eq=False)
class Motion:
    """One recorded clip.

    Attributes
    ----------
    name : str
        File name without its suffixes.
    points : (T, 17, 3) float array
        Points in the order of `POINTS`, relative to the pelvis; x to the person's left,
        y up, z to the front. The heading of every frame is removed.
    heading : (T,) float array
        The heading that was removed, smoothed, radians.
    frames_per_second : float
        Of the recording.
    """

    name: str
    points: Floats
    heading: Floats
    frames_per_second: float


def read_motions(folder: Path) -> list[Motion]:
    """Read all clips below a folder, in the order of their paths; other files are ignored.

    Parameters
    ----------
    folder : Path
        Searched recursively for `.bvh`, `.amc` or `.amc.gz` (beside one `.asf`) and
        DeepMimic `.txt` or `.json`.

    Returns
    -------
    list of Motion

    Raises
    ------
    DatasetError
        If a file of these kinds is damaged, or lacks a joint.
    """
    motions = []
    for path in sorted(folder.rglob("*")):
        joints = _read(path)
        if joints is not None:
            motions.append(_as_motion(path, *joints))
    return motions


def _read(path):
    """Read (positions, frames per second) of one file, or None if it holds no motion."""
    if path.suffix == ".bvh":
        return read_bvh(path)
    if path.name.endswith((".amc", ".amc.gz")):
        skeletons = sorted(path.parent.glob("*.asf"))
        return read_acclaim(skeletons[0], path) if skeletons else None
    if path.suffix in (".txt", ".json") and '"Frames"' in path.read_text(errors="replace"):
        return read_deepmimic(path)
    return None


def _as_motion(path, joints, frames_per_second):
    points = np.stack([joints[_find(path, joints, point)] for point in POINTS], axis=1)
    if not (np.isfinite(points).all() and 0 < frames_per_second <= _FASTEST):
        raise DatasetError(f"{path}: holds places or times that cannot be; remove or replace it")
    points = _upright(points - points[:, :1])
    index = {point: k for k, point in enumerate(POINTS)}
    across = (
        points[:, index["left_hip"]]
        - points[:, index["right_hip"]]
        + points[:, index["left_shoulder"]]
        - points[:, index["right_shoulder"]]
    )
    heading = np.unwrap(np.arctan2(-across[:, 2], across[:, 0]))
    turned = Rotation.from_rotvec(-heading[:, None] * _UP).as_matrix()  # (T, 3, 3)
    points = np.einsum("tij,tpj->tpi", turned, points)
    window = max(1, round(0.5 * frames_per_second))
    smooth = uniform_filter1d(heading, window, mode="nearest")
    return Motion(path.name.split(".")[0], points, smooth, frames_per_second)


def _find(path, joints, point):
    side, _, name = point.partition("_")
    if name:
        words = {"s": side, "S": side.capitalize(), "a": side[0]}
        candidates = [pattern.format(**words) for pattern in _SIDED[name]]
    else:
        candidates = _CENTRAL[point]
    found = next((name for name in candidates if name in joints), None)
    if found is None:
        raise DatasetError(
            f"{path}: has no joint for {point}, which is {' or '.join(candidates)}; rename its "
            "joints, or remove it"
        )
    return found


def _upright(points):
    """Rotate the axis along which heads are farthest from feet to y."""
    feet = points[:, [POINTS.index("right_ankle"), POINTS.index("left_ankle")]].mean(axis=1)
    rise = (points[:, POINTS.index("head")] - feet).mean(axis=0)
    axis = np.argmax(np.abs(rise) * (1.0, 1.5, 1.0))  # y is preferred: some people crawl
    return np.roll(points, 1 - axis, axis=2)
