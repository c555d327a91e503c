"""Ray-trace a picture: one ray in the middle of each pixel, more on outlines."""

from dataclasses import dataclass, fields

import cv2
import numpy as np

from personalize.synthesis.camera import Camera
from personalize.synthesis.looks import Look
from personalize.synthesis.outfits import Surface, pick
from personalize.synthesis.raster import Scene
from personalize.synthesis.shading import Light, light_up
from personalize.synthesis.sitters import Sitter
from personalize.synthesis.textures import sample_picture
from personalize.synthesis.things import Things
from personalize.types import Frame, Labels

THING = 255
"""Label of a thing while a picture is traced; it becomes background."""

_LAYERS = 16  # most layers of hair that a ray may pass through
_STEP = 1e-4  # distance beyond a hole at which a ray goes on, in lengths of the ray


@dataclass(frozen=True, eq=False)
class View:
    """A person before a camera.

    Attributes
    ----------
    sitter : Sitter
    camera : Camera
    light : Light
    look : Look
    occluders : Scene or None
        Objects between person and camera.
    things : Things or None
        Objects that touch the person; labelled background.
    """

    sitter: Sitter
    camera: Camera
    light: Light
    look: Look
    occluders: Scene | None
    things: Things | None = None


def trace_picture(view: View, samples: int) -> tuple[Frame, Labels]:
    """Render the picture of a person, transparent elsewhere.

    Parameters
    ----------
    view : View
    samples : int
        Rays per pixel on an outline.

    Returns
    -------
    colour : (H, W, 4) uint8 array
        RGB, and the coverage by person and things; not premultiplied.
    labels : (H, W) uint8 array
        Parts; 0 where the person covers less than half of the pixel.
    """
    height, width = view.camera.height, view.camera.width
    rgb = np.zeros((height, width, 3))
    alpha, person = np.zeros((height, width)), np.zeros((height, width))
    labels = np.zeros((height, width), np.uint8)
    rows, columns = _bounds(view)
    if rows.size and columns.size:
        grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        colours, parts = _shoot(view, grid.astype(float))
        rgb[grid[:, 1], grid[:, 0]] = colours
        labels[grid[:, 1], grid[:, 0]] = parts
        alpha[labels > 0] = 1
        person[(labels > 0) & (labels != THING)] = 1
        _smooth_outlines(view, samples, rgb, alpha, person, labels)
    labels[(person < 0.5) | (labels == THING)] = 0
    colour = np.concatenate([rgb, alpha[..., None]], axis=2)
    return np.rint(255 * np.clip(colour, 0, 1)).astype(np.uint8), labels


def _bounds(view):
    """Rows and columns that may show the person or their things."""
    camera, vertices = view.camera, view.sitter.vertices
    if view.things is not None:
        vertices = np.concatenate([vertices, view.things.vertices])
    pixels = camera.project(vertices)
    low = np.maximum(np.floor(np.nanmin(pixels, axis=0)) - 1, 0).astype(int)
    high = np.minimum(np.ceil(np.nanmax(pixels, axis=0)) + 2, (camera.width, camera.height))
    return np.arange(low[1], int(high[1])), np.arange(low[0], int(high[0]))


def _smooth_outlines(view, samples, rgb, alpha, person, labels):
    """Average several rays in pixels whose neighbours show another part; in place."""
    square = np.ones((3, 3), np.uint8)
    outline = cv2.dilate(labels, square) != cv2.erode(labels, square)
    row, column = np.nonzero(outline)
    if not len(row):
        return
    middle = np.stack([column, row], axis=1).astype(float)  # (P, 2)
    offsets = _spots(samples)
    rays = (middle[:, None] + offsets).reshape(-1, 2)
    colours, parts = _shoot(view, rays)
    parts = parts.reshape(-1, samples)
    met = parts > 0
    sums = (colours.reshape(-1, samples, 3) * met[..., None]).sum(axis=1)
    count = met.sum(axis=1)
    seen = count > 0
    rgb[row[seen], column[seen]] = sums[seen] / count[seen, None]
    alpha[row, column] = count / samples
    parts[parts == THING] = 0
    count = (parts > 0).sum(axis=1)
    person[row, column] = count / samples
    # a pixel that is more than half covered, but not in its middle, takes the part of another ray
    needy = np.isin(labels[row, column], (0, THING)) & (2 * count >= samples)
    labels[row[needy], column[needy]] = parts[needy].max(axis=1)


def _spots(samples):
    """Positions of rays within a pixel, (samples, 2), spread by the golden ratio."""
    order = np.arange(samples)
    return np.stack([(order + 0.5) / samples, (order * 0.618034 + 0.25) % 1.0], axis=1) - 0.5


