"""Places where films are shot: a room or street, paintings on its wall, light and shadow."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from personalize.synthesis.actors import Placed
from personalize.synthesis.boxes import join_boxes
from personalize.synthesis.camera import Camera
from personalize.synthesis.people import Studio
from personalize.synthesis.posture import UP, unit
from personalize.synthesis.raster import Scene
from personalize.synthesis.rooms import Room, box, build_room, furnish, muted, shade
from personalize.synthesis.shading import Light
from personalize.synthesis.streets import draw_street
from personalize.types import Floats, Mask, Whole

GAMMA = 1 / 1.3  # of all pictures of films
_WALLS = 5  # the first things of a room are its walls
_SHADOW = 0.75  # share of the lamp's light that is lost in a shadow
_NEAR_FEET, _UNDER_FEET = 0.3, 0.4  # the ground near a person is darker: metres, and how much
_REACH = 6.0  # metres around a person where a shadow may fall
_LIFT = 0.004
_SMOOTH = 640  # pixels of width up to which places are seen by four rays a pixel


@dataclass(frozen=True, eq=False)
class Painting:
    """A painting of people that hangs on the back wall.

    Attributes
    ----------
    picture : (h, w, 3) float array
        RGB in [0, 1].
    people : (h, w) bool array
        Where people are painted.
    middle : (3,) float array
    half : (2,) float array
        Half the width and height, metres.
    """

    picture: Floats
    people: Mask
    middle: Floats
    half: Floats

    def meet(self, eye: Floats, directions: Floats) -> tuple[Floats, Whole, Whole]:
        """Return ray parameters (N,), infinite where rays miss, and rows and columns hit (N,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = (self.middle[2] - eye[2]) / directions[:, 2]
            aside = eye[:2] + depth[:, None] * directions[:, :2] - self.middle[:2]
            inside = (np.abs(aside) <= self.half).all(axis=1) & (depth > 0)
        share = np.where(inside[:, None], aside / self.half, 0.0)
        height, width = self.people.shape
        columns = np.clip((0.5 + 0.5 * share[:, 0]) * width, 0, width - 1).astype(int)
        rows = np.clip((0.5 - 0.5 * share[:, 1]) * height, 0, height - 1).astype(int)
        return np.where(inside, depth, np.inf), rows, columns


@dataclass(frozen=True, eq=False)
class Place:
    """The place of a shot.

    Attributes
    ----------
    room : Room
    sky : (3,) float array
        RGB of the sky.
    painting : Painting or None
    before : (vertices, triangles) or None
        Objects that may hide people.
    seed : int
        Seed of the mottled surfaces.
    """

    room: Room
    sky: Floats
    painting: Painting | None
    before: tuple[Floats, Whole] | None
    seed: int

    def light_on(self, point: Floats) -> Light:
        """Return the light on a person at a point."""
        towards = self.room.lamp - point
        distance = np.linalg.norm(towards)
        return Light(
            key=unit(towards),
            fill=unit(np.array([0.0, 0.3, 1.0])),
            key_colour=self.room.lamp_colour * 2.2 / (0.6 + distance),
            fill_colour=0.12 * self.room.ambient,
            ambient=self.room.ambient,
            shadow=_SHADOW,
            gamma=GAMMA,
        )

    def hides(self, offset: Floats) -> Scene | None:
        """Return the objects that may hide people, in axes moved by an offset; None without any."""
        if self.before is None:
            return None
        vertices, triangles = self.before
        return Scene(vertices - offset, triangles)


@dataclass(frozen=True, eq=False)
class Backdrop:
    """A place as a camera sees it, without people; N rays.

    Attributes
    ----------
    surface : (N, 3) float array
    light : (N,) float array
        Of the lamp.
    places, normals : (N, 3) float arrays
    hit : (N,) bool array
        False in the sky.
    painted : (H, W) bool array
        Painted people.
    rays : int
        Rays along each side of a pixel.
    """

    surface: Floats
    light: Floats
    places: Floats
    normals: Floats
    hit: Mask
    painted: Mask
    rays: int


def draw_place(
    random: np.random.Generator,
    depth: float,
    half: float,
    *,
    outdoors: bool,
    painting: Painting | None = None,
    pillar: tuple[float, float, float] | None = None,
) -> Place:
    """Draw a place with enough free space for the actors.

    Parameters
    ----------
    random : numpy.random.Generator
    depth, half : float
        Distance of the back wall, and half the width that is kept free; metres.
    outdoors : bool
    painting : Painting or None
        Hung on the back wall, with nothing in front of it.
    pillar : (float, float, float) or None
        x and z of its middle, and half its width.

    Returns
    -------
    Place
    """
    seed, blocks = int(random.integers(1 << 30)), []
    if pillar is not None:
        x, z, wide = pillar
        blocks = [box((x, 1.35, z), (wide, 1.35, 0.15), np.clip(muted(random), 0.1, 0.8), 0.15)]
    if outdoors:
        free = painting.half[0] + 1.5 if painting is not None else 0.0
        room = draw_street(random, depth, half, blocks, free)
        sky = np.array([0.75, 0.85, 1.0])
    else:
        things = furnish(random, depth, half)
        if painting is not None:
            free = painting.half[0] + 0.35
            aside = [thing for thing in things[_WALLS:] if abs(thing[0][0][0]) > free]
            things = things[:_WALLS] + aside
        room, sky = build_room(things + blocks, depth, half, random), np.full(3, 0.02)
    before = join_boxes([shape for shape, _, _ in blocks]) if blocks else None
    if painting is not None:
        middle = painting.middle.copy()
        middle[2] = -depth + 0.06
        painting = Painting(painting.picture, painting.people, middle, painting.half)
    return Place(room, sky, painting, before, seed)


def paint_people(
    studio: Studio, random: np.random.Generator, count: int, *, outdoors: bool
) -> Painting:
    """Render a painting of people; outdoors it is a large one on the wall itself.

    Parameters
    ----------
    studio : Studio
    random : numpy.random.Generator
    count : int
    outdoors : bool

    Returns
    -------
    Painting
        Not yet placed on a wall.
    """
    size = studio.settings.size
    step = int(0.7 * size)
    canvas = np.empty((size, size + (count - 1) * step, 3))
    canvas[:] = np.clip(muted(random) * 0.7 + 0.2, 0, 1)
    canvas *= np.linspace(0.8, 1.15, size)[:, None, None]
    people = np.zeros(canvas.shape[:2], bool)
    for k in range(count):
        drawn = studio.render(int(random.integers(1 << 30)))
        columns = slice(k * step, k * step + size)
        cover = drawn.colour[..., 3:] / 255.0
        canvas[:, columns] = canvas[:, columns] * (1 - cover) + cover * drawn.colour[..., :3] / 255
        people[:, columns] |= drawn.parts > 0
    tones = random.choice([6, 10, 255])
    canvas = np.round(np.clip(canvas, 0, 1) * tones) / tones
    height = random.uniform(0.9, 1.25) if outdoors else random.uniform(0.5, 0.8)
    half = height * np.array([canvas.shape[1] / size, 1.0])
    middle = np.array([0.0, height + random.uniform(0.15, 0.4) if outdoors else 1.4, 0.0])
    return Painting(cv2.GaussianBlur(canvas, (0, 0), 1.0), people, middle, half)


def look_at_place(place: Place, camera: Camera) -> Backdrop:
    """Return a place without people, as a camera sees it."""
    rays = 2 if camera.width <= _SMOOTH else 1
    columns = (np.arange(camera.width * rays) + 0.5) / rays - 0.5
    rows = (np.arange(camera.height * rays) + 0.5) / rays - 0.5
    grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    directions = camera.rays(grid)
    met = place.room.scene.cast(camera.place, directions)
    hit = met.triangle >= 0
    reached = np.where(hit, met.depth, 1.0)[:, None]
    places = (camera.place + reached * directions).astype(np.float32)
    random = np.random.default_rng(place.seed)  # the same surfaces in every frame
    surface, light, normals = shade(
        place.room, random, np.maximum(met.triangle, 0), places, directions
    )
    painted = np.zeros(len(grid), bool)
    if place.painting is not None:
        depth, row, column = place.painting.meet(camera.place, directions)
        shown = depth < met.depth
        surface[shown] = place.painting.picture[row[shown], column[shown]]
        painted[shown] = place.painting.people[row[shown], column[shown]]
    small = painted.reshape(camera.height, rays, camera.width, rays).mean(axis=(1, 3)) >= 0.5
    return Backdrop(surface, light, places, normals, hit, small, rays)


def develop(
    backdrop: Backdrop, place: Place, people: Sequence[Placed], width: int, height: int
) -> Floats:
    """Render the picture of a place with the shadows of people.

    Parameters
    ----------
    backdrop : Backdrop
    place : Place
    people : list of Placed
    width, height : int
        Pixels.

    Returns
    -------
    (height, width, 3) float array
        From 0 to 255.
    """
    shadow, sheltered = cast_shadows(backdrop, place, people, width, height)
    ambient = place.room.ambient * (1 - sheltered)[:, None]
    lamp = (backdrop.light * (1 - _SHADOW * shadow))[:, None] * place.room.lamp_colour
    colour = np.where(backdrop.hit[:, None], backdrop.surface * (ambient + lamp), place.sky)
    size = height * backdrop.rays, width * backdrop.rays, 3
    picture = np.clip(colour, 0, 1).reshape(size).astype(np.float32)
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return 255.0 * small**GAMMA


def cast_shadows(
    backdrop: Backdrop, place: Place, people: Sequence[Placed], width: int, height: int
) -> tuple[Floats, Floats]:
    """Return how much of the light people keep from the backdrop.

    Parameters
    ----------
    backdrop : Backdrop
        N points.
    place : Place
    people : sequence of Placed
    width, height : int
        Of the picture, in pixels.

    Returns
    -------
    shadow : (N,) float array
        Share of the lamp's light, in [0, 1].
    sheltered : (N,) float array
        Share of the sky's light, close to their feet.
    """
    shadow: Floats = np.zeros(len(backdrop.light), np.float32)
    sheltered: Floats = np.zeros(len(backdrop.light), np.float32)
    for placed in people:
        foot = placed.sitter.joints.mean(axis=0) + placed.offset
        away = np.hypot(backdrop.places[:, 0] - foot[0], backdrop.places[:, 2] - foot[2])
        near = np.nonzero(backdrop.hit & (away < _REACH) & (backdrop.light > 0))[0]
        points = backdrop.places[near]
        begin = points + _LIFT * backdrop.normals[near] - placed.offset
        blocked = placed.sitter.scene.blocked(begin, place.room.lamp - points)
        if placed.things is not None:
            blocked |= placed.things.scene.blocked(begin, place.room.lamp - points)
        shadow[near] = np.maximum(shadow[near], blocked)
        level = (backdrop.normals @ UP > 0.9) & (backdrop.places[:, 1] < 0.05)
        dark = _UNDER_FEET * np.exp(-((away / _NEAR_FEET) ** 2)) * level
        sheltered = np.maximum(sheltered, dark)
    grid = shadow.reshape(height * backdrop.rays, width * backdrop.rays)
    soft = cv2.GaussianBlur(grid, (0, 0), 1.2 * backdrop.rays)
    return np.ravel(soft), sheltered
