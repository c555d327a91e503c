"""The still scene: what a camera that keeps still showed all the time (not in the paper).

The median of a window is a picture of the scene, and of a person who does not move. It includes
a lamp that the network takes for an arm in every frame. A pixel that is equal to this picture is
therefore less likely to be the person. The evidence is stronger the more the person in that frame
differs from the picture; if they have not moved, there is none. A pixel that differs from the
picture is no evidence, since a person who moves away uncovers a place that differs as well.

Frames whose edges behind the person differ from those of the picture show another place, or the
camera has moved. They are not used.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import expit, logit

from personalize.evidence.settings import StillSceneSettings
from personalize.imaging.framing import resize_area
from personalize.media.clip import spread
from personalize.types import Array, Frame, Frames, Map


@dataclass(frozen=True, eq=False)
class Scene:
    """The picture of a scene.

    Attributes
    ----------
    picture : (H, W, 3) uint8 array
        RGB.
    settings : StillSceneSettings
    """

    picture: Frame
    settings: StillSceneSettings = StillSceneSettings()

    @classmethod
    def of(cls, frames: Frames, settings: StillSceneSettings = StillSceneSettings()) -> Self:
        """Return the scene of a window of (T, H, W, 3) uint8 frames, as large as they are."""
        return cls(median_frame(frames, settings.frames), settings)

    @cached_property
    def edges(self) -> Array:
        """Those of the picture, (2, H, W) float32."""
        return _edges(self.picture, self.settings)

    @cached_property
    def colours(self) -> Array:
        """Those of the picture, (H, W, 3) float32."""
        return _colours(self.picture, self.settings)

    def weigh(self, image: Frame, belief: Array) -> Map:
        """Doubt what was there all the time.

        Parameters
        ----------
        image : (rows, cols, 3) uint8 array
            RGB, of what the picture shows, in any size.
        belief : (h, w) float array
            Probability of the person, in any size.

        Returns
        -------
        (rows, cols) float32 array
            Probability of the person, never more than before; the belief, enlarged, in a
            frame that counts for nothing.
        """
        settings, (height, width) = self.settings, self.picture.shape[:2]
        [small] = resize_area(image[None], height, width)
        believed = cv2.resize(belief.astype(np.float32), (width, height))
        enlarged: Array = cv2.resize(belief.astype(np.float32), image.shape[1::-1])
        likeness = _correlation(_edges(small, settings), self.edges, 1 - believed)
        if likeness < settings.place or not settings.weight:
            return enlarged
        steps = _steps(_colours(small, settings), self.colours, settings)
        odds = _count_odds(steps, believed, settings)[steps]
        odds = cv2.resize(cv2.blur(odds, (settings.blur, settings.blur)), image.shape[1::-1])
        return expit(np.minimum(logit(enlarged), settings.belief_limit) + settings.weight * odds)


def median_frame(frames: Frames, most: int) -> Frame:
    """Return the (rows, cols, 3) uint8 median of at most `most` frames, spread over the window."""
    return np.median(frames[spread(len(frames), most)], axis=0).astype(np.uint8)


def _correlation(one, other, weight):
    """Correlation of the edges (2, H, W) of two images, each pixel by its weight."""
    together = (one * other * weight).sum()
    alone = [(edges * edges * weight).sum() for edges in (one, other)]
    return together / max(np.sqrt(np.prod(alone)), 1e-6)


def _edges(image: Frame, settings: StillSceneSettings):
    """Differences of grey levels along both axes, (2, H, W); strong ones are all alike."""
    soft = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), settings.soft)
    grey = soft.astype(np.float32)
    slopes = [cv2.Sobel(grey, cv2.CV_32F, dx, dy) for dx, dy in ((1, 0), (0, 1))]
    return np.clip(slopes, -settings.edge, settings.edge)


def _colours(image: Frame, settings: StillSceneSettings):
    """L*a*b* of an image (H, W, 3), without the noise of single pixels, lightness lessened."""
    soft = cv2.GaussianBlur(image, (0, 0), settings.soft).astype(np.float32) / 255
    return cv2.cvtColor(soft, cv2.COLOR_RGB2LAB) * np.array([settings.lightness, 1, 1], np.float32)


def _steps(colours, others, settings: StillSceneSettings):
    """How unlike two images of colours are, in steps: (H, W) int array."""
    apart = np.log1p(np.linalg.norm(colours - others, axis=2)) / np.log1p(settings.most)
    return (np.minimum(apart, 1) * (settings.bins - 1)).round().astype(int)


def _count_odds(steps, believed, settings: StillSceneSettings):
    """Log-odds of the person by the step, never above 0: (bins,) float32 array."""
    sides = np.maximum(2 * believed - 1, 0), np.maximum(1 - 2 * believed, 0)
    counts = [np.bincount(steps.ravel(), side.ravel(), settings.bins) for side in sides]
    counts = gaussian_filter1d(counts, settings.smooth, axis=1) + settings.prior / settings.bins
    shares = counts / counts.sum(axis=1, keepdims=True)
    return np.clip(np.log(shares[0] / shares[1]), -settings.limit, 0).astype(np.float32)
