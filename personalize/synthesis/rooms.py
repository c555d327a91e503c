"""Invented rooms: walls, bookshelves, pictures, a window, furniture.

They are busy backgrounds where there are no photographs. The demo film shows one, too, since
no assets are needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.transform import Rotation

from personalize.synthesis.boxes import TRIANGLES, Box, join_boxes
from personalize.synthesis.raster import Scene
from personalize.types import Floats, Frame, Whole

Thing: TypeAlias = tuple[Box, Floats, float]
"""A box, its colour, and how strongly it is mottled."""

_EYE = 1.35  # height of the camera, metres
_OVERSAMPLED = 2


@dataclass(frozen=True, eq=False)
class Room:
    """A room seen from its open side: x right, y up, the camera looks along -z.

    Attributes
    ----------
    scene : Scene
    normals, colours : (F, 3) float arrays
        Of each triangle; RGB in [0, 1].
    grain : (F,) float array
        Contrast of the mottle on each triangle.
    lamp : (3,) float array
        Position of the lamp, metres.
    lamp_colour, ambient : (3,) float array
        RGB gains.
    """

    scene: Scene
    normals: Floats
    colours: Floats
    grain: Floats
    lamp: Floats
    lamp_colour: Floats
    ambient: Floats


def draw_room(random: np.random.Generator) -> Room:
    """Draw a room.

    Parameters
    ----------
    random : numpy.random.Generator

    Returns
    -------
    Room
    """
    depth, half = random.uniform(2.6, 4.0), random.uniform(1.8, 2.8)
    return build_room(furnish(random, depth, half), depth, half, random)


def furnish(random: np.random.Generator, depth: float, half: float) -> list[Thing]:
    """Draw the walls of a room, and the furniture along the back wall.

    Parameters
    ----------
    random : numpy.random.Generator
    depth, half : float
        Distance of the back wall, and half its width; metres.

    Returns
    -------
    list of Thing
    """
    palette = np.clip(random.uniform(0.15, 0.9) + random.normal(0, 0.07, (5, 3)), 0.05, 0.95)
    things = _walls(half, depth, palette)
    x = -half + random.uniform(0.1, 0.5)
    while x < half - 0.4:
        width = random.uniform(0.6, 1.3)
        piece = random.choice(np.array(_PIECES, object))
        things += piece(random, x + width / 2, -depth, min(width, half - x), palette)
        x += width + random.uniform(0.05, 0.4)
    return things


def build_room(
    things: Sequence[Thing], depth: float, half: float, random: np.random.Generator
) -> Room:
    """Build a room of boxes, with a lamp at its ceiling.

    Parameters
    ----------
    things : sequence of Thing
        From `box`.
    depth, half : float
        Depth, and half of the width, in metres.
    random : numpy.random.Generator
        Draws the place and the colour of the light.

    Returns
    -------
    Room
    """
    boxes, colours, grain = zip(*things)
    vertices, triangles = join_boxes(list(boxes))
    first, second, third = (vertices[triangles[:, k]] for k in range(3))
    normals = np.cross(second - first, third - first)
    warmth = random.uniform(-0.15, 0.25)
    return Room(
        scene=Scene(vertices, triangles),
        normals=normals / np.linalg.norm(normals, axis=1, keepdims=True),
        colours=np.repeat(np.clip(colours, 0, 1), len(TRIANGLES), axis=0),
        grain=np.repeat(grain, len(TRIANGLES)),
        lamp=np.array([random.uniform(-0.8, 0.8) * half, random.uniform(1.8, 2.4), -0.3 * depth]),
        lamp_colour=random.uniform(0.5, 0.9) * np.array([1 + warmth, 1.0, 1 - warmth]),
        ambient=random.uniform(0.25, 0.5) * np.array([1.0, 1.0, 1 + random.normal(0, 0.08)]),
    )


def look_at_room(
    room: Room, random: np.random.Generator, width: int, height: int, *, view: float = 62.0
) -> Frame:
    """Render a picture of a room.

    Parameters
    ----------
    room : Room
    random : numpy.random.Generator
        Draws the mottle of surfaces.
    width, height : int
        Of the picture, pixels.
    view : float
        Horizontal angle of view, degrees.

    Returns
    -------
    (height, width, 3) uint8 array
    """
    columns, rows = width * _OVERSAMPLED, height * _OVERSAMPLED
    focal = 0.5 * columns / np.tan(np.radians(view / 2))
    x, y = np.meshgrid(np.arange(columns) - columns / 2, rows / 2 - np.arange(rows))
    directions = np.stack([x, y, np.full(x.shape, -focal)], axis=-1).reshape(-1, 3) / focal
    eye = np.array([0.0, _EYE, 0.0])
    hits = room.scene.cast(eye, directions)
    hit = hits.triangle >= 0
    places = eye + np.where(hit, hits.depth, 1.0)[:, None] * directions
    surface, light, _ = shade(room, random, np.maximum(hits.triangle, 0), places, directions)
    colour = surface * (room.ambient + light[:, None] * room.lamp_colour)
    colour[~hit] = 0.02
    picture = np.clip(colour, 0, 1).reshape(rows, columns, 3).astype(np.float32)
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return np.rint(255 * small ** (1 / 1.3)).astype(np.uint8)


def shade(
    room: Room,
    random: np.random.Generator,
    triangle: Whole,
    places: Floats,
    directions: Floats,
) -> tuple[Floats, Floats, Floats]:
    """Return the colours and the light of points of a room.

    Parameters
    ----------
    room : Room
    random : numpy.random.Generator
        Draws the mottle of surfaces.
    triangle : (N,) int array
        Index of the triangle of each point.
    places, directions : (N, 3) float arrays
        The points, and the directions of the rays that hit them.

    Returns
    -------
    surface : (N, 3) float array
        RGB.
    light : (N,) float array
        From the lamp.
    normals : (N, 3) float array
        On the side from which the rays come.
    """
    normals = room.normals[triangle]
    normals = normals * np.where((normals * directions).sum(axis=1) > 0, -1, 1)[:, None]
    towards = room.lamp - places
    distance = np.linalg.norm(towards, axis=1)
    facing = np.maximum((normals * towards).sum(axis=1) / distance, 0)
    blocked = room.scene.blocked(places + 0.003 * normals, towards, reach=0.98)
    light = facing * (1 - 0.75 * blocked) * 2.2 / (0.6 + distance)
    waves = random.normal(0, (25, 9, 25), (5, 3))
    mottle = np.sin(places @ waves.T + random.uniform(0, 6.3, 5)).mean(axis=1)
    surface = room.colours[triangle] * (1 + room.grain[triangle] * mottle)[:, None]
    return surface, light, normals


def box(
    middle: ArrayLike,
    half: ArrayLike,
    colour: ArrayLike,
    grain: float = 0.1,
    turned: Rotation | None = None,
) -> Thing:
    """Return a box for `build_room`.

    Parameters
    ----------
    middle, half : (3,) array
        Its middle, and half of its sides, in metres.
    colour : (3,) array
        RGB, in [0, 1].
    grain : float
        Contrast of its mottle.
    turned : Rotation, optional
        About its middle.

    Returns
    -------
    Thing
    """
    return (np.array(middle, float), np.array(half, float), turned), np.asarray(colour), grain


def muted(random: np.random.Generator) -> Floats:
    """Draw a colour of an indoor thing, half way to grey: RGB in [0, 1]."""
    colour = random.uniform(0.05, 0.9, 3)
    return 0.55 * colour + 0.45 * colour.mean()


def _walls(half, depth, palette):
    wall, floor = palette[0], palette[1] * (0.7, 0.55, 0.45)
    return [
        box((0, 1.3, -depth - 0.05), (half + 0.1, 1.4, 0.05), wall, 0.05),
        box((-half - 0.05, 1.3, -depth / 2), (0.05, 1.4, depth), wall * 0.92, 0.05),
        box((half + 0.05, 1.3, -depth / 2), (0.05, 1.4, depth), wall * 0.92, 0.05),
        box((0, -0.05, -depth / 2), (half + 1, 0.05, depth + 1), floor, 0.3),
        box((0, 2.7, -depth / 2), (half + 1, 0.05, depth + 1), (0.85, 0.85, 0.82), 0.02),
    ]


def _shelf(random, x, back, width, palette):
    """Boards with books of all colours."""
    wood = palette[2] * (0.8, 0.6, 0.45)
    half, things = width / 2, []
    for level in np.arange(0.25, random.uniform(1.6, 2.3), random.uniform(0.3, 0.38)):
        things.append(box((x, level, back + 0.14), (half, 0.012, 0.14), wood, 0.25))
        place = x - half + 0.03
        while place < x + half - 0.05:
            thick, tall = random.uniform(0.012, 0.03), random.uniform(0.09, 0.14)
            if random.random() < 0.9:
                colour = muted(random) * random.uniform(0.4, 1.0)
                lean = Rotation.from_euler("z", random.normal(0, 0.04))
                middle = (place + thick, level + 0.012 + tall, back + 0.13)
                things.append(box(middle, (thick, tall, 0.09), colour, 0.15, lean))
            place += 2 * thick + random.exponential(0.006)
    for side in (-half, half):
        things.append(box((x + side, 1.1, back + 0.14), (0.012, 1.1, 0.14), wood, 0.25))
    return things


def _pictures(random, x, back, width, palette):
    things = []
    for _ in range(random.integers(1, 4)):
        half = random.uniform(0.12, 0.32), random.uniform(0.12, 0.32)
        y, aside = random.uniform(1.1, 2.0), x + random.uniform(-0.3, 0.3) * width
        things.append(box((aside, y, back + 0.012), (*half, 0.012), random.uniform(0, 0.5, 3)))
        for _ in range(random.integers(3, 12)):
            right, up = random.uniform(-0.6, 0.6, 2) * half
            place = aside + right, y + up
            spot = random.uniform(0.1, 0.35, 2) * half
            depth = 0.014 + random.uniform(0, 0.004)
            things.append(box((*place, back + 0.012), (*spot, depth), muted(random)))
    return things


def _window(random, x, back, width, palette):
    """Daylight behind bars, and curtains in folds."""
    half = 0.4 * width
    things = [box((x, 1.5, back), (half, 0.6, 0.01), (2.5, 2.6, 2.8), 0.2)]
    for aside in (-half, 0, half):
        things.append(box((x + aside, 1.5, back + 0.02), (0.02, 0.6, 0.02), (0.8, 0.8, 0.78)))
    cloth = muted(random)
    for side in (-1, 1):
        for fold in range(6):
            place = x + side * (half - 0.04 * fold), 1.35, back + 0.06 + 0.02 * (fold % 2)
            things.append(box(place, (0.018, 0.95, 0.012), cloth * random.uniform(0.75, 1.0)))
    return things


def _cabinet(random, x, back, width, palette):
    """A low cupboard with small things on it."""
    tall, wood = random.uniform(0.35, 0.55), palette[3]
    things = [box((x, tall, back + 0.25), (width / 2, tall, 0.22), wood, 0.2)]
    for _ in range(random.integers(3, 9)):
        half = random.uniform(0.02, 0.12, 3)
        place = x + random.uniform(-0.4, 0.4) * width, 2 * tall + half[1], back + 0.25
        turned = Rotation.from_euler("y", random.uniform(0, 3))
        things.append(box(place, half, muted(random), 0.2, turned))
    return things


def _plant(random, x, back, width, palette):
    things = [box((x, 0.2, back + 0.3), (0.14, 0.2, 0.14), random.uniform(0.2, 0.8, 3))]
    green = np.array([0.16, 0.36, 0.12]) * random.uniform(0.6, 1.3)
    for _ in range(random.integers(25, 60)):
        turned = Rotation.from_euler("yx", [random.uniform(0, 6.3), random.uniform(-0.9, 0.9)])
        place = np.array([x, 0.45, back + 0.3]) + turned.apply([0, random.uniform(0.1, 0.9), 0])
        half = random.uniform(0.02, 0.05), random.uniform(0.08, 0.2), 0.004
        things.append(box(place, half, green * random.uniform(0.6, 1.4), 0.2, turned))
    return things


_PIECES = [_shelf, _pictures, _window, _cabinet, _plant, _pictures]
