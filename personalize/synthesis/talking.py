"""A person who talks and gestures: postures that change smoothly through time."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis import gestures
from personalize.synthesis.gestures import Arms
from personalize.synthesis.motion import Motion
from personalize.synthesis.poses import draw_legs, with_arms
from personalize.synthesis.posture import Posture, posture_of_points
from personalize.types import Floats

_HOLD = (0.15, 1.1)  # seconds for which a gesture is held
_MOVE = (0.35, 0.9)  # seconds from one gesture to the next

# pitch, yaw, roll in degrees, and the seconds in which they change
_HEAD_SWAY = np.array([6.0, 11.0, 4.0]), 1.2
_CHEST_SWAY = np.array([2.5, 4.0, 2.0]), 2.5
_PELVIS_SWAY = np.array([1.0, 2.0, 1.0]), 4.0


@dataclass(frozen=True, eq=False)
class Track:
    """Values that are constant or change smoothly, in turn.

    Attributes
    ----------
    times : (K,) float array
        Seconds; from each to the next the value is constant or changes.
    values : (K, ...) float array
    """

    times: Floats
    values: Floats

    def at(self, time: float) -> Floats:
        """Return the value at a time; changes begin and end smoothly."""
        k = int(np.clip(np.searchsorted(self.times, time) - 1, 0, len(self.times) - 2))
        share = np.clip((time - self.times[k]) / (self.times[k + 1] - self.times[k]), 0, 1)
        eased = share**3 * (10 - 15 * share + 6 * share**2)  # minimum jerk (Flash, Hogan 1985)
        return self.values[k] + eased * (self.values[k + 1] - self.values[k])


@dataclass(frozen=True, eq=False)
class Talk:
    """The motion of a person who talks.

    Attributes
    ----------
    legs : dict of str to (3,) float array
        As in `Posture.limbs`.
    sway : dict of str to Track
        Rotation vectors of "head", "chest" and "pelvis".
    hands : dict of str to Track
        For each side 22 numbers: wrist (3), swivel, hand (3) and fingers (15).
    motion : Motion or None
        Recorded motion of trunk and legs, used in place of `legs` and `sway`.
    start : float
        Seconds into the motion.
    """

    legs: dict[str, Floats]
    sway: dict[str, Track]
    hands: dict[str, Track]
    motion: Motion | None
    start: float

    def posture_at(self, time: float, arms: Arms) -> Posture:
        """Return the posture at a time in seconds; `arms` as in `poses.draw_posture`."""
        turned = {
            name: Rotation.from_rotvec(track.at(time)).as_matrix()
            for name, track in self.sway.items()
        }
        numbers = {side: track.at(time) for side, track in self.hands.items()}
        hands = {side: row[4:7] for side, row in numbers.items()}
        curls = {side: row[7:].reshape(5, 3) for side, row in numbers.items()}
        if self.motion is None:
            chest = turned["pelvis"] @ turned["chest"]
            posture = Posture(
                turned["pelvis"], chest, chest @ turned["head"], self.legs, hands, curls
            )
        else:
            points = _points_at(self.motion, self.start + time)
            posture = posture_of_points(points, turned["head"], hands, curls)
        wrists = {side: (row[:3], row[3]) for side, row in numbers.items()}
        return with_arms(posture, wrists, arms)


def draw_talk(
    random: np.random.Generator, seconds: float, *, seated: bool, motion: Motion | None = None
) -> Talk:
    """Draw a talk.

    Parameters
    ----------
    random : numpy.random.Generator
    seconds : float
        Length that the talk must have at least.
    seated : bool
    motion : Motion or None
        Recorded motion of trunk and legs.

    Returns
    -------
    Talk
    """
    sway = {
        name: _draw_sway(random, seconds, *numbers)
        for name, numbers in (
            ("head", _HEAD_SWAY),
            ("chest", _CHEST_SWAY),
            ("pelvis", _PELVIS_SWAY),
        )
    }
    length = 0.0 if motion is None else len(motion.points) / motion.frames_per_second
    return Talk(
        legs=draw_legs(random, seated),
        sway=sway,
        hands=_draw_gestures(random, seconds),
        motion=motion,
        start=random.uniform(0, length) if length else 0.0,
    )


def _draw_sway(random, seconds, spread, period):
    count = int(seconds / period) + 3
    times = np.cumsum(random.uniform(0.5, 1.5, count)) * period
    return Track(times - times[0], np.radians(random.normal(0, 1, (count, 3)) * spread))


def _draw_gestures(random, seconds):
    """Tracks of both hands; most gestures use both."""
    times, rows = [0.0], {"right": [], "left": []}
    drawn = _draw_gesture(random)
    while True:
        for side in rows:
            rows[side] += [drawn[side], drawn[side] + random.normal(0, 0.02, 22)]
        times += [times[-1] + random.uniform(*_HOLD)]
        if times[-1] > seconds:
            break
        after = _draw_gesture(random)
        moving = ("right", "left") if random.random() < 0.6 else (random.choice(["right", "left"]),)
        drawn = {side: after[side] if side in moving else rows[side][-1] for side in rows}
        times += [times[-1] + random.uniform(*_MOVE)]
    return {side: Track(np.array(times), np.array(values)) for side, values in rows.items()}


def _draw_gesture(random):
    wrists = gestures.draw_wrists(random, talking=True)
    hands, curls = gestures.draw_hands(random), gestures.draw_curls(random)
    return {
        side: np.concatenate([wrist, [swivel], hands[side], curls[side].ravel()])
        for side, (wrist, swivel) in wrists.items()
    }


def _points_at(motion, time):
    """Points between two recorded frames; the recording is played forwards and backwards."""
    last = len(motion.points) - 1
    place = time * motion.frames_per_second % (2 * last)
    place = min(place, 2 * last - place)
    k = min(int(place), last - 1)
    return motion.points[k] + (place - k) * (motion.points[k + 1] - motion.points[k])
