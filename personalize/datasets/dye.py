"""Give garments other colours and patterns (not in the paper).

A few hundred outfits are soon known by heart; a body is to be found by its shape,
whatever it wears. A garment keeps its folds: only what they are folded in changes.
"""

import cv2
import numpy as np

from personalize import parts

PATTERNED = 0.4
"""Share of the dyed garments that get a pattern."""
LONG = 0.5
"""Share of the rendered people whose sleeves, and trousers, are long."""
HIDDEN = 0.3
"""Share of the dyed garments that get a colour of what is behind the person."""
LEAST = 64
"""Pixels below which a garment is left as it is."""
DARKEST, BRIGHTEST = 0.4, 1.8
"""Folds, as shares of the mean brightness of the garment."""

TOPS = ((7, 20, 5, 6, 18, 19), (3, 4, 16, 17))
BOTTOMS = ((8, 9, 21, 22), (10, 11, 23, 24))
"""Parts below a rendered top, and trousers; the second ones if they are long."""

REGIONS = tuple(
    parts.REGION_LABELS[region] for region in ("upper garment", "long garment", "lower garment")
)
"""Labels of what is dyed in photographs."""


def part_garments(labels, generator):
    """Yield where a rendered person wears something, (H, W) bool arrays, from part labels."""
    for short, more in (TOPS, BOTTOMS):
        yield np.isin(labels, short + more if generator.random() < LONG else short)


def region_garments(regions):
    """Yield where a photographed person wears something, (H, W) bool arrays, from regions."""
    for label in REGIONS:
        yield regions == label


def redress(image, garments, share, draw_pattern, background, generator):
    """Dye a share of the garments of a person.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    garments : iterable of (H, W) bool array
    share : float
        Probability that a garment is dyed; at 0 nothing is drawn from the generator.
    draw_pattern : callable
        Returns the (S, S, 3) uint8 picture that may be printed on a garment.
    background : (S, S, 3) uint8 array
        What the person will stand before; some garments take a colour of it.
    generator : numpy.random.Generator

    Returns
    -------
    (H, W, 3) uint8 array
    """
    if share > 0:
        for garment in garments:
            if generator.random() < share:
                image = dye(image, garment, draw_pattern(), background, generator)
    return image


def dye(image, garment, pattern, background, generator):
    """Dye one garment.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    garment : (H, W) bool array
    pattern : (S, S, 3) uint8 array
        A picture that is printed on some.
    background : (S, S, 3) uint8 array
        A picture of which some have a colour.
    generator : numpy.random.Generator

    Returns
    -------
    (H, W, 3) uint8 array
        Another one, unless the garment is too small.
    """
    if np.count_nonzero(garment) < LEAST:
        return image
    left, top, width, height = cv2.boundingRect(garment.astype(np.uint8))
    box = np.s_[top : top + height, left : left + width]
    old, inside = image[box].astype(np.float32), garment[box]
    light = old.mean(axis=2) + 16  # what is nearly black has no folds but noise
    folds = np.clip(light / light[inside].mean(), DARKEST, BRIGHTEST)
    hidden = generator.random() < HIDDEN
    cloth = take_colour(background, generator) if hidden else draw_colour(generator)
    if generator.random() < PATTERNED:
        print_ = cv2.resize(pattern, (width, height), interpolation=cv2.INTER_LINEAR)
        cloth = cloth + generator.uniform(0.3, 1.0) * (print_ - cloth)
    new = np.minimum(cloth * folds[..., None], 255)
    share = cv2.blur(inside.astype(np.float32), (3, 3))[..., None]
    dyed = image.copy()
    dyed[box] = old + (new - old) * share + 0.5
    return dyed


def draw_colour(generator):
    """Draw the colour of a cloth, (3,) float array of RGB in [0, 255]: any hue, often pale or grey."""
    value, saturation = generator.uniform(0.06, 1), generator.uniform(0, 1) ** 1.5
    hue = (generator.uniform(0, 6) - np.array([0, 2, 4])) % 6  # away from red, green and blue
    pure = np.clip(np.abs(hue - 3) - 1, 0, 1)
    return 255 * value * (1 - saturation * (1 - pure))


def take_colour(picture, generator):
    """Take the mean colour, (3,) float array, of a random place in a picture, an eighth of its side wide."""
    side = max(len(picture) // 8, 1)
    top, left = generator.integers(0, np.array(picture.shape[:2]) - side + 1)
    return picture[top : top + side, left : left + side].mean(axis=(0, 1))
