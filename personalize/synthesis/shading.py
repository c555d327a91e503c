"""Light on surfaces: a key light, a weaker fill light, and ambient light."""

import itertools
from dataclasses import dataclass

import numpy as np

from personalize.synthesis.posture import UP, unit
from personalize.synthesis.raster import Scene
from personalize.types import Floats, Whole

_LIFT = 0.004  # shadow rays begin this far from the surface, metres
_NEARBY = 0.25  # surfaces within this distance block ambient light, metres
_BLURRED = 3  # shelter is averaged over neighbours so many times, since few directions are tried
_DEPTH = 0.75  # share of the ambient light that full shelter takes away

_AROUND = np.array([unit(np.array(d)) for d in itertools.product((-1.0, 1.0), repeat=3)])


@dataclass(frozen=True, eq=False)
class Light:
    """The light of one picture; colours are RGB gains.

    Attributes
    ----------
    key, fill : (3,) float array
        Unit directions towards the lights.
    key_colour, fill_colour, ambient : (3,) float array
    shadow : float
        Share of the key light that a shadow takes away.
    gamma : float
        Contrast of the finished picture.
    """

    key: Floats
    fill: Floats
    key_colour: Floats
    fill_colour: Floats
    ambient: Floats
    shadow: float
    gamma: float


def draw_light(random: np.random.Generator, towards_camera: Floats) -> Light:
    """Draw the light, mostly from the camera's side and from above.

    Parameters
    ----------
    random : numpy.random.Generator
    towards_camera : (3,) float array
        Unit direction from the person.

    Returns
    -------
    Light
    """
    key = unit(
        towards_camera * random.uniform(-0.3, 1.2)
        + random.normal(0, 0.7, 3)
        + UP * random.uniform(0.1, 0.9)
    )
    fill = unit(random.normal(0, 1, 3) + towards_camera)
    warmth = random.normal(0, 0.07) * np.array([1.0, 0.1, -1.0])
    exposure = np.exp(random.normal(0.22, 0.22))
    strength = random.uniform(0.25, 0.75)
    return Light(
        key=key,
        fill=fill,
        key_colour=exposure * strength * (1 + warmth),
        fill_colour=exposure * random.uniform(0, 0.3) * (1 + random.normal(0, 0.05, 3)),
        ambient=exposure * (1.05 - strength) * (1 - 0.5 * warmth),
        shadow=random.uniform(0.4, 0.95),
        gamma=random.uniform(0.8, 1.2),
    )


def light_up(
    light: Light, colour: Floats, normals: Floats, places: Floats, shelter: Floats, scene: Scene
) -> Floats:
    """Return the colours of lit points.

    Parameters
    ----------
    light : Light
    colour : (N, 3) float array
        Of the surface, RGB in [0, 1].
    normals : (N, 3) float array
        On the camera's side.
    places : (N, 3) float array
        In the world, metres.
    shelter : (N,) float array
        From `find_shelter`.
    scene : Scene
        The surfaces that cast shadows.

    Returns
    -------
    (N, 3) float array
        RGB in [0, 1].
    """
    facing = np.maximum(normals @ light.key, 0)
    lit = facing > 0
    shaded = np.zeros(len(facing))
    towards = np.broadcast_to(light.key.astype(np.float32), (int(lit.sum()), 3))
    shaded[lit] = scene.blocked(places[lit] + _LIFT * normals[lit], towards)
    key = facing * (1 - light.shadow * shaded)
    fill = np.maximum(normals @ light.fill, 0)
    sky = (0.75 + 0.25 * normals[:, 1]) * (1 - _DEPTH * shelter)
    shade = (
        key[:, None] * light.key_colour
        + fill[:, None] * light.fill_colour
        + sky[:, None] * light.ambient
    )
    return np.clip(colour * shade, 0, 1) ** light.gamma


def find_shelter(vertices: Floats, normals: Floats, triangles: Whole, scene: Scene) -> Floats:
    """Return the share of the directions above each vertex that are blocked nearby.

    Parameters
    ----------
    vertices, normals : (V, 3) float arrays
    triangles : (F, 3) int array
    scene : Scene

    Returns
    -------
    (V,) float array
        0 in the open, 1 in a closed fold.
    """
    blocked, open_to = np.zeros(len(vertices)), np.full(len(vertices), 1e-6)
    begin = vertices + 2 * _LIFT * normals
    for direction in _AROUND:
        above = np.nonzero(normals @ direction > 0.2)[0]
        towards = np.broadcast_to(direction, (len(above), 3))
        blocked[above] += scene.blocked(begin[above], towards, _NEARBY)
        open_to[above] += 1
    shelter = blocked / open_to
    for _ in range(_BLURRED):
        shelter = _mean_of_corners(shelter[triangles].mean(axis=1), triangles, len(vertices))
    return shelter


def _mean_of_corners(values, triangles, count):
    """The mean of values (F,) over the triangles of each vertex."""
    corners = triangles.ravel()
    sums = np.bincount(corners, weights=np.repeat(values, 3), minlength=count)
    return sums / np.maximum(np.bincount(corners, minlength=count), 1)


def vertex_normals(vertices: Floats, triangles: Whole) -> Floats:
    """Return unit normals (V, 3): means over the triangles of a vertex, weighted by area."""
    first, second, third = (vertices[triangles[:, k]] for k in range(3))
    faces = np.cross(second - first, third - first)
    normals = np.empty_like(vertices)
    corners = triangles.ravel()
    for axis in range(3):
        shares = np.repeat(faces[:, axis], 3)
        normals[:, axis] = np.bincount(corners, weights=shares, minlength=len(vertices))
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
