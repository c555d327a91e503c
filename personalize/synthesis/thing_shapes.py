"""How things about a person are built: of boxes, rods, rings and balls; metres.

Every maker returns a list of (vertices, triangles, number of a colour) in the world. Within,
the axes are the person's, from the middle of the hips: x to the left, y up, z to the front.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis.boxes import join_boxes
from personalize.synthesis.head_shapes import ball, mesh_of, tube
from personalize.synthesis.posture import UP, unit
from personalize.types import Floats, Whole

Piece: TypeAlias = tuple[Floats, Whole, int]
"""Vertices (V, 3) in metres, triangles (F, 3), and the number of the colour."""

_WIDE = 0.32  # from the middle of a person to what stands beside


@dataclass(frozen=True, eq=False)
class Place:
    """A person as far as things are concerned.

    Attributes
    ----------
    axes : (3, 3) float array
        Columns: the person's left, up, front, in the world.
    hips : (3,) float array
        In the world.
    hand, fore : (3,) float array
        Middle of the hand that holds, and direction of its forearm, in the person's axes.
    side : float
        1 for the left hand, -1 for the right.
    low : (3,) float array
        Lowest coordinates of the person: low[1] is the ground.
    front, back, shoulders : float
        Where the belly is, the back, and how high the shoulders are.
    """

    axes: Floats
    hips: Floats
    hand: Floats
    fore: Floats
    side: float
    low: Floats
    front: float
    back: float
    shoulders: float

    def world(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Meshes of the person's axes in the world."""
        return [
            (self.hips + vertices @ self.axes.T, triangles, colour)
            for vertices, triangles, colour in pieces
        ]


def rod(start: Floats, end: Floats, radius: float, colour: int = 0) -> Piece:
    """Return a straight tube between two points.

    Parameters
    ----------
    start, end : (3,) float array
        Metres.
    radius : float
        Metres.
    colour : int
        Number of its colour.

    Returns
    -------
    vertices : (V, 3) float array
    triangles : (F, 3) int array
    colour : int
    """
    path = np.linspace(start, end, 3)
    return *mesh_of(tube(path, np.full(3, radius), sides=8), closed=True), colour


def ring(centre: Floats, normal: Floats, size: float, radius: float, colour: int = 0) -> Piece:
    """Return a ring about a centre, across a direction.

    Parameters
    ----------
    centre : (3,) float array
        Metres.
    normal : (3,) float array
        What the ring is across of; of any length.
    size, radius : float
        Of the ring, and of its tube; metres.
    colour : int
        Number of its colour.

    Returns
    -------
    vertices : (V, 3) float array
    triangles : (F, 3) int array
    colour : int
    """
    first = unit(np.cross(normal, UP if abs(unit(normal)[1]) < 0.9 else (1.0, 0, 0)))
    angle = np.linspace(0, 2 * np.pi, 25)[:, None]
    path = centre + size * (np.cos(angle) * first + np.sin(angle) * np.cross(unit(normal), first))
    return *mesh_of(tube(path, np.full(25, radius), sides=6), closed=True), colour


def _boxes(boxes, colour=0):
    return *join_boxes(boxes), colour


def _lean(random, spread):
    return unit(UP + random.normal(0, spread, 3))


def _pole(random, place):
    """Held upright like a broom or a spear, or leant on."""
    way, above = _lean(random, 0.35), random.uniform(0.2, 1.3)
    below = min(random.uniform(0.3, 1.3), max(0.3, place.hand[1] - place.low[1]))
    return place.world(
        [rod(place.hand - below * way, place.hand + above * way, random.uniform(0.01, 0.026))]
    )


def _bat(random, place):
    """A bat, a racket, a club or a brush: a handle with something at its end."""
    across = unit(np.cross(place.fore, random.normal(0, 1, 3)))
    way, long = unit(across + 0.5 * place.fore), random.uniform(0.15, 0.75)
    end = place.hand + long * way
    pieces = [rod(place.hand - 0.08 * way, end, random.uniform(0.009, 0.018))]
    if random.random() < 0.4:  # a racket
        size = random.uniform(0.09, 0.15)
        pieces.append(ring(end + size * way, np.cross(way, UP + 0.01), size, 0.009, 1))
    else:
        half = random.uniform((0.02, 0.05, 0.01), (0.05, 0.16, 0.04))
        turned = Rotation.align_vectors([way], [UP])[0]
        pieces.append(_boxes([(end + half[1] * way, half, turned)], 1))
    return place.world(pieces)


def _ball(random, place):
    radius = random.choice([0.04, 0.11, 0.13]) * random.uniform(0.85, 1.3)
    beside = (place.hand[1] > place.shoulders) * np.array(
        [1.2 * place.side, 0.8, 0.0]
    )  # not the face
    way = unit(place.fore + random.normal(0, 0.4, 3) + beside)
    vertices, triangles = mesh_of(
        ball(place.hand + (radius + 0.015) * way, radius, sides=20), closed=True
    )
    return place.world([(vertices, triangles, 0)])


def _post(random, place):
    """Upright beside the person, whose shoulder touches it, or before or behind."""
    radius = random.uniform(0.02, 0.09)
    x = place.side * random.uniform(0.15, _WIDE + radius)
    z = random.choice([place.back - radius, place.front + radius, 0.0], p=[0.4, 0.2, 0.4])
    foot = np.array([x, place.low[1], z])
    return place.world([rod(foot, foot + random.uniform(1.5, 3.5) * _lean(random, 0.03), radius)])


