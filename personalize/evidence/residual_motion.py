"""What moves differently from the scene (not in the paper).

A camera that turns or shakes moves everything far away by one homography. Dense optical flow
between neighbouring frames that differs from it shows a person who moves, of any colours, and
even one who is unlike the people of the training images. The strength of this evidence is learned
from the pixels of the window of which the network is most confident. Where the person keeps
still, or other things move as much, there is no evidence.

For a single pixel the evidence is weak. It becomes strong when it is propagated through time
together with the seeds (`propagate`).
"""

from collections.abc import Collection
from typing import NamedTuple

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from personalize.evidence.settings import ResidualMotionSettings
from personalize.types import Array, Frames, Map
from personalize.workers import in_order


class Movement(NamedTuple):
    """Evidence of movement for the person in one window.

    Attributes
    ----------
    odds : (bins,) float32 array
        Log-odds of the person by the logarithm of the movement, in equal steps.
    """

    odds: Map

    def evidence(
        self, moved: Array, *, settings: ResidualMotionSettings = ResidualMotionSettings()
    ) -> Array:
        """Return the log-odds of the person in a frame.

        Parameters
        ----------
        moved : (H, W) float array
            From `measure_movement`.
        settings : ResidualMotionSettings

        Returns
        -------
        (H, W) float32 array
            0 where nothing is known.
        """
        odds = np.append(self.odds, np.float32(0))[_steps(moved, settings)]
        return cv2.blur(odds, (settings.blur, settings.blur))


def measure_movement(
    frames: Frames,
    *,
    breaks: Collection[int] = (),
    settings: ResidualMotionSettings = ResidualMotionSettings(),
    workers: int = 1,
) -> Array:
    """Return how far every pixel moves relative to the scene, in the mean over its neighbours.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8 array
        RGB.
    breaks : collection of int
        Frames that do not follow the one before; no two are compared across them.
    settings : ResidualMotionSettings
    workers : int
        Threads, as for `workers.in_order`.

    Returns
    -------
    (T, H, W) float16 array
        Pixels; NaN in frames that can be compared with none of their neighbours.
    """
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    places = _places(frames.shape[1:3])
    stretch = np.searchsorted(sorted(breaks), np.arange(len(greys)), side="right")

    def measured(t: int) -> Array | float:
        flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)  # type: ignore[attr-defined]
        numbers = [t + step for reach in settings.reaches for step in (-reach, reach)]
        inside = [k for k in numbers if 0 <= k < len(greys)]
        beside = [greys[k] for k in inside if stretch[k] == stretch[t]]
        found = [_moved_between(greys[t], grey, places, flow, settings) for grey in beside]
        known = [distance for distance in found if distance is not None]
        return np.mean(known, axis=0) if known else np.nan

    moved = np.empty(frames.shape[:3], np.float16)
    farthest = np.finfo(moved.dtype).max  # between unlike frames a homography may go beyond
    for distances, found in zip(moved, in_order(measured, range(len(greys)), workers)):
        distances[:] = np.minimum(found, farthest)
    return moved


def learn_movement(
    moved: Array, seeds: Array, *, settings: ResidualMotionSettings = ResidualMotionSettings()
) -> Movement:
    """Learn how movement is evidence for the person, from the pixels of a window that are sure.

    Parameters
    ----------
    moved : (T, H, W) float array
        From `measure_movement`.
    seeds : (T, H, W) float array
        Log-odds of what is sure, 0 elsewhere.
    settings : ResidualMotionSettings

    Returns
    -------
    Movement
    """
    counts = np.zeros((2, settings.bins + 1))
    for steps, sure in zip((_steps(frame, settings) for frame in moved), seeds):
        for side, members in enumerate((sure > 0, sure < 0)):
            counts[side] += np.bincount(steps[members], minlength=settings.bins + 1)
    counts = counts[:, :-1]  # without what is not known
    if not counts.any(axis=1).all():
        return Movement(np.zeros(settings.bins, np.float32))
    shares = gaussian_filter1d(counts / counts.sum(axis=1, keepdims=True), settings.smooth, axis=1)
    shares += settings.doubt / settings.bins
    odds = np.log(shares[0] / shares[1])
    return Movement(np.clip(odds, -settings.limit, settings.limit).astype(np.float32))


def _places(shape):
    """The pixels (H, W, 2) of a frame, as (x, y), float32."""
    rows, cols = np.indices(shape, np.float32)
    return np.dstack([cols, rows])


def _moved_between(grey, other, places, flow, settings):
    """How far the pixels of one frame move to another, beside the scene: (H, W); None if it is
    another scene.
    """
    ends = places + flow.calc(grey, other, None)
    found = cv2.remap(other, ends, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if np.var(cv2.subtract(grey, found, dtype=cv2.CV_32F)) > settings.cut * np.var(grey):
        return None
    rows, cols = (np.linspace(0, side - 1, settings.points).astype(int) for side in grey.shape)
    pairs = [points[np.ix_(rows, cols)].reshape(-1, 2) for points in (places, ends)]
    scene, _ = cv2.findHomography(*pairs, cv2.RANSAC, settings.near)
    if scene is None:
        return None
    return cv2.magnitude(*cv2.split(ends - cv2.perspectiveTransform(places, scene)))


def _steps(moved: Array, settings: ResidualMotionSettings):
    """The step of every pixel among those of `Movement.odds`; one more where nothing is known."""
    share = np.log1p(np.asarray(moved, np.float32)) / np.log1p(settings.most)
    steps = np.minimum(share * settings.bins, settings.bins - 1)
    return np.where(np.isnan(steps), settings.bins, steps).astype(np.int64)
