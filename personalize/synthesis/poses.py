"""Draw a pose: recorded, invented, or recorded with invented arms."""

from collections.abc import Sequence

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis import gestures
from personalize.synthesis.gestures import Arms, Wrists
from personalize.synthesis.motion import POINTS, Motion
from personalize.synthesis.posture import Posture, posture_of_points, unit
from personalize.synthesis.settings import SynthesisSettings
from personalize.types import Floats

_HEAD_SPREAD = np.array([12.0, 22.0, 7.0])  # pitch, yaw, roll relative to the chest, degrees
_TRUNK_SPREAD = np.array([6.0, 8.0, 4.0])
_CHEST_SPREAD = np.array([6.0, 8.0, 5.0])
_ACROBATS = 0.08  # of the frames of people who neither stand nor sit, this share is kept
_JITTER = 0.06  # noise of limb directions, so that no recorded frame is used twice


def draw_posture(
    random: np.random.Generator, settings: SynthesisSettings, motions: Sequence[Motion], arms: Arms
) -> Posture:
    """Draw a pose for one picture.

    Parameters
    ----------
    random : numpy.random.Generator
    settings : SynthesisSettings
    motions : list of Motion
        May be empty; then all poses are invented.
    arms : dict of str to ((3,) float array, (float, float))
        For each side the shoulder, relative to the middle of the chest, and the lengths of
        upper arm and forearm, metres.

    Returns
    -------
    Posture
    """
    posture = _draw_posture(random, settings, motions, arms)
    if settings.raised_share and (raising := random.spawn(1)[0]).random() < settings.raised_share:
        posture = with_arms(posture, gestures.draw_raised_wrists(raising), arms)
    return posture


def _draw_posture(random, settings, motions, arms):
    kind = random.random()
    hands, curls = gestures.draw_hands(random), gestures.draw_curls(random)
    head = gestures.turn(random, _HEAD_SPREAD)
    recorded = motions and kind < settings.motion_share + settings.gesture_share
    if recorded:
        points = _draw_frame(random, motions)
        posture = posture_of_points(points, head, hands, curls)
        if kind < settings.motion_share:
            return jittered(random, posture)
    else:
        pelvis = gestures.turn(random, _TRUNK_SPREAD)
        chest = pelvis @ gestures.turn(random, _CHEST_SPREAD)
        seated = random.random() < settings.seated_share
        legs = draw_legs(random, seated)
        posture = Posture(pelvis, chest, chest @ head, legs, hands, curls)
    return jittered(random, with_arms(posture, gestures.draw_wrists(random), arms))


def _draw_frame(random, motions):
    """Points of a recorded frame; people who lie or stand on their hands are mostly skipped."""
    head = POINTS.index("head")
    while True:
        motion = motions[random.integers(len(motions))]
        points = motion.points[random.integers(len(motion.points))]
        upright = points[head, 1] > 0.6 * np.linalg.norm(points[head])
        if upright or random.random() < _ACROBATS:
            return points


def with_arms(posture: Posture, wrists: Wrists, arms: Arms) -> Posture:
    """Return a posture whose wrists are at the given places.

    Parameters
    ----------
    posture : Posture
    wrists : dict of str to ((3,) float array, float)
        From `gestures.draw_wrists`.
    arms : dict of str to ((3,) float array, (float, float))
        As for `draw_posture`.

    Returns
    -------
    Posture
    """
    limbs = dict(posture.limbs)
    for side, (wrist, swivel) in wrists.items():
        shoulder, lengths = arms[side]
        upper, fore = gestures.reach(posture.chest, shoulder, side, wrist, swivel, lengths)
        limbs[f"{side}_upper_arm"], limbs[f"{side}_forearm"] = upper, fore
    return Posture(posture.pelvis, posture.chest, posture.head, limbs, posture.hands, posture.curls)


def jittered(random: np.random.Generator, posture: Posture) -> Posture:
    """Return the posture with every limb turned by a small random angle."""
    limbs = {
        name: unit(direction + random.normal(0, _JITTER, 3))
        for name, direction in posture.limbs.items()
    }
    return Posture(posture.pelvis, posture.chest, posture.head, limbs, posture.hands, posture.curls)


def draw_legs(random: np.random.Generator, seated: bool) -> dict[str, Floats]:
    """Draw the directions of the legs of a person who sits or stands, as in `Posture.limbs`."""
    return _seated_legs(random) if seated else _standing_legs(random)


def _standing_legs(random):
    bent = abs(random.normal(0, 8))
    return _legs(
        random,
        {side: (random.normal(bent, 6), bent + abs(random.normal(0, 8))) for side in _SIDES},
        random.normal(6, 4),
    )


def _seated_legs(random):
    raised = random.normal(85, 8)
    return _legs(
        random,
        {side: (raised + random.normal(0, 5), random.normal(88, 18)) for side in _SIDES},
        random.normal(8, 6),
    )


_SIDES = ("right", "left")


def _legs(random, bends, spread):
    """Directions of thighs, shins and feet, by the bends of hips and knees in degrees."""
    limbs = {}
    for side, (hip, knee) in bends.items():
        outwards = 1 if side == "left" else -1
        sideways = outwards * np.radians(spread + random.normal(0, 3))
        turned = Rotation.from_euler("y", sideways * (0.3 + np.sin(np.radians(hip))))
        swung = Rotation.from_euler("z", sideways)
        for limb, angle in (("thigh", hip), ("shin", hip - knee), ("foot", hip - knee + 78)):
            radians = np.radians(angle)
            direction = np.array([0.0, -np.cos(radians), np.sin(radians)])
            limbs[f"{side}_{limb}"] = turned.apply(swung.apply(direction))
    return limbs