def _chair(random, place):
    """A back of rails or of one board behind the person; a seat, where somebody sits on it."""
    half, top = random.uniform(0.19, 0.27), place.shoulders * random.uniform(0.45, 1.15)
    z, seat, low = place.back - 0.025, -random.uniform(0.1, 0.16), place.low[1]
    pieces = [_boxes([_upright(x, z, low, top) for x in (-half, half)])]
    if random.random() < 0.5:
        board = (top + seat + 0.2) / 2, (top - seat - 0.2) / 2
        pieces.append(_boxes([((0, board[0], z), (half, abs(board[1]), 0.012), None)]))
    else:
        levels = np.linspace(seat + 0.2, top - 0.03, random.integers(2, 5))
        pieces.append(_boxes([((0, y, z), (half, 0.025, 0.012), None) for y in levels]))
    if low > -0.75:  # who stands only stands before the chair's back
        deep = random.uniform(0.2, 0.24)
        pieces.append(_boxes([_upright(x, z + 2 * deep, low, seat) for x in (-half, half)]))
        pieces.append(_boxes([((0, seat, z + deep), (half + 0.01, 0.02, deep), None)], 1))
    return place.world(pieces)


def _upright(x, z, low, top, half=0.017):
    return (x, (low + top) / 2, z), (half, max(0.05, (top - low) / 2), half), None


def _table(random, place):
    """A board at the belly, with what stands on it."""
    top, deep = random.uniform(0.0, 0.25), random.uniform(0.2, 0.4)
    wide, z = random.uniform(0.4, 0.9), place.front + random.uniform(-0.06, 0.05)
    x = random.normal(0, 0.15)
    boards = [((x, top, z + deep), (wide, 0.018, deep), None)]
    boards += [
        _upright(x + s * (wide - 0.05), z + d, place.low[1], top, half=0.025)
        for s in (-1, 1)
        for d in (0.05, 2 * deep - 0.05)
    ]
    cups = [
        (
            (x + random.uniform(-wide, wide), top + h, z + random.uniform(0.03, deep)),
            (random.uniform(0.02, 0.1), h, 0.03),
            None,
        )
        for h in random.uniform(0.03, 0.15, random.integers(1, 4))
    ]
    return place.world([_boxes(boards), _boxes(cups, 1)])


def _standing(random, place):
    """Middle on the ground of a vehicle beside or before a person, and the way it points."""
    if random.random() < 0.6:
        foot = np.array(
            [place.side * random.uniform(0.22, 0.4), place.low[1], random.normal(0.1, 0.1)]
        )
        return foot, unit(np.array([random.normal(0, 0.2), 0, 1.0]))
    z = random.choice([place.front + 0.08, place.back - 0.08])
    return np.array([random.normal(0, 0.2), place.low[1], z]), unit(
        np.array([1.0, 0, random.normal(0, 0.2)])
    )


def _scooter(random, place):
    """Board, two small wheels, a steering rod with a bar at about the height of the hand."""
    foot, way = _standing(random, place)
    wheel, long = random.uniform(0.05, 0.11), random.uniform(0.3, 0.45)
    high = np.clip(place.hand[1] - place.low[1], 0.75, 1.15)
    return place.world(scooter(foot, way, wheel, long, high))


def scooter(foot: Floats, way: Floats, wheel: float, long: float, high: float) -> list[Piece]:
    """Meshes of a scooter.

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
        _boxes(
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


def _bicycle(random, place):
    """Two wheels with spokes, a frame of tubes, saddle and bar."""
    foot, way = _standing(random, place)
    return place.world(bicycle(foot, way, random.uniform(0.28, 0.35)))


BICYCLE = {
    "pedals": (-0.08, 0.28),
    "saddle": (-0.25, 0.9),
    "seat tube": (-0.22, 0.72),
    "head": (0.34, 0.75),
    "bar": (0.32, 0.98),
}
"""Points of a bicycle: metres to the front and up."""
_AXLE = 0.53  # from its middle to the axles, metres


def bicycle(foot: Floats, way: Floats, wheel: float, scale: float = 1.0) -> list[Piece]:
    """Meshes of a bicycle.

    Parameters
    ----------
    foot, way : (3,) float array
        Middle on the ground, and unit direction to the front.
    wheel : float
        Radius of the wheels, metres.
    scale : float
        Of everything but the wheels and the thickness of tubes.
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
        _boxes(
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


def _net(random, place):
    """A net or a railing of thin cords, close before or behind the person."""
    z = random.choice([place.front + 0.06, place.back - 0.06], p=[0.35, 0.65])
    mesh, thick = random.uniform(0.06, 0.14), random.uniform(0.0025, 0.006)
    wide, top = random.uniform(0.7, 1.3), random.uniform(0.1, 0.9) * (1 if z > 0 else 1.5)
    low = place.low[1]
    pieces = [
        rod(np.array([x, low, z]), np.array([x, top, z]), thick)
        for x in np.arange(-wide, wide, mesh)
    ]
    pieces += [
        rod(np.array([-wide, y, z]), np.array([wide, y, z]), thick)
        for y in np.arange(low, top, mesh)
    ]
    edge = rod(np.array([-wide, top, z]), np.array([wide, top, z]), 0.02, 1)
    return place.world([*pieces, edge])


MAKERS = {
    "pole": (_pole, 2.0),
    "bat": (_bat, 2.5),
    "ball": (_ball, 1.5),
    "post": (_post, 1.5),
    "chair": (_chair, 2.5),
    "table": (_table, 1.5),
    "scooter": (_scooter, 1.0),
    "bicycle": (_bicycle, 1.0),
    "net": (_net, 1.0),
}
"""Name of a thing -> what builds it, and how often it is drawn relative to the others."""
