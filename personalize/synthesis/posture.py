"""Convert directions of limbs to rotations of segments.

The rotation of a limb is given by its direction and the hinge axis of its elbow or knee.
Where the joint is nearly straight, the smallest turn from the trunk takes the place of the
hinge.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis.motion import POINTS
from personalize.synthesis.skeleton import SEGMENTS
from personalize.types import Floats

FRONT = np.array([0.0, 0.0, 1.0])
LEFT = np.array([1.0, 0.0, 0.0])
UP = np.array([0.0, 1.0, 0.0])

_BENT = 0.35  # sine of the joint's angle from which its own hinge axis is used


@dataclass(frozen=True, eq=False)
class Posture:
    """A pose, independent of the shape of the body.

    Attributes
    ----------
    pelvis, chest, head : (3, 3) float array
        World rotations relative to the rest pose.
    limbs : dict of str to (3,) float array
        Unit directions of `<side>_<upper_arm|forearm|thigh|shin|foot>` in the world.
    hands : dict of str to (3,) float array
        For each side: outward turn of the forearm (supination), bend towards the palm, bend
        towards the thumb; radians.
    curls : dict of str to (5, 3) float array
        Bend of the fingers, radians, thumb first.
    """

    pelvis: Floats
    chest: Floats
    head: Floats
    limbs: dict[str, Floats]
    hands: Mapping[str, Floats]
    curls: Mapping[str, Floats]


def unit(vector: Floats) -> Floats:
    """Return a vector scaled to length 1; a zero vector stays zero."""
    return vector / np.maximum(np.linalg.norm(vector), 1e-9)


def shortest_turn(start: Floats, end: Floats) -> Floats:
    """Return the rotation (3, 3) of the smallest angle that takes one direction to another."""
    start, end = unit(start), unit(end)
    axis: Floats = np.cross(start, end)
    angle = np.arctan2(np.linalg.norm(axis), start @ end)
    if angle > np.pi - 1e-6:  # opposite directions: any perpendicular axis will do
        axis = np.cross(start, UP + 0.3 * LEFT)
    return Rotation.from_rotvec(angle * unit(axis)).as_matrix()


def frame(primary: Floats, secondary: Floats) -> Floats:
    """Return three unit axes as columns: the primary, the secondary made normal, their cross."""
    first = unit(primary)
    second = unit(secondary - first * (first @ secondary))
    return np.stack([first, second, np.cross(first, second)], axis=1)


def posture_of_points(
    points: Floats, head: Floats, hands: Mapping[str, Floats], curls: Mapping[str, Floats]
) -> Posture:
    """Return the posture of one frame of recorded motion.

    Parameters
    ----------
    points : (17, 3) float array
        In the order of `motion.POINTS`.
    head : (3, 3) float array
        Rotation of the head relative to the chest; the points do not contain it.
    hands, curls : dict
        As in `Posture`.

    Returns
    -------
    Posture
    """
    at = dict(zip(POINTS, points))
    spine = at["neck"] - at["pelvis"]
    hips, shoulders = at["left_hip"] - at["right_hip"], at["left_shoulder"] - at["right_shoulder"]
    pelvis, chest = frame(hips, spine), frame(shoulders, spine)  # x to the left, y up, z front
    limbs = {}
    for side in ("right", "left"):
        for limb, start, end in (
            ("upper_arm", "shoulder", "elbow"),
            ("forearm", "elbow", "wrist"),
            ("thigh", "hip", "knee"),
            ("shin", "knee", "ankle"),
            ("foot", "ankle", "toe"),
        ):
            limbs[f"{side}_{limb}"] = unit(at[f"{side}_{end}"] - at[f"{side}_{start}"])
    return Posture(pelvis, chest, chest @ head, limbs, hands, curls)


def segment_rotations(posture: Posture, rest: Mapping[str, Floats]) -> Floats:
    """Return the world rotation of every segment.

    Parameters
    ----------
    posture : Posture
    rest : dict of str to (3,) float array
        Unit directions of the limbs in the rest pose of the body.

    Returns
    -------
    (S, 3, 3) float array
        In the order of `skeleton.SEGMENTS`.
    """
    turned = {"pelvis": posture.pelvis, "chest": posture.chest, "head": posture.head}
    for side in ("right", "left"):
        turned.update(_arm(posture, rest, side))
        turned.update(_leg(posture, rest, side))
    return np.stack([turned[name] for name in SEGMENTS])


def _arm(posture, rest, side):
    upper, fore = f"{side}_upper_arm", f"{side}_forearm"
    outwards = 1 if side == "left" else -1
    rise = np.arcsin(np.clip(posture.limbs[upper] @ (posture.chest @ UP), -1, 1))
    lift = outwards * max(0.0, 0.35 * (rise + 0.6))
    clavicle = posture.chest @ Rotation.from_rotvec(lift * FRONT).as_matrix()
    hinge = _hinge(
        posture.limbs[upper],
        posture.limbs[fore],
        clavicle,
        rest[upper],
        np.cross(rest[upper], FRONT),
    )
    arm = _turned(rest[upper], np.cross(rest[upper], FRONT), posture.limbs[upper], hinge)
    forearm = _turned(rest[fore], np.cross(rest[fore], FRONT), posture.limbs[fore], hinge)
    supination, palm, thumb = posture.hands[side]
    neutral = Rotation.from_rotvec(-outwards * supination * rest[fore])
    flexion = Rotation.from_rotvec(palm * unit(np.cross(rest[fore], -UP)))
    deviation = Rotation.from_rotvec(-outwards * thumb * UP)
    hand = forearm @ (neutral * flexion * deviation).as_matrix()
    return dict(
        zip((f"{side}_clavicle", upper, fore, f"{side}_hand"), (clavicle, arm, forearm, hand))
    )


def _leg(posture, rest, side):
    thigh, shin, foot = f"{side}_thigh", f"{side}_shin", f"{side}_foot"
    hinge = _hinge(posture.limbs[thigh], posture.limbs[shin], posture.pelvis, rest[thigh], LEFT)
    return {
        thigh: _turned(rest[thigh], LEFT, posture.limbs[thigh], hinge),
        shin: _turned(rest[shin], LEFT, posture.limbs[shin], hinge),
        foot: _turned(rest[foot], LEFT, posture.limbs[foot], hinge),
    }


def _hinge(first, second, parent, rest_first, rest_hinge):
    """Axis of the joint between two limbs."""
    own = np.cross(first, second)
    resting = shortest_turn(parent @ rest_first, first) @ parent @ unit(rest_hinge)
    trust = min(1.0, np.linalg.norm(own) / _BENT) ** 2
    if own @ resting < 0 and trust < 0.5:
        trust = 0.0  # a straight joint, bent slightly backwards in the recording
    return unit(trust * unit(own) + (1 - trust) * resting)


def _turned(rest_direction, rest_hinge, direction, hinge):
    return frame(direction, hinge) @ frame(rest_direction, rest_hinge).T
