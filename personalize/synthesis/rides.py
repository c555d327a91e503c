"""Scooters and bicycles, and the postures of their riders; metres from the middle of the hips."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personalize import parts
from personalize.synthesis.blocking import Mark
from personalize.synthesis.body import Body, Shape
from personalize.synthesis.gaits import Held, limb_lengths
from personalize.synthesis.head_shapes import ball, mesh_of
from personalize.synthesis.pieces import Piece, rod
from personalize.synthesis.posture import UP
from personalize.synthesis.sitters import Sitter
from personalize.synthesis.vehicles import BICYCLE, bicycle, scooter

_TALL = 1.72  # a bicycle of scale 1 fits a rider of this height
_BOARD, _WHEEL = 0.13, 0.09  # height of a scooter's board, radius of its wheels
_HALF = 0.42  # half the length of a scooter
_BAR = 0.52  # from hips to a scooter's bar, to the front
_CRANK, _PER_TURN = 0.17, 4.5  # length of the cranks; distance ridden in one turn of them
_SADDLE_TO_HIPS = 0.09


@dataclass(frozen=True, eq=False)
class Ride:
    """The places of a rider's hands and feet, and of the ground.

    Attributes
    ----------
    held : Held
    ground : float
        Height of the ground, relative to the middle of the hips.
    """

    held: Held
    ground: float


def ride_scooter(body: Body, shape: Shape, stature: float, gone: float) -> Ride:
    """Place a rider on the board of a scooter, the left foot in front of the right.

    Parameters
    ----------
    body : Body
    shape : Shape
    stature, gone : float
        As for `ride_bicycle`; a scooter depends on neither.

    Returns
    -------
    Ride
    """
    upper, fore, thigh, shin = limb_lengths(body, shape, "left")
    sole = 0.97 * (thigh + shin)  # from hips to ankles, with the knees slightly bent
    ankles = {"left": np.array([0.03, -sole, 0.12]), "right": np.array([-0.03, -sole, -0.16])}
    reach = min(_BAR, 0.8 * (upper + fore))
    wrists = {side: np.array([0.2 * way, 0.1, reach - 0.07]) for side, way in _WAYS}
    return Ride(Held(wrists, ankles, np.radians(9)), -sole - _ankle(body, shape) - _BOARD)


def ride_bicycle(body: Body, shape: Shape, stature: float, gone: float) -> Ride:
    """Place a rider in the saddle of a bicycle, with the feet on the pedals.

    Parameters
    ----------
    body : Body
    shape : Shape
    stature : float
        In metres; scales the bicycle.
    gone : float
        Metres ridden so far, which turn the pedals.

    Returns
    -------
    Ride
    """
    scale = stature / _TALL
    foot = _bicycle_foot(scale)
    hub = foot + scale * np.array([0.0, BICYCLE["pedals"][1], BICYCLE["pedals"][0]])
    bar = foot + scale * np.array([0.0, BICYCLE["bar"][1], BICYCLE["bar"][0]])
    ankles = {}
    for side, way in _WAYS:
        pedal = hub + (0.1 * way, 0.0, 0.0) + _crank(gone, scale, way)
        ankles[side] = pedal + scale * np.array([0.0, 0.1, -0.1])
    wrists = {side: bar + (0.2 * way, 0.03, -0.07) for side, way in _WAYS}
    return Ride(Held(wrists, ankles, np.radians(28)), foot[1])


RIDES = {"scooter": ride_scooter, "bicycle": ride_bicycle}
"""Name of a vehicle -> the function that places its rider."""


def vehicle(name: str, sitter: Sitter, ground: float, mark: Mark, stature: float) -> list[Piece]:
    """Build the vehicle of a rider, in the sitter's axes.

    Parameters
    ----------
    name : str
        Of `RIDES`.
    sitter : Sitter
    ground : float
        Height of the ground of their `Ride`, in the sitter's axes.
    mark : Mark
    stature : float
    """
    at = dict(zip(parts.JOINTS, sitter.joints))
    hips = (at["right_hip"] + at["left_hip"]) / 2
    front = np.array([np.sin(mark.heading), 0.0, np.cos(mark.heading)])
    flat = hips * (1, 0, 1)
    if name == "scooter":
        foot = flat + ground * UP
        bar = (at["right_wrist"] + at["left_wrist"]) / 2
        ahead = (bar - hips) @ front + 0.07 + 0.12
        middle = foot + (ahead - _HALF) * front
        high = bar[1] - ground - _WHEEL + 0.02
        return scooter(middle, front, _WHEEL, _HALF, high)
    scale = stature / _TALL
    foot = flat + ground * UP + _bicycle_foot(scale)[2] * front
    pieces = bicycle(foot, front, 0.33 * scale, scale)
    across = np.cross(UP, front)
    hub = foot + scale * (BICYCLE["pedals"][0] * front + BICYCLE["pedals"][1] * UP)
    for way in (-1.0, 1.0):
        crank = _crank(mark.gone, scale, way)
        end = hub + 0.07 * way * across + crank[1] * UP + crank[2] * front
        pieces.append(rod(hub + 0.07 * way * across, end, 0.01, 1))
        pieces.append(rod(end, end + 0.09 * way * across, 0.013, 1))
    return pieces


def round_ball(middle: Sequence[float], radius: float) -> Piece:
    """Build a ball."""
    return *mesh_of(ball(np.array(middle), radius, sides=20), closed=True), 0


_WAYS = (("right", -1.0), ("left", 1.0))


def _bicycle_foot(scale):
    """The middle of a bicycle on the ground, relative to the hips."""
    x, y = BICYCLE["saddle"]
    return -np.array([0.0, scale * y + _SADDLE_TO_HIPS, scale * x])


def _crank(gone, scale, way):
    """From hub to pedal: left, up, front."""
    angle = 2 * np.pi * gone / _PER_TURN + (np.pi if way > 0 else 0.0)
    return scale * _CRANK * np.array([0.0, np.cos(angle), np.sin(angle)])


def _ankle(body, shape):
    """Height of the ankles above the sole, at rest."""
    ankle = shape.heads[body.skeleton.index("foot", "left")]
    return float(ankle[1] - shape.vertices[:, 1].min())
