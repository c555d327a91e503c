"""Rays -> pixels: one ray in the middle of each, more where an outline passes."""

from dataclasses import fields, replace

import cv2
import numpy as np

from personalize.datasets.synthetic.outfits import Surface
from personalize.datasets.synthetic.shading import light_up


def trace_picture(sitter, camera, light, look, samples):
    """Picture of a person on nothing.

    Parameters
    ----------
    sitter : Sitter
    camera : Camera
    light : Light
    look : Look
    samples : int
        Rays of a pixel on an outline.

    Returns
    -------
    colour : (H, W, 4) uint8 array
        RGB and cover, not premultiplied.
    labels : (H, W) uint8 array
        Parts; 0 where less than half of the pixel is covered.
    """
    height, width = camera.height, camera.width
    rgb = np.zeros((height, width, 3))
    alpha = np.zeros((height, width))
    labels = np.zeros((height, width), np.uint8)
    rows, columns = _bounds(sitter, camera)
    if rows.size and columns.size:
        grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        colours, parts, _ = _shoot(sitter, camera, light, look, grid.astype(float))
        rgb[grid[:, 1], grid[:, 0]] = colours
        labels[grid[:, 1], grid[:, 0]] = parts
        alpha[labels > 0] = 1
        _smooth_outlines(sitter, camera, light, look, samples, rgb, alpha, labels)
    labels[alpha < 0.5] = 0
    colour = np.concatenate([rgb, alpha[..., None]], axis=2)
    return np.rint(255 * np.clip(colour, 0, 1)).astype(np.uint8), labels


def _bounds(sitter, camera):
    """Rows and columns that the person can touch."""
    pixels = camera.project(sitter.vertices)
    low = np.maximum(np.floor(np.nanmin(pixels, axis=0)) - 1, 0).astype(int)
    high = np.minimum(np.ceil(np.nanmax(pixels, axis=0)) + 2, (camera.width, camera.height))
    return np.arange(low[1], int(high[1])), np.arange(low[0], int(high[0]))


def _smooth_outlines(sitter, camera, light, look, samples, rgb, alpha, labels):
    """Average several rays in pixels whose neighbours show another part; in place."""
    square = np.ones((3, 3), np.uint8)
    outline = cv2.dilate(labels, square) != cv2.erode(labels, square)
    row, column = np.nonzero(outline)
    if not len(row):
        return
    middle = np.stack([column, row], axis=1).astype(float)  # (P, 2)
    offsets = _spots(samples)
    rays = (middle[:, None] + offsets).reshape(-1, 2)
    colours, parts, _ = _shoot(sitter, camera, light, look, rays)
    met = (parts > 0).reshape(-1, samples)
    sums = (colours.reshape(-1, samples, 3) * met[..., None]).sum(axis=1)
    count = met.sum(axis=1)
    seen = count > 0
    rgb[row[seen], column[seen]] = sums[seen] / count[seen, None]
    alpha[row, column] = count / samples
    # a pixel more than half covered whose middle missed takes the part of one of its rays
    needy = (labels[row, column] == 0) & (2 * count >= samples)
    labels[row[needy], column[needy]] = parts.reshape(-1, samples)[needy].max(axis=1)


def _spots(samples):
    """Places of rays within a pixel, (samples, 2), spread by the golden ratio."""
    order = np.arange(samples)
    return np.stack([(order + 0.5) / samples, (order * 0.618034 + 0.25) % 1.0], axis=1) - 0.5


def _shoot(sitter, camera, light, look, pixels):
    """Colour (N, 3), part (N,) and depth (N,) seen through pixels (N, 2)."""
    directions = camera.rays(pixels)
    hits = sitter.scene.cast(camera.place, directions)
    colours = np.zeros((len(pixels), 3))
    labels = np.zeros(len(pixels), np.uint8)
    met = hits.triangle >= 0
    if met.any():
        triangle, weights = hits.triangle[met], hits.corners[met]
        corners = sitter.triangles[triangle]  # (M, 3)
        labels[met] = sitter.labels[corners[np.arange(len(corners)), weights.argmax(axis=1)]]
        normals = _mix(sitter.normals, corners, weights)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        normals *= np.where((normals * directions[met]).sum(axis=1) > 0, -1, 1)[:, None]
        places = camera.place + hits.depth[met, None] * directions[met]
        colour = _colour(sitter, look, triangle, corners, weights)
        colours[met] = light_up(light, colour, normals, places, sitter.scene)
    return colours, labels, hits.depth


def _colour(sitter, look, triangle, corners, weights):
    surface = replace(
        sitter.surface,
        **{field.name: _mix(getattr(sitter.surface, field.name), corners, weights)
           for field in fields(Surface)},
    )  # fmt: skip
    uv = np.einsum("nc,nck->nk", weights, sitter.corners_uv[triangle])
    colour = look.colour_at(sitter.outfit, surface, uv)
    eyes = sitter.eyes[triangle]
    if eyes.any():
        colour[eyes] = look.complexion.eye_colour_at(surface.rest[eyes], sitter.eye_centres)
    return colour


def _mix(values, corners, weights):
    """Values at the corners of triangles, mixed by barycentric weights."""
    if values.ndim == 1:
        return (values[corners] * weights).sum(axis=1)
    return np.einsum("nc,nck->nk", weights, values[corners])