def _shoot(view, pixels):
    """Colour (N, 3) and part or `THING` (N,) seen through pixels (N, 2)."""
    sitter, camera = view.sitter, view.camera
    directions = camera.rays(pixels)
    hits = _cast(sitter, camera.place, directions)
    colours = np.zeros((len(pixels), 3))
    labels = np.zeros(len(pixels), np.uint8)
    met = hits.triangle >= 0
    if view.things is not None:
        nearer = view.things.scene.cast(camera.place, directions)
        before = nearer.depth < hits.depth
        met &= ~before
        _unhide(view, directions, nearer, before)
        labels[before] = THING
        colours[before] = _colour_things(view, directions[before], nearer, before)
    _unhide(view, directions, hits, met)
    if met.any():
        triangle, weights = hits.triangle[met], hits.corners[met]
        corners = sitter.worn.triangles[triangle]  # (M, 3)
        labels[met] = sitter.worn.labels[corners[np.arange(len(corners)), weights.argmax(axis=1)]]
        normals = _towards_camera(_mix(sitter.normals, corners, weights), directions[met])
        places = camera.place + hits.depth[met, None] * directions[met]
        colour = _colour(sitter, view.look, triangle, corners, weights)
        shelter = _mix(sitter.shelter, corners, weights)
        colours[met] = light_up(view.light, colour, normals, places, shelter, sitter.scene)
    return colours, labels


def _unhide(view, directions, hits, met):
    """Remove hits that an occluder hides, in place."""
    if view.occluders is not None and met.any():
        met[met] = ~view.occluders.blocked(view.camera.place, directions[met], hits.depth[met])


def _towards_camera(normals, directions):
    """Unit normals that point against the rays."""
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return normals * np.where((normals * directions).sum(axis=1) > 0, -1, 1)[:, None]


def _colour_things(view, directions, hits, met):
    """Colours (M, 3) of the things that were hit, in the light and shadow of the person."""
    things, triangle = view.things, hits.triangle[met]
    normals = _mix(things.normals, things.triangles[triangle], hits.corners[met])
    normals = _towards_camera(normals, directions)
    places = view.camera.place + hits.depth[met, None] * directions
    return light_up(
        view.light,
        things.colours[triangle],
        normals,
        places,
        np.zeros(len(places)),
        view.sitter.scene,
    )


def _cast(sitter, place, directions):
    """First hits that are not holes in a garment's picture."""
    hits = sitter.scene.cast(place, directions)
    clear = np.array([garment.see_through for garment in sitter.worn.costume.garments] + [False])
    if not clear.any():
        return hits
    for _ in range(_LAYERS):
        met = np.nonzero(hits.triangle >= 0)[0]
        met = met[clear[sitter.worn.garment[hits.triangle[met]]]]  # BODY, -1, takes the last: False
        holes = met[_is_hole(sitter, hits.triangle[met], hits.corners[met])]
        if not len(holes):
            break
        begin = hits.depth[holes] + _STEP
        behind = sitter.scene.cast(place + begin[:, None] * directions[holes], directions[holes])
        hits.triangle[holes], hits.corners[holes] = behind.triangle, behind.corners
        hits.depth[holes] = begin + behind.depth
    return hits


def _is_hole(sitter, triangle, corners):
    hole = np.zeros(len(triangle), bool)
    uv = np.einsum("nc,nck->nk", corners, sitter.worn.corners_uv[triangle])
    for number, garment in enumerate(sitter.worn.costume.garments):
        chosen = sitter.worn.garment[triangle] == number
        if garment.see_through and chosen.any():
            hole[chosen] = sample_picture(garment.picture[..., 3:], uv[chosen])[:, 0] < 0.5
    return hole


def _colour(sitter, look, triangle, corners, weights):
    surface = Surface(
        **{
            field.name: _mix(getattr(sitter.worn.surface, field.name), corners, weights)
            for field in fields(Surface)
        }
    )
    uv = np.einsum("nc,nck->nk", weights, sitter.worn.corners_uv[triangle])
    colour = look.colour_at(sitter.worn.costume.outfit, surface, uv, sitter.worn.sewn[triangle])
    eyes = sitter.worn.eyes[triangle]
    if eyes.any():
        colour[eyes] = look.complexion.eye_colour_at(surface.rest[eyes], sitter.eye_centres)
    for number, garment in enumerate(sitter.worn.costume.garments):
        chosen = np.nonzero(sitter.worn.garment[triangle] == number)[0]
        if len(chosen):
            colour[chosen] = look.garment_colour_at(garment, pick(surface, chosen), uv[chosen])
    return colour


def _mix(values, corners, weights):
    """Values at the corners of triangles, mixed by barycentric weights."""
    if values.ndim == 1:
        return (values[corners] * weights).sum(axis=1)
    return np.einsum("nc,nck->nk", weights, values[corners])
