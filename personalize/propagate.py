"""Carry confident silhouettes through the window (Charles et al., BMVC 2017, section 4.4).

Frames and person maps in, beliefs out. Cells of which the network is more than
0.99 sure become seeds; `propagation` carries them forward and backward in time
along a tree of matches between pixels.

Where the paper is silent: frames are matched at a working size of about
256 x 256 pixels; a map is enlarged before it is compared with the threshold, so
that the edges of the person stay open; a seed is evidence, not a fact, so that
a confident mistake can be outvoted by its neighbours in time.
"""

import cv2
import numpy as np

from personalize.errors import NobodyFoundError
from personalize.framing import resize_area
from personalize.types import check_frames
from propagation.propagate import propagate


def propagate_person(frames, person, *, settings, progress=iter):
    """Turn a window's person maps into beliefs for every pixel.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the canvas.
    person : (T, h, w) float array
        Probability of the person.
    settings : SeedSettings
        Threshold and size of the seeds, and the numbers of `propagation`.
    progress : callable

    Returns
    -------
    (T, H, W) float32 array
        Belief in the person, in [0, 1], at the working size.

    Raises
    ------
    NobodyFoundError
        If the network is nowhere sure of a person.
    """
    check_frames(frames)
    working = working_size(frames.shape[1:3], settings.size)
    seeds = confident_seeds(person, working, settings)
    share = np.mean(seeds > 0)
    if share < settings.least_person:
        raise NobodyFoundError(
            f"nobody was found: only {share:.3%} of the window is a person with more than "
            f"{settings.confidence:.0%} certainty; choose another window with --centre"
        )
    small = resize_area(frames, *working)
    return propagate(small, seeds, settings=settings.propagation, progress=progress)


def working_size(canvas, size):
    """Return rows and columns in the shape of a canvas, with the area of size x size at most."""
    shrink = min(1.0, size / np.sqrt(canvas[0] * canvas[1]))
    return round(canvas[0] * shrink), round(canvas[1] * shrink)


def confident_seeds(person, size, settings):
    """Return the log-odds of what the network is sure of; 0 elsewhere.

    Parameters
    ----------
    person : (T, h, w) float array
        Probability of the person.
    size : (int, int)
        Rows and columns of the seeds.
    settings : SeedSettings

    Returns
    -------
    (T, rows, cols) float32 array
        At most `settings.limit` either way.
    """
    least = np.log(settings.confidence / (1 - settings.confidence))
    seeds = np.empty((len(person), *size), np.float32)
    for seed, cells in zip(seeds, person):
        probability = cv2.resize(cells.astype(np.float32), size[::-1])
        probability = np.clip(probability, 1e-6, 1 - 1e-6)
        odds = np.log(probability / (1 - probability))
        seed[:] = np.where(np.abs(odds) > least, np.clip(odds, -settings.limit, settings.limit), 0)
    return seeds
