"""Check that a camera does not move: features of the scene must keep their places."""

import cv2
import numpy as np

from personalize.errors import FactorError
from personalize.factors.settings import StillCameraSettings
from personalize.media.clip import spread
from personalize.types import Array, Frame, Frames, Map

BLOCK = 16
"""Side of the squares that give one feature each, in pixels."""
LEAST_CORNER = 3e-4
"""A corner weaker than this (cv2.cornerMinEigenVal) is no feature."""
FEWEST = 12
"""With fewer features the camera is assumed to be still."""

FOLLOW = {"winSize": (15, 15), "maxLevel": 1}
"""Optical flow with a small range, so that features are not carried along by people who pass."""


def check_still(frames: Frames, settings: StillCameraSettings) -> None:
    """Check that some features of the scene do not move, in frames spread over the window.

    Features are spread over the picture, so that a textured person in front of a bare wall has
    no majority of them. A small share of still ones is enough, since a person may fill most of
    the picture.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
    settings : StillCameraSettings

    Raises
    ------
    FactorError
        If the camera moves.
    """
    middle = len(frames) // 2
    grey = cv2.cvtColor(frames[middle], cv2.COLOR_RGB2GRAY)
    features = spread_features(grey)
    if len(features) < FEWEST:
        return
    for number in spread(len(frames), settings.looks):
        moved = displacements(grey, cv2.cvtColor(frames[number], cv2.COLOR_RGB2GRAY), features)
        if np.sum(moved < settings.still) < settings.least_still * len(features):
            first, last = sorted((middle, int(number)))
            by = f"by {np.median(moved):.1f} pixels " if len(moved) else ""
            raise FactorError(
                f"--factor background-subtraction: the camera moves, {by}between frames {first}"
                f" and {last} of the window; choose a still stretch with --centre and --window,"
                " or leave --factor out"
            )


def spread_features(grey: Frame) -> Map:
    """Return the best corner of every square of a grey frame: (N, 1, 2) float32, (x, y)."""
    strength = cv2.cornerMinEigenVal(grey, 5)
    features = []
    for top in range(0, grey.shape[0] - BLOCK + 1, BLOCK):
        for left in range(0, grey.shape[1] - BLOCK + 1, BLOCK):
            square = strength[top : top + BLOCK, left : left + BLOCK]
            if square.max() > LEAST_CORNER:
                y, x = np.unravel_index(square.argmax(), square.shape)
                features.append((left + x, top + y))
    return np.array(features, np.float32).reshape(-1, 1, 2)


def displacements(grey: Frame, other: Frame, features: Map) -> Array:
    """Return the distances that features move from one frame to another.

    A feature counts if tracking it back ends within a pixel of where it began.

    Parameters
    ----------
    grey, other : (rows, cols) uint8 array
    features : (N, 1, 2) float32 array
        (x, y) in pixels of `grey`.

    Returns
    -------
    (K,) float array
        In pixels, of the K features that count.
    """
    there, found, _ = cv2.calcOpticalFlowPyrLK(grey, other, features, None, **FOLLOW)  # type: ignore[call-overload]
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(other, grey, there, None, **FOLLOW)  # type: ignore[call-overload]
    returned = np.linalg.norm(back - features, axis=2) < 1
    kept = (found > 0) & (found_back > 0) & returned
    return np.linalg.norm(there - features, axis=2)[kept]
