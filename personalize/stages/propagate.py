"""Carry confident silhouettes through the window (Charles et al., BMVC 2017, section 4.4).

Frames and person maps in, beliefs out. Cells of which the network is more than
0.99 sure become seeds; `propagation` carries them forward and backward in time
along a tree of matches between pixels.

Where the paper is silent: frames are matched at a working size of about 256 x 256 pixels.
A map is enlarged before it is compared with the threshold, so that the edges of the person
stay without seeds. A seed is evidence and may be wrong: its neighbours in time can outvote
it. If hardly any cell reaches 0.99, the most confident share of the cells is taken, weighted
by probability. Besides the seeds, every pixel has some evidence from its movement
(`residual_motion`). The propagated belief is then combined with the network's prediction for
the frame itself, and lowered where the picture was the same all the time (`still_scene`).
"""

from collections.abc import Collection, Mapping
from concurrent.futures import BrokenExecutor
from typing import Any

import cv2
import numpy as np

from personalize.errors import NobodyFoundError, PersonalizeError
from personalize.evidence.residual_motion import learn_movement, measure_movement
from personalize.evidence.settings import ResidualMotionSettings, StillSceneSettings
from personalize.evidence.still_scene import Scene
from personalize.imaging.framing import resize_area
from personalize.media.given_silhouettes import resize_mask
from personalize.stages.settings import SeedSettings
from personalize.types import Array, Frames, Map, Mask, Wrap, check_frames
from personalize.workers import cores
from propagation.propagate import propagate


def propagate_person(
    frames: Frames,
    person: Array,
    *,
    settings: SeedSettings,
    scene: StillSceneSettings = StillSceneSettings(),
    given: Mapping[int, Mask] | None = None,
    breaks: Collection[int] = (),
    device: Any = None,
    workers: int = 1,
    progress: Wrap = iter,
) -> tuple[Array, Scene]:
    """Turn a window's person maps into beliefs for every pixel.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the canvas.
    person : (T, h, w) float array
        Probability of the person.
    settings : SeedSettings
        Threshold and size of the seeds, and the numbers of `residual_motion` and `propagation`.
    scene : StillSceneSettings
    given : dict of int to (rows, cols) bool array, optional
        Silhouettes that are known, on the canvas, by the number of the frame; they
        are certain seeds, and replace the person map there.
    breaks : collection of int
        Frames, by their place among T, that do not follow the one before in the video: nothing
        is carried along there, and no movement measured.
    device : torch.device, optional
        Where to propagate: a GPU, through torch. On a CPU NumPy is faster.
    workers : int
        Threads that measure movement and processes that match frames, as for `workers.in_order`.
    progress : callable

    Returns
    -------
    beliefs : (T, H, W) float32 array
        Belief in the person, in [0, 1], at the working size.
    scene : Scene
        What was there all the time; it lowers beliefs, except where a silhouette is given.

    Raises
    ------
    NobodyFoundError
        If the network sees nobody in the window, and no silhouette shows a person.
    PersonalizeError
        If a process that matches frames is killed.
    """
    check_frames(frames)
    given = given or {}
    share = np.mean(person > settings.somebody)
    if share < settings.least_person and not any(mask.any() for mask in given.values()):
        raise NobodyFoundError(
            f"nobody was found: a person is seen for certain in {share:.3%} of the window"
        )
    working = working_size(frames.shape[1:3], settings.size)
    seeds = confident_seeds(person, working, settings)
    for t, mask in given.items():
        seeds[t] = np.where(resize_mask(mask, working), settings.given, -settings.given)
    small = resize_area(frames, *working)
    if settings.residual_motion.weight:
        add_movement(seeds, small, settings.residual_motion, breaks, workers=workers)
    if device is not None and device.type == "cpu":
        device = None
    try:
        carried = propagate(
            small,
            seeds,
            settings=settings.propagation,
            cuts=breaks,
            device=device,
            workers=workers or cores(),
            progress=progress,
        )
    except BrokenExecutor as error:
        raise PersonalizeError(
            "a process that matches frames was ended from outside, for want of memory perhaps; run "
            "again, with --workers 1 if need be"
        ) from error
    picture = Scene.of(small, scene)
    for t, (belief, cells) in enumerate(zip(carried, person)):
        if t not in given:
            belief[:] = picture.weigh(small[t], blend(belief, cells, settings))
    return carried, picture


def add_movement(
    seeds: Array,
    frames: Frames,
    settings: ResidualMotionSettings,
    breaks: Collection[int] = (),
    *,
    workers: int = 1,
) -> None:
    """Add to the seeds, in place, the evidence of what moves differently from the background.

    Parameters
    ----------
    seeds : (T, H, W) float array
        Log-odds of the person.
    frames : (T, H, W, 3) uint8 array
        RGB, at the working size.
    settings : ResidualMotionSettings
    breaks : collection of int
    workers : int
        As for `propagate_person`.
    """
    moved = measure_movement(frames, breaks=breaks, settings=settings, workers=workers)
    movement = learn_movement(moved, seeds, settings=settings)
    for seed, distance in zip(seeds, moved):
        seed += settings.weight * movement.evidence(distance, settings=settings)


def blend(belief: Array, cells: Array, settings: SeedSettings) -> Array:
    """Combine the propagated belief of a frame with the network's prediction for it.

    Only the most confident cells were seeds. Along the edges of the person, and where motion
    breaks all links, the network's uncertain prediction is better than none.

    Parameters
    ----------
    belief : (H, W) float array
        Probability of the person, after propagation.
    cells : (h, w) float array
        Probability of the person by the network.
    settings : SeedSettings

    Returns
    -------
    (H, W) float array
        Probability of the person: the two are mixed as log-odds, by `settings.own`.
    """
    own = log_odds(cv2.resize(cells.astype(np.float32), belief.shape[::-1]))
    both = [np.clip(odds, -settings.limit, settings.limit) for odds in (log_odds(belief), own)]
    odds = (1 - settings.own) * both[0] + settings.own * both[1]
    return 1 / (1 + np.exp(-odds))


def working_size(canvas: tuple[int, int], size: int) -> tuple[int, int]:
    """Return rows and columns in the shape of a canvas, with the area of size x size at most."""
    shrink = min(1.0, size / np.sqrt(canvas[0] * canvas[1]))
    return round(canvas[0] * shrink), round(canvas[1] * shrink)


def confident_seeds(person: Array, size: tuple[int, int], settings: SeedSettings) -> Map:
    """Return the log-odds of what the network is surest of; 0 elsewhere.

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
    least_person = log_odds(threshold(person, settings))
    least_background = log_odds(threshold(1 - person, settings))
    seeds = np.empty((len(person), *size), np.float32)
    for seed, cells in zip(seeds, person):
        odds = log_odds(cv2.resize(cells.astype(np.float32), size[::-1]))
        sure = (odds >= least_person) | (odds <= -least_background)
        seed[:] = np.where(sure, np.clip(odds, -settings.limit, settings.limit), 0)
    return seeds


def threshold(probability: Array, settings: SeedSettings) -> float:
    """Return the probability from which one side of a window is sure enough to be a seed.

    That is `settings.confidence`, or less if too small a share of what is
    believed at all would reach it.
    """
    believed = probability[probability > 0.5]
    if not believed.size:
        return settings.confidence
    surest: float = np.quantile(believed, 1 - settings.surest)  # of the precision of the maps
    return min(settings.confidence, surest)


def log_odds(probability: Array | float) -> Array:
    """Return log(p / (1 - p)), with certainty bounded at a millionth."""
    probability = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.log(probability / (1 - probability))
