"""Invented streets, built of boxes: pavement, a row of houses, trees, lamps, parked cars."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis.rooms import Room, Thing, box, build_room, muted

_FALLOFF, _NEAR = 2.2, 0.6  # of the lamp in `rooms.shade`; the sun is a far and strong lamp
_SUN = 60.0  # distance of the sun, metres
_WIDE = 30.0  # ground to either side, metres


def draw_street(
    random: np.random.Generator,
    depth: float,
    half: float,
    more: Sequence[Thing] = (),
    free: float = 0.0,
) -> Room:
    """Draw a street seen from its middle, as a `rooms.Room` whose lamp is the sun.

    Parameters
    ----------
    random : numpy.random.Generator
    depth, half : float
        Distance of the houses, and half the width that is kept free; metres.
    more : list of Thing
        Further boxes.
    free : float
        Half the width of the back wall that is kept free, metres.

    Returns
    -------
    Room
    """
    ground = np.clip(random.uniform(0.25, 0.5) + random.normal(0, 0.03, 3), 0.1, 0.7)
    things = [box((0, -0.05, -depth / 2), (_WIDE, 0.05, depth + _WIDE), ground, 0.25)]
    things += _kerb(depth, ground)
    things += _houses(random, depth)
    for side in (-1.0, 1.0):
        things += _side(random, side * (half + 2.5), depth)
    for _ in range(random.integers(3, 7)):
        x = random.choice([-1.0, 1.0]) * random.uniform(0.3, 1.0) * (half + 2.0)
        piece = _ALONG[random.integers(len(_ALONG))]
        x += np.sign(x) * free
        things += piece(random, x, -depth + random.uniform(0.5, 0.9))
    street = build_room([*things, *more], depth, half, random)
    return _sunlit(street, random)


def _sunlit(street, random):
    """The street with the sun behind the camera or beside it, and the light of the sky."""
    towards = np.array([random.uniform(-1.2, 1.2), random.uniform(0.7, 1.6), random.uniform(0, 1)])
    place = _SUN * towards / np.linalg.norm(towards)
    strength = random.uniform(0.35, 0.8) * (_NEAR + _SUN) / _FALLOFF
    sky = random.uniform(0.4, 0.6) * np.array([0.95, 1.0, 1.08])
    colour = strength * np.array([1.06, 1.0, 0.9])
    return replace(street, lamp=place, lamp_colour=colour, ambient=sky)


def _kerb(depth, ground):
    pavement = -depth + 1.0
    return [
        box((0, 0.0, pavement), (_WIDE, 0.012, 0.06), ground * 1.3, 0.1),
        box((0, 0.0, -depth + 0.2), (_WIDE, 0.008, 0.8), ground * 1.15, 0.2),
    ]


def _houses(random, depth):
    """Fronts with windows and doors along the back."""
    things, x = [], -_WIDE
    while x < _WIDE:
        width, tall = random.uniform(4.0, 9.0), random.uniform(5.0, 11.0)
        wall = np.clip(muted(random) * 0.6 + 0.25, 0, 0.95)
        middle = x + width / 2
        things.append(box((middle, tall / 2, -depth - 1.0), (width / 2, tall / 2, 1.0), wall, 0.08))
        things += _openings(random, middle, width, tall, -depth)
        x += width
    return things


def _openings(random, middle, width, tall, back):
    things, glass = [], np.array([0.12, 0.15, 0.2]) * random.uniform(0.6, 2.0)
    trim, wide = random.uniform(0.3, 0.9), random.uniform(0.4, 0.6)
    for x in np.arange(middle - width / 2 + 0.9, middle + width / 2 - 0.7, 3.2 * wide):
        for y in np.arange(1.6, tall - 0.8, 2.6):
            if y < 2 and random.random() < 0.25:
                door = muted(random) * 0.7
                things.append(box((x, 1.05, back), (0.5, 1.05, 0.03), door, 0.15))
                continue
            things.append(box((x, y, back), (wide, 0.75, 0.02), [trim] * 3, 0.05))
            things.append(box((x, y, back), (wide - 0.07, 0.68, 0.03), glass, 0.5))
    return things


def _side(random, x, depth):
    """A wall along one side of the street."""
    tall = random.uniform(2.0, 8.0)
    wall = np.clip(muted(random) * 0.6 + 0.2, 0, 0.9)
    return [box((x, tall / 2, -depth / 2), (0.2, tall / 2, depth / 2 + 8.0), wall, 0.12)]


def _tree(random, x, z):
    bark = np.array([0.3, 0.22, 0.15]) * random.uniform(0.6, 1.3)
    tall = random.uniform(1.8, 2.8)
    things = [box((x, tall / 2, z), (0.1, tall / 2, 0.1), bark, 0.4)]
    green = np.array([0.2, 0.36, 0.12]) * random.uniform(0.6, 1.3)
    for _ in range(120):
        turned = Rotation.from_rotvec(random.normal(0, 1.5, 3))
        place = np.array([x, tall + 0.7, z]) + random.normal(0, (0.5, 0.45, 0.4))
        half = random.uniform(0.06, 0.16, 3)
        things.append(box(place, half, green * random.uniform(0.5, 1.5), 0.3, turned))
    return things


def _lamp(random, x, z):
    grey = [random.uniform(0.1, 0.5)] * 3
    return [
        box((x, 1.9, z), (0.05, 1.9, 0.05), grey, 0.1),
        box((x, 3.8, z + 0.3), (0.07, 0.04, 0.35), grey, 0.1),
    ]


def _car(random, x, z):
    paint = muted(random)
    things = [
        box((x, 0.55, z + 0.3), (2.0, 0.27, 0.8), paint, 0.03),
        box((x + 0.1, 1.05, z + 0.3), (1.2, 0.26, 0.7), (0.1, 0.12, 0.15), 0.2),
        box((x + 0.1, 1.33, z + 0.3), (1.1, 0.03, 0.68), paint, 0.03),
    ]
    for aside in (-1.3, 1.3):
        things.append(box((x + aside, 0.3, z + 0.95), (0.3, 0.3, 0.12), (0.05, 0.05, 0.05), 0.1))
    return things


def _bin(random, x, z):
    colour = muted(random) * 0.8
    return [
        box((x, 0.5, z), (0.28, 0.5, 0.28), colour, 0.1),
        box((x, 1.03, z), (0.31, 0.04, 0.31), colour * 0.7, 0.1),
    ]


_ALONG = (_tree, _lamp, _car, _bin)  # what stands along the houses
