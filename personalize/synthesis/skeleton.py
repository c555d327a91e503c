"""Convert rotations of a person's segments to rotations and places of all bones.

Every rotation is a world rotation relative to the rest pose. A bone without one of its own
moves with its parent. Rotation from one segment to the next is spread over the bones between
them, so that spine, neck and twisted arms bend smoothly.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from personalize.types import Floats, Whole

SEGMENTS = ("pelvis", "chest", "head") + tuple(
    f"{side}_{name}"
    for side in ("right", "left")
    for name in ("clavicle", "upper_arm", "forearm", "hand", "thigh", "shin", "foot")
)

# bone, segment, other segment, share of the rotation from the one to the other
_CENTRAL = (
    ("root", "pelvis", None, 0),
    ("spine05", "pelvis", "chest", 0.15),
    ("spine04", "pelvis", "chest", 0.4),
    ("spine03", "pelvis", "chest", 0.7),
    ("spine02", "chest", None, 0),
    ("neck01", "chest", "head", 0.25),
    ("neck02", "chest", "head", 0.5),
    ("neck03", "chest", "head", 0.75),
    ("head", "head", None, 0),
)
_SIDED = (
    ("clavicle", "clavicle", None, 0),
    ("upperarm01", "clavicle", "upper_arm", 0.8),
    ("upperarm02", "upper_arm", None, 0),
    ("lowerarm01", "forearm", None, 0),
    ("lowerarm02", "forearm", "hand", 0.4),
    ("wrist", "hand", None, 0),
    ("upperleg01", "pelvis", "thigh", 0.85),
    ("upperleg02", "thigh", None, 0),
    ("lowerleg01", "shin", None, 0),
    ("foot", "foot", None, 0),
)


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The tree of bones of the body.

    Attributes
    ----------
    names : tuple of str
        Bones, parents before children; `.R` and `.L` are the person's own sides.
    parents : (B,) int array
        Index of each bone's parent, -1 at the root.
    """

    names: tuple[str, ...]
    parents: Whole

    def index(self, name: str, side: str | None = None) -> int:
        """Return the index of a bone; `side` is "right" or "left"."""
        return self.names.index(name if side is None else f"{name}.{side[0].upper()}")


def place_bones(
    skeleton: Skeleton, heads: Floats, rotations: Floats, curls: Mapping[str, Floats]
) -> tuple[Floats, Floats]:
    """Return the world rotation and the posed head of every bone.

    Parameters
    ----------
    skeleton : Skeleton
    heads : (B, 3) float array
        Where the bones begin in the rest pose.
    rotations : (S, 3, 3) float array
        One per segment, in the order of `SEGMENTS`.
    curls : dict of str to (5, 3) float array
        For "right" and "left": bends of each finger's three joints, radians, thumb first.

    Returns
    -------
    turned : (B, 3, 3) float array
    placed : (B, 3) float array
    """
    own = _own_rotations(skeleton, rotations)
    bends = _finger_bends(skeleton, heads, curls)
    turned, placed = np.empty((len(heads), 3, 3)), np.empty((len(heads), 3))
    for bone, parent in enumerate(skeleton.parents):
        if parent < 0:
            turned[bone], placed[bone] = own[bone], heads[bone]
            continue
        turned[bone] = own.get(bone, turned[parent])
        if bone in bends:
            turned[bone] = turned[parent] @ bends[bone]
        placed[bone] = placed[parent] + turned[parent] @ (heads[bone] - heads[parent])
    return turned, placed


def _own_rotations(skeleton, rotations):
    segments = dict(zip(SEGMENTS, rotations))
    own = {}
    for bone, first, second, share in _CENTRAL:
        own[skeleton.index(bone)] = _between(segments, first, second, share)
    for side in ("right", "left"):
        for bone, first, second, share in _SIDED:
            names = [
                f"{side}_{name}" if f"{side}_{name}" in segments else name
                for name in (first, second)
            ]
            own[skeleton.index(bone, side)] = _between(segments, *names, share)
    return own


def _between(segments, first, second, share):
    if not share:
        return segments[first]
    ends = Rotation.from_matrix(np.stack([segments[first], segments[second]]))
    return Slerp([0, 1], ends)(share).as_matrix()


def _finger_bends(skeleton, heads, curls):
    """Local rotation of every finger bone."""
    bends = {}
    for side, angles in curls.items():
        axis = _curl_axis(skeleton, heads, side)
        for finger in range(5):
            direction = (
                heads[skeleton.index(f"finger{finger + 1}-3", side)]
                - heads[skeleton.index(f"finger{finger + 1}-1", side)]
            )
            direction /= np.linalg.norm(direction)
            hinge = axis - direction * (axis @ direction)
            hinge /= np.linalg.norm(hinge)
            for joint in range(3):
                bone = skeleton.index(f"finger{finger + 1}-{joint + 1}", side)
                bends[bone] = Rotation.from_rotvec(hinge * angles[finger, joint]).as_matrix()
    return bends


def _curl_axis(skeleton, heads, side):
    """Axis about which fingers close towards the palm, in the rest pose."""
    wrist = heads[skeleton.index("wrist", side)]
    along = heads[skeleton.index("finger3-1", side)] - wrist
    across = heads[skeleton.index("finger2-1", side)] - heads[skeleton.index("finger5-1", side)]
    palm = np.cross(along, across) * (1 if side == "left" else -1)
    axis = np.cross(along, palm)
    return axis / np.linalg.norm(axis)
