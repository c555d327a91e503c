"""Things near a person, built of pieces and balls; metres.

Each function takes a generator and a Place, and returns pieces in the world. They are built in
the person's axes, as in `pieces`.
"""

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis.head_shapes import ball, mesh_of
from personalize.synthesis.pieces import boxes, ring, rod
from personalize.synthesis.posture import UP, unit
from personalize.synthesis.vehicles import bicycle, scooter

_WIDE = 0.32  # from the middle of a person to a thing beside them


def _lean(random, spread):
    return unit(UP + random.normal(0, spread, 3))


def _pole(random, place):
    """A pole, held upright like a broom or a spear, or leant on."""
    way, above = _lean(random, 0.35), random.uniform(0.2, 1.3)
    below = min(random.uniform(0.3, 1.3), max(0.3, place.hand[1] - place.low[1]))
    return place.world(
        [rod(place.hand - below * way, place.hand + above * way, random.uniform(0.01, 0.026))]
    )


def _bat(random, place):
    """A bat, a racket, a club or a brush: a handle with a head."""
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
        pieces.append(boxes([(end + half[1] * way, half, turned)], 1))
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
    """An upright post beside the person, who touches it with a shoulder, or before or behind."""
    radius = random.uniform(0.02, 0.09)
    x = place.side * random.uniform(0.15, _WIDE + radius)
    z = random.choice([place.back - radius, place.front + radius, 0.0], p=[0.4, 0.2, 0.4])
    foot = np.array([x, place.low[1], z])
    return place.world([rod(foot, foot + random.uniform(1.5, 3.5) * _lean(random, 0.03), radius)])


def _chair(random, place):
    """A chair: a back of rails or of one board behind the person, and a seat if they sit."""
    half, top = random.uniform(0.19, 0.27), place.shoulders * random.uniform(0.45, 1.15)
    z, seat, low = place.back - 0.025, -random.uniform(0.1, 0.16), place.low[1]
    pieces = [boxes([_upright(x, z, low, top) for x in (-half, half)])]
    if random.random() < 0.5:
        board = (top + seat + 0.2) / 2, (top - seat - 0.2) / 2
        pieces.append(boxes([((0, board[0], z), (half, abs(board[1]), 0.012), None)]))
    else:
        levels = np.linspace(seat + 0.2, top - 0.03, random.integers(2, 5))
        pieces.append(boxes([((0, y, z), (half, 0.025, 0.012), None) for y in levels]))
    if low > -0.75:  # the hips are low: the person sits, so there is a seat
        deep = random.uniform(0.2, 0.24)
        pieces.append(boxes([_upright(x, z + 2 * deep, low, seat) for x in (-half, half)]))
        pieces.append(boxes([((0, seat, z + deep), (half + 0.01, 0.02, deep), None)], 1))
    return place.world(pieces)


def _upright(x, z, low, top, half=0.017):
    return (x, (low + top) / 2, z), (half, max(0.05, (top - low) / 2), half), None


def _table(random, place):
    """A table: a board at the height of the belly, with things on it."""
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
    return place.world([boxes(boards), boxes(cups, 1)])


def _standing(random, place):
    """Middle on the ground of a vehicle beside or in front of a person, and its direction."""
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


def _bicycle(random, place):
    """Two wheels with spokes, a frame of tubes, saddle and bar."""
    foot, way = _standing(random, place)
    return place.world(bicycle(foot, way, random.uniform(0.28, 0.35)))


def _net(random, place):
    """A net or a railing of thin cords, close to the person, in front or behind."""
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
"""Name of a thing -> the function that builds it, and its relative frequency."""
