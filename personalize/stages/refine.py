"""Refine the beliefs of a window into labels (Charles et al., BMVC 2017, section 4.4).

Frames and propagated beliefs in, labels out: the paper runs GrabCut on every
frame. Here the colours of person and background are learned once from the whole window
(`window_colours`), so that each frame costs one cut only. Half of the evidence comes
from the colours near each place (`local_colours`).

Where the paper is silent: a cut that strays too far from the belief is not
taken, and a pixel where the cut contradicts a sure belief is left unlabelled. The
same colours then cut the person out of every frame that the personal network
parses, with outlines finer than its cells.
"""

from collections.abc import Mapping

import cv2
import numpy as np
from scipy.special import expit

from personalize.evidence.local_colours import nearby_log_ratio
from personalize.evidence.window_colours import Colours, is_sure
from personalize.imaging.framing import resize_area
from personalize.imaging.grabcut import (
    cut,
    evidence,
    is_acceptable,
    is_too_small,
    surroundings,
)
from personalize.media.given_silhouettes import resize_mask
from personalize.stages.settings import RefineSettings
from personalize.types import (
    UNLABELLED,
    Array,
    Frame,
    Frames,
    Labels,
    Mask,
    Wrap,
)
from personalize.workers import in_order


def refine_silhouettes(
    frames: Frames,
    beliefs: Array,
    colours: Colours | None,
    *,
    settings: RefineSettings = RefineSettings(),
    given: Mapping[int, Mask] | None = None,
    workers: int = 1,
    progress: Wrap = iter,
) -> Labels:
    """Turn soft beliefs into labels that follow the edges and colours of the frames.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB, of any size; brought to that of the beliefs.
    beliefs : (T, h, w) float array
        Probability of the person, in [0, 1].
    colours : Colours or None
        Of the window; without them only the sure pixels are labelled.
    settings : RefineSettings
    given : dict of int to (rows, cols) bool array, optional
        Silhouettes that are known, by the number of the frame; they are the labels
        of these frames, in place of a cut.
    workers : int
        Threads, as for `workers.in_order`.
    progress : callable
        Wraps the sequence of frame numbers.

    Returns
    -------
    (T, h, w) uint8 array
        0 background, 1 person, 255 not labelled.
    """

    def refined(t: int) -> Labels:
        if given and t in given:
            return resize_mask(given[t], beliefs.shape[1:]).astype(np.uint8)
        return _refine_frame(frames[t], beliefs[t], colours, settings)

    labels = np.empty(beliefs.shape, np.uint8)
    found = in_order(refined, progress(range(len(frames))), workers)
    for number, label in enumerate(found):  # asked for one more, so that progress is at its end
        labels[number] = label
    return labels


def person_masks(
    labels: Labels, beliefs: Array, *, settings: RefineSettings = RefineSettings()
) -> Mask:
    """Whole masks of refined labels, as the cut drew them.

    A sure pixel is unlabelled only where the cut overruled the belief, an unsure
    one only in a frame of which the cut was not taken; so nothing is lost.

    Parameters
    ----------
    labels : (T, h, w) uint8 array
        From `refine_silhouettes`.
    beliefs : (T, h, w) float array
        What they were refined from.
    settings : RefineSettings
        What they were refined with.

    Returns
    -------
    (T, h, w) bool array
    """
    believed = beliefs >= 0.5
    overruled = (labels == UNLABELLED) & is_sure(beliefs, settings.sure)
    return np.where(labels == UNLABELLED, believed ^ overruled, labels == 1)


def sharpen_silhouette(
    frame: Frame,
    person: Array,
    colours: Colours,
    *,
    scale: float = 1.0,
    settings: RefineSettings = RefineSettings(),
) -> Mask | None:
    """Cut the person out of one frame, from the network's map and the colours of a window.

    Parameters
    ----------
    frame : (rows, cols, 3) uint8 array
        RGB, on the canvas.
    person : (h, w) float array
        Probability of the person, in cells.
    colours : Colours
    scale : float
        Pixels of the canvas for one of the source. A frame that is magnified is cut at the size
        of the source, which shows as much in fewer pixels.
    settings : RefineSettings

    Returns
    -------
    (rows, cols) bool array or None
        None where the cut strays too far from the map, or the person is hardly seen.
    """
    rows, cols = (round(side / max(scale, 1.0)) for side in frame.shape[:2])
    [small] = resize_area(frame[None], rows, cols)
    mask = _cut_frame(small, cv2.resize(person, (cols, rows)), colours, settings)
    if mask is None or small.shape == frame.shape:
        return mask
    enlarged: Mask = cv2.resize(mask.astype(np.float32), frame.shape[1::-1]) >= 0.5
    return enlarged


def reconcile(mask: Mask, person: Array, sure: float) -> Array:
    """Return what to inject into the network of a silhouette that was cut out.

    A cut leaks into a background that has the person's colours. Where it contradicts a
    sure belief, parts can rely on neither, and the belief is injected.

    Parameters
    ----------
    mask : (H, W) bool array
    person : (h, w) float32 array
        Probability of the person, of any size.
    sure : float
        Certainty from which a belief is sure.

    Returns
    -------
    (H, W) float32 array
        Probability of the person: that of the belief where the two contradict
        each other, 0 or 1 elsewhere.

    Examples
    --------
    The cut took two pixels of which the second is surely not the person's:

    >>> cut = np.array([[True, True, False]])
    >>> reconcile(cut, np.float32([[0.6, 0.1, 0.2]]), sure=0.7).round(2).tolist()
    [[1.0, 0.10000000149011612, 0.0]]
    """
    belief = cv2.resize(person, mask.shape[::-1])
    contradicted = (mask != (belief >= 0.5)) & (np.maximum(belief, 1 - belief) >= sure)
    return np.where(contradicted, belief, np.float32(mask))


def _refine_frame(frame, belief, colours, settings):
    """Labels of one frame."""
    sure, believed = is_sure(belief, settings.sure), belief >= 0.5
    mask = _cut_frame(_resize(frame, belief.shape), belief, colours, settings)
    if mask is None:
        return np.where(sure, believed, UNLABELLED).astype(np.uint8)
    return np.where(sure & (mask != believed), UNLABELLED, mask).astype(np.uint8)


def _cut_frame(image, belief, colours, settings):
    """The person cut out of an image (h, w, 3) by a belief (h, w); None if the cut is not taken."""
    believed = belief >= 0.5
    if colours is None or is_too_small(believed, settings.cut):
        return None
    box = surroundings(believed, settings.cut.margin)  # beyond which the cut does not look
    ratio = np.zeros(belief.shape, np.float32)
    ratio[box] = _colour_evidence(image[box], belief[box], colours, settings)
    mask = cut(image, belief, ratio, settings=settings.cut)
    return mask if is_acceptable(mask, believed, settings.cut) else None


def _colour_evidence(image, belief, colours, settings):
    """Log-odds by the colours of an image (h, w, 3): those of the window, and local ones."""
    limit, weight = settings.cut.colour_limit, settings.local_colours.weight
    ratio = colours.log_ratio(image)
    if not weight:
        return ratio
    likely = expit(evidence(belief, ratio, settings=settings.cut))
    near = nearby_log_ratio(image, likely, settings=settings.local_colours)
    everywhere, near = (np.clip(odds, -limit, limit) for odds in (ratio, near))
    return (1 - weight) * everywhere + weight * near


def _resize(frame, shape):
    """The frame at the size (h, w) of the beliefs."""
    return cv2.resize(frame, shape[::-1], interpolation=cv2.INTER_AREA)
