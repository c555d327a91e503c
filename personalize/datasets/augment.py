"""Vary training images: place, mirror, occlude, relight, degrade.

Every function draws from the generator that it is given and returns new arrays.
"""

import cv2
import numpy as np

from personalize import parts

MIRRORED = np.array([*parts.MIRRORED, *range(parts.CLASSES, 256)], np.uint8)


def draw_placement(picture, size, settings, generator):
    """Draw where a picture lands in a training image.

    Parameters
    ----------
    picture : (int, int)
        Height and width of the picture.
    size : int
        Side of the image; the picture's shorter side is fitted to it first.
    settings : AugmentSettings
    generator : numpy.random.Generator

    Returns
    -------
    (2, 3) float array
        Affine map of points (x, y) of the picture to the image.
    """
    height, width = picture
    scale = size / min(height, width) * generator.uniform(*settings.scale)
    angle = np.deg2rad(generator.uniform(-settings.rotation, settings.rotation))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shift = generator.uniform(-settings.shift, settings.shift, 2) * size
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    offset = (size - 1) / 2 + shift - turn @ centre
    return np.column_stack((turn, offset))


def place(picture, matrix, size, *, fill=0, labels=False):
    """Warp a picture by an affine map into a (size, size[, C]) image.

    Outside the picture is `fill`. Labels take the nearest value, others are
    averaged when they shrink.
    """
    if labels:
        interpolation = cv2.INTER_NEAREST
    else:
        picture, matrix = _shrunk(picture, matrix)
        interpolation = cv2.INTER_LINEAR
    border = (fill,) * 4
    return cv2.warpAffine(
        picture, matrix, (size, size), flags=interpolation, borderValue=border
    )


def _shrunk(picture, matrix):
    """Halve a picture, and adapt its map, until the map shrinks by less than two."""
    while np.sqrt(abs(np.linalg.det(matrix[:, :2]))) < 0.6:
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        matrix = np.column_stack((matrix[:, :2] * 2, matrix[:, 2] + matrix[:, :2] @ (0.5, 0.5)))
    return picture, matrix


def mirror(image, labels):
    """Mirror an image (H, W, C) and its part labels (H, W); sides change places."""
    return image[:, ::-1].copy(), MIRRORED[labels[:, ::-1]]


def occlude(image, labels, cover, generator):
    """Put a box or an ellipse filled from `cover` before the person; it is background.

    Parameters
    ----------
    image, cover : (H, W, 3) uint8 array
    labels : (H, W) uint8 array
    """
    height, width = labels.shape
    size = generator.uniform(0.1, 0.45, 2) * (width, height)
    centre = generator.uniform(0, 1, 2) * (width, height)
    shape = np.zeros((height, width), np.uint8)
    if generator.random() < 0.5:
        low, high = (centre - size / 2).astype(int), (centre + size / 2).astype(int)
        cv2.rectangle(shape, low.tolist(), high.tolist(), 1, -1)
    else:
        cv2.ellipse(shape, centre.astype(int).tolist(), (size / 2).astype(int).tolist(),
                    generator.uniform(0, 180), 0, 360, 1, -1)  # fmt: skip
    hidden = shape.astype(bool)
    return np.where(hidden[..., None], cover, image), np.where(hidden, np.uint8(0), labels)


def cast_shadow(background, cover, generator):
    """Darken a background where a person would cast a shadow on a wall behind.

    Parameters
    ----------
    background : (S, S, 3) array
    cover : (S, S, 1) float32 array
        How much of each pixel the person covers, in [0, 1].

    Returns
    -------
    (S, S, 3) float32 array
    """
    size = len(background)
    shift = generator.normal(0, (0.12, 0.05), 2) * size
    grow = generator.uniform(1.0, 1.2)
    centre = (size - 1) / 2
    matrix = np.array([[grow, 0, centre * (1 - grow) + shift[0]],
                       [0, grow, centre * (1 - grow) + shift[1]]])  # fmt: skip
    shadow = cv2.warpAffine(cover[..., 0], matrix, (size, size))
    shadow = cv2.GaussianBlur(shadow, (0, 0), generator.uniform(0.005, 0.04) * size)
    return background * (1 - generator.uniform(0.15, 0.65) * shadow[..., None])


def relight(image, strength, generator):
    """Change light and colour: gain per channel, contrast, gamma, saturation.

    Returns a (H, W, 3) uint8 array; `strength` 0 changes nothing.
    """
    gain = np.exp(generator.normal(0, 0.25 * strength) + generator.normal(0, 0.06 * strength, 3))
    gamma = np.exp(generator.normal(0, 0.25 * strength))
    saturation = np.clip(1 + generator.normal(0, 0.25) * strength, 0, 2)
    contrast = np.exp(generator.normal(0, 0.15 * strength))
    levels = np.minimum(np.arange(256)[:, None] * gain, 255) / 255  # (256, 3)
    values = cv2.LUT(image, np.float32(255 * levels**gamma)[None])
    middle = np.mean(cv2.mean(values)[:3])
    mix = contrast * (saturation * np.eye(3) + (1 - saturation) / 3)  # of the three channels
    mixed = cv2.transform(values, np.column_stack((mix, np.full(3, middle * (1 - contrast)))))
    return np.clip(mixed + 0.5, 0, 255).astype(np.uint8)


def blend_in(image, shown, background, generator):
    """Light a person like what is behind, some of the way: a dark one before a dark wall.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    shown : (H, W) bool array
        Where the person is.
    background : (S, S, 3) uint8 array

    Returns
    -------
    (H, W, 3) uint8 array
    """
    person = np.array(cv2.mean(image, shown.astype(np.uint8))[:3])
    behind = np.array(cv2.mean(background)[:3])
    gain = np.clip((behind + 8) / (person + 8), 0.25, 4) ** generator.random()
    return cv2.LUT(image, np.minimum(np.arange(256)[:, None] * gain, 255).astype(np.uint8)[None])


def degrade(image, strength, generator):
    """Lose what cameras and codecs lose: sharpness, detail, bits; each now and then.

    Returns a (H, W, 3) uint8 array; `strength` 0 changes nothing.
    """
    if generator.random() < 0.4 * strength:
        image = cv2.GaussianBlur(image, (0, 0), generator.uniform(0.4, 1.6))
    if generator.random() < 0.15 * strength:
        image = _motion_blur(image, generator)
    if generator.random() < 0.5 * strength:
        noise = generator.standard_normal(image.shape, np.float32) * generator.uniform(1, 10)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if generator.random() < 0.4 * strength:
        quality = int(generator.uniform(25, 80))
        coded = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality))[1]
        image = cv2.imdecode(coded, cv2.IMREAD_COLOR)  # three channels in, the same three out
    return image


def _motion_blur(image, generator):
    length = int(generator.integers(3, 9))
    angle = generator.uniform(0, np.pi)
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    reach = middle * np.array([np.cos(angle), np.sin(angle)])
    ends = np.rint([middle - reach, middle + reach]).astype(int)
    cv2.line(kernel, ends[0].tolist(), ends[1].tolist(), 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum())
