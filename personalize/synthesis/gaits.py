"""People who walk and ride: postures that depend on the distance they have covered.

Angles of hip, knee and foot through a stride approximate those of healthy adults (Winter,
Biomechanics and Motor Control of Human Movement, 2009, chapter 4) by sums of smooth bumps.
Hands and feet of riders are placed on the vehicle by inverse kinematics.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis.body import Body, Shape
from personalize.synthesis.posture import FRONT, UP, Posture, segment_rotations, unit
from personalize.types import Floats

STRIDE = 1.55  # two steps, in lengths of the leg
_SIDES = {"right": -1.0, "left": 1.0}


@dataclass(frozen=True, eq=False)
class Held:
    """Places of the hands and feet of a rider, in metres from the middle of the hips.

    Attributes
    ----------
    wrists, ankles : dict of str to (3,) float array
        For "right" and "left": to the left, up, to the front.
    lean : float
        Lean of the trunk to the front, radians.
    """

    wrists: dict[str, Floats]
    ankles: dict[str, Floats]
    lean: float


def walk(posture: Posture, phase: float, effort: float) -> Posture:
    """Return the posture of a person who walks.

    Parameters
    ----------
    posture : Posture
        Its hands and head are kept.
    phase : float
        Number of strides so far; at whole numbers the right heel touches the ground.
    effort : float
        From 0, standing, to 1, full strides.

    Returns
    -------
    Posture
        Facing the front.
    """
    limbs: dict[str, Floats] = {}
    for side, outwards in _SIDES.items():
        own = (phase + (0.0 if side == "right" else 0.5)) % 1.0
        hip, knee, foot = _stride(own)
        hip, knee, foot = effort * hip, 3 + effort * knee, 78 + effort * foot
        limbs[f"{side}_thigh"] = _swung(hip, 0.06 * outwards)
        limbs[f"{side}_shin"] = _swung(hip - knee, 0.02 * outwards)
        limbs[f"{side}_foot"] = _swung(foot, 0.25 * outwards)
        arm = -0.8 * effort * (hip - 8)
        limbs[f"{side}_upper_arm"] = _swung(arm - 3, 0.2 * outwards)
        limbs[f"{side}_forearm"] = _swung(arm + 12 + 12 * effort, 0.08 * outwards)
    turn = np.radians(6 * effort) * np.cos(2 * np.pi * phase)
    pelvis = Rotation.from_euler("yx", [turn, np.radians(2)]).as_matrix()
    chest = Rotation.from_euler("yx", [-turn, np.radians(2 + 3 * effort)]).as_matrix()
    head = posture.chest.T @ posture.head  # looks ahead while the chest turns
    hands = {side: np.array([0.2, 0.15, 0.0]) for side in _SIDES}
    return replace(posture, pelvis=pelvis, chest=chest, head=head, limbs=limbs, hands=hands)


def hold(posture: Posture, body: Body, shape: Shape, held: Held) -> Posture:
    """Return a posture with hands and feet at given places.

    Parameters
    ----------
    posture : Posture
    body : Body
    shape : Shape
    held : Held

    Returns
    -------
    Posture
    """
    lean = Rotation.from_euler("x", held.lean).as_matrix()
    part = Rotation.from_euler("x", 0.5 * held.lean).as_matrix()
    nod = Rotation.from_euler("x", 0.3 * held.lean).as_matrix()
    leant = replace(posture, pelvis=part, chest=lean, head=nod @ posture.chest.T @ posture.head)
    rotations = segment_rotations(leant, body.limb_directions(shape))
    placed = body.pose(shape, rotations, posture.curls)[1]
    index = body.skeleton.index
    hips = np.mean([placed[index("upperleg01", side)] for side in _SIDES], axis=0)
    limbs: dict[str, Floats] = {}
    for side, outwards in _SIDES.items():
        lengths = limb_lengths(body, shape, side)
        pole = np.array([0.35 * outwards, -1.0, -0.4])
        shoulder = placed[index("upperarm01", side)] - hips
        upper, fore = two_bones(held.wrists[side] - shoulder, lengths[:2], pole)
        hip = placed[index("upperleg01", side)] - hips
        thigh, shin = two_bones(held.ankles[side] - hip, lengths[2:], FRONT + 0.15 * outwards)
        limbs |= {f"{side}_upper_arm": upper, f"{side}_forearm": fore}
        limbs |= {f"{side}_thigh": thigh, f"{side}_shin": shin}
        limbs[f"{side}_foot"] = _swung(72, 0.1 * outwards)
    hands = {side: np.array([-0.3, 0.1, 0.0]) for side in _SIDES}
    return replace(leant, limbs=limbs, hands=hands)


def limb_lengths(body: Body, shape: Shape, side: str) -> list[float]:
    """Return the lengths of upper arm, forearm, thigh and shin at rest.

    Parameters
    ----------
    body : Body
    shape : Shape
    side : {"right", "left"}

    Returns
    -------
    list of 4 float
        In metres.
    """
    at = [
        shape.heads[body.skeleton.index(bone, side)]
        for bone in ("upperarm01", "lowerarm01", "wrist", "upperleg01", "lowerleg01", "foot")
    ]
    return [float(np.linalg.norm(at[k + 1] - at[k])) for k in (0, 1, 3, 4)]


def two_bones(step: Floats, lengths: Sequence[float], pole: Floats) -> tuple[Floats, Floats]:
    """Return the directions of two bones in a chain with given ends.

    Parameters
    ----------
    step : (3,) float array
        From the beginning of the first bone to the end of the second, metres.
    lengths : (float, float)
        Of the two bones, metres.
    pole : (3,) float array
        Direction towards which the joint between them bends.

    Returns
    -------
    first, second : (3,) float arrays
        Unit vectors; where the step is longer than both bones they point along it.
    """
    first, second = lengths
    whole = first + second
    distance = np.clip(np.linalg.norm(step), abs(first - second) + 0.05 * whole, 0.998 * whole)
    along = unit(step)
    cosine = (first**2 + distance**2 - second**2) / (2 * first * distance)
    aside = unit(pole - along * (pole @ along))
    bent = first * (cosine * along + np.sqrt(max(0.0, 1 - cosine**2)) * aside)
    return unit(bent), unit(distance * along - bent)


def turned(posture: Posture, heading: float) -> Posture:
    """Return the posture turned about the vertical by an angle in radians, positive to the left."""
    turn = Rotation.from_rotvec(heading * UP).as_matrix()
    limbs = {name: turn @ direction for name, direction in posture.limbs.items()}
    return replace(
        posture,
        pelvis=turn @ posture.pelvis,
        chest=turn @ posture.chest,
        head=turn @ posture.head,
        limbs=limbs,
    )


def _stride(phase):
    """Bends of hip and knee, and pitch of the foot, at a phase of one leg's stride; degrees."""
    hip = 8 + 20 * np.cos(2 * np.pi * phase)
    knee = 12 * _bump(phase, 0.14, 0.07) + 55 * _bump(phase, 0.73, 0.095)
    free = _bump(phase, 0.72, 0.14)
    foot = free * (hip - knee) - 22 * _bump(phase, 0.56, 0.06) + 14 * _bump(phase, 1.0, 0.05)
    return hip, knee, foot


def _bump(phase, middle, width):
    away = (phase - middle + 0.5) % 1.0 - 0.5
    return np.exp(-((away / width) ** 2))


def _swung(degrees, aside):
    """Direction of a hanging limb, swung to the front and to the person's left."""
    angle = np.radians(degrees)
    return unit(np.array([aside, -np.cos(angle), np.sin(angle)]))
