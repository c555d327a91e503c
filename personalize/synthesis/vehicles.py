"""Scooters and bicycles, built of rods, rings and boxes; metres."""

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis.pieces import Piece, boxes, ring, rod
from personalize.synthesis.posture import UP
from personalize.types import Floats

BICYCLE = {
    "pedals": (-0.08, 0.28),
    "saddle": (-0.25, 0.9),
    "seat tube": (-0.22, 0.72),
    "head": (0.34, 0.75),
    "bar": (0.32, 0.98),
}
"""Points of a bicycle: metres to the front and up."""
_AXLE = 0.53  # from its middle to the axles, metres


def scooter(foot: Floats, way: Floats, wheel: float, long: float, high: float) -> list[Piece]:
    """Build a scooter.

    Parameters
    ----------
    foot, way : (3,) float array
        Middle on the ground, and unit direction to the front.
    wheel, long, high : float
        Radius of the wheels, half the length, height of the bar above the axles; metres.
    """
    across = np.cross(UP, way)
    nose = foot + long * way + wheel * UP
    tail = foot - long * way + wheel * UP
    bar = nose + high * UP - 0.12 * way
    return [
        boxes(
            [
                (
                    (nose + tail) / 2 + 0.02 * UP,
                    (0.06, 0.015, long - wheel),
                    Rotation.from_euler("y", np.arctan2(way[0], way[2])),
                )
            ]
        ),
        rod(nose, bar, 0.017),
        rod(bar - 0.23 * across, bar + 0.23 * across, 0.014, 1),
        ring(nose, across, 0.75 * wheel, 0.25 * wheel, 2),
        ring(tail, across, 0.75 * wheel, 0.25 * wheel, 2),
    ]


def bicycle(foot: Floats, way: Floats, wheel: float, scale: float = 1.0) -> list[Piece]:
    """Build a bicycle.

    Parameters
    ----------
    foot, way : (3,) float array
        Middle on the ground, and unit direction to the front.
    wheel : float
        Radius of the wheels, metres.
    scale : float
        Scale of all but the wheels and the thickness of tubes.
    """
    across = np.cross(UP, way)
    at = {name: foot + scale * (x * way + y * UP) for name, (x, y) in BICYCLE.items()}
    at["front"] = foot + scale * _AXLE * way + wheel * UP
    at["rear"] = foot - scale * _AXLE * way + wheel * UP
    tubes = [
        ("rear", "pedals"),
        ("pedals", "saddle"),
        ("seat tube", "head"),
        ("pedals", "head"),
        ("rear", "seat tube"),
        ("front", "bar"),
    ]
    pieces = [rod(at[a], at[b], 0.014) for a, b in tubes]
    pieces.append(rod(at["bar"] - 0.25 * across, at["bar"] + 0.25 * across, 0.013, 1))
    pieces.append(
        boxes(
            [
                (
                    at["saddle"],
                    (0.06, 0.03, 0.12),
                    Rotation.from_euler("y", np.arctan2(way[0], way[2])),
                )
            ],
            1,
        )
    )
    for hub in (at["front"], at["rear"]):
        pieces.append(ring(hub, across, wheel, 0.018, 2))
        for angle in np.linspace(0, np.pi, 6)[:-1] + 0.2:
            spoke = wheel * (np.cos(angle) * way + np.sin(angle) * UP)
            pieces.append(rod(hub - spoke, hub + spoke, 0.003, 2))
    return pieces
