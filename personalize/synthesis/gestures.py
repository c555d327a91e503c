"""Gestures of the arms: places of the wrists, and the elbows that follow from them.

Wrists are placed around the trunk in units of the arm's length. The elbow follows from the
two lengths and a swivel angle, as in inverse kinematics of two bones.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis.posture import FRONT, UP, unit
from personalize.types import Floats

Wrists: TypeAlias = dict[str, tuple[Floats, float]]
"""For "right" and "left": the wrist (3,) relative to the shoulder (outwards, up, to the front) in
arm lengths, and the swivel of the elbow in radians.
"""
Arms: TypeAlias = dict[str, tuple[Floats, tuple[float, float]]]
"""For "right" and "left": the shoulder (3,) relative to the middle of the chest, and the lengths of
upper arm and forearm; metres.
"""

# Region of the wrist: mean and spread of (outwards, up, front) from the shoulder of the same
# side, in arm lengths; swivel of the elbow outwards from straight below, in degrees; relative
# frequency. Shoulders are about 0.33 arm lengths from the middle of the body.
_REGIONS = {
    "talking": ((0.02, -0.42, 0.48), (0.2, 0.2, 0.15), (25, 18), 5),
    "wide": ((0.35, -0.3, 0.45), (0.18, 0.25, 0.2), (30, 20), 2),
    "together": ((-0.28, -0.5, 0.42), (0.06, 0.14, 0.1), (35, 12), 2.5),
    "chin": ((-0.2, 0.12, 0.38), (0.12, 0.12, 0.08), (20, 20), 1.5),
    "raised": ((0.1, 0.35, 0.35), (0.25, 0.3, 0.25), (40, 25), 1.2),
    "pointing": ((0.05, 0.0, 0.92), (0.3, 0.25, 0.1), (30, 20), 0.8),
    "hanging": ((0.1, -0.97, 0.06), (0.06, 0.03, 0.1), (60, 20), 3),
    "lap": ((-0.1, -0.72, 0.42), (0.12, 0.06, 0.1), (30, 12), 1.5),
    "desk": ((0.05, -0.62, 0.55), (0.2, 0.06, 0.12), (35, 12), 2),
    "hip": ((0.06, -0.72, 0.08), (0.04, 0.04, 0.05), (95, 10), 0.7),
    "crossed": ((-0.5, -0.4, 0.3), (0.05, 0.06, 0.03), (25, 8), 0.6),
    "behind": ((-0.15, -0.7, -0.25), (0.1, 0.08, 0.06), (80, 10), 0.4),
    "anywhere": ((0.3, -0.1, 0.3), (0.5, 0.6, 0.4), (40, 40), 1.5),
}
_OF_TALK = ("talking", "wide", "together", "chin", "raised", "lap", "desk", "pointing")
# People who brush or tie their hair, hold their heads, throw, or hang something up. The head is
# about 0.48 arm lengths above the shoulder and 0.33 inwards.
_RAISED = {
    "brushing": ((0.06, 0.36, 0.1), (0.08, 0.1, 0.1), (85, 20), 3),
    "nape": ((-0.05, 0.34, -0.12), (0.05, 0.06, 0.05), (100, 15), 2),
    "brow": ((-0.1, 0.38, 0.34), (0.08, 0.08, 0.06), (60, 20), 1),
    "throwing": ((0.35, 0.3, -0.25), (0.15, 0.2, 0.15), (100, 20), 2),
    "overhead": ((0.05, 0.9, 0.1), (0.15, 0.1, 0.15), (70, 25), 1.5),
    "waving": ((0.3, 0.6, 0.15), (0.12, 0.15, 0.12), (50, 20), 1.5),
}
_ALL = _REGIONS | _RAISED
_ALIKE_SHARE = 0.65  # share of poses with both hands in the same region

_FISTS = np.array([[0.3, 0.5, 0.6]] + 4 * [[1.3, 1.5, 0.9]])


def draw_wrists(random: np.random.Generator, *, talking: bool = False) -> Wrists:
    """Draw the places of both wrists, and the swivels of the elbows.

    Parameters
    ----------
    random : numpy.random.Generator
    talking : bool
        Only gestures that people make while they talk.

    Returns
    -------
    dict of str to ((3,) float array, float)
        For "right" and "left": wrist from the shoulder (outwards, up, front) in arm
        lengths, and the swivel of the elbow in radians.
    """
    names = _OF_TALK if talking else tuple(_REGIONS)
    first = _draw_region(random, names)
    second = first if random.random() < _ALIKE_SHARE else _draw_region(random, names)
    sides = ("right", "left") if random.random() < 0.5 else ("left", "right")
    return {side: _draw_wrist(random, name) for side, name in zip(sides, (first, second))}


def draw_raised_wrists(random: np.random.Generator) -> Wrists:
    """As `draw_wrists`, with one hand or both at the head or above it."""
    raised = _draw_region(random, _RAISED)
    other = _draw_region(random, _RAISED if random.random() < 0.4 else _REGIONS)
    sides = ("right", "left") if random.random() < 0.6 else ("left", "right")
    return {side: _draw_wrist(random, name) for side, name in zip(sides, (raised, other))}


def reach(
    chest: Floats,
    shoulder: Floats,
    side: str,
    wrist: Floats,
    swivel: float,
    lengths: tuple[float, float],
) -> tuple[Floats, Floats]:
    """Return the directions of upper arm and forearm that bring the wrist to its place.

    Parameters
    ----------
    chest : (3, 3) float array
        World rotation of the chest.
    shoulder : (3,) float array
        From the middle of the chest at the height of the shoulders, in the rest pose, metres.
    side : str
    wrist : (3,) float array
        (outwards, up, front) from the shoulder, in arm lengths.
    swivel : float
        Radians; at 0 the elbow is straight below.
    lengths : (float, float)
        Upper arm and forearm, metres.

    Returns
    -------
    upper, fore : (3,) float arrays
        Unit directions in the world.
    """
    outwards = 1.0 if side == "left" else -1.0
    upper, fore = lengths
    step = wrist * (outwards, 1, 1) * (upper + fore)
    step = _outside_trunk(shoulder + step) - shoulder
    longest = 0.995 * (upper + fore)
    distance = np.clip(np.linalg.norm(step), 0.35 * longest, longest)
    step = unit(step) * distance
    cosine = (upper**2 + distance**2 - fore**2) / (2 * upper * distance)
    along = unit(step)
    pole = -np.cos(swivel) * UP + np.sin(swivel) * outwards * np.array([1.0, 0, 0]) - 0.25 * FRONT
    aside = unit(pole - along * (pole @ along))
    elbow = upper * (cosine * along + np.sqrt(max(0.0, 1 - cosine**2)) * aside)
    return chest @ unit(elbow), chest @ unit(step - elbow)


def draw_hands(random: np.random.Generator) -> dict[str, Floats]:
    """Draw the turns of both hands, as in `Posture.hands`."""
    return {
        side: np.array(
            [
                random.uniform(-1.2, 1.5),  # from palms down to palms up
                random.normal(0, 0.35),
                random.normal(0, 0.15),
            ]
        )
        for side in ("right", "left")
    }


def draw_curls(random: np.random.Generator) -> dict[str, Floats]:
    """Draw the bends of all fingers, as in `Posture.curls`: flat hands, fists, pointing fingers."""
    return {side: _draw_hand(random) for side in ("right", "left")}


def _draw_hand(random):
    closed = random.choice([0.05, 0.25, 0.5, 1.0], p=[0.3, 0.4, 0.2, 0.1])
    curl = _FISTS * closed * random.uniform(0.6, 1.4, (5, 1))
    if random.random() < 0.12:
        curl[1] *= 0.1  # the index finger points
    return np.minimum(curl, 1.6)


def _draw_region(random, names):
    weights = np.array([_ALL[name][-1] for name in names])
    return random.choice(list(names), p=weights / weights.sum())


def _draw_wrist(random, name):
    mean, spread, swivel, _ = _ALL[name]
    return random.normal(mean, spread), np.radians(random.normal(*swivel))


def _outside_trunk(point):
    """A point, moved forwards out of an ellipse that approximates the trunk; chest axes."""
    half_width, half_depth = 0.20, 0.19  # metres, with the thickness of an arm
    inside = 1 - (point[0] / half_width) ** 2
    if inside <= 0 or point[1] > 0.1:
        return point
    border = half_depth * np.sqrt(inside)
    if abs(point[2]) >= border:
        return point
    return np.array([point[0], point[1], border if point[2] > -0.1 else -border])


def turn(random: np.random.Generator, spread: float | Sequence[float]) -> Floats:
    """Draw a small rotation (3, 3); `spread` is that of (pitch, yaw, roll) in degrees."""
    return Rotation.from_euler("yxz", np.radians(random.normal(0, spread)[[1, 0, 2]])).as_matrix()
