"""Refine the beliefs of a window into labels (Charles et al., BMVC 2017, section 4.4).

Frames and propagated beliefs in, labels out: the paper runs GrabCut on every
frame. One person wears one wardrobe before one scene, so here the colours of
both sides are learned once, from sure pixels of the whole window; a frame in
which the belief is wrong is corrected by the others, and each frame costs one
cut only.

Where the paper is silent: a cut that strays too far from the belief is not
taken, and a pixel where the cut contradicts a sure belief is left unlabelled.
"""

import cv2
import numpy as np

from personalize.grabcut import colour_log_ratio, cut, is_acceptable, is_too_small
from personalize.mixture import fit_mixture, monomials
from personalize.settings import RefineSettings
from personalize.silhouettes import resize_mask
from personalize.types import check_frames

UNLABELLED = 255


def refine_silhouettes(frames, beliefs, *, settings=RefineSettings(), given=None, progress=iter):
    """Turn soft beliefs into labels that follow the edges and colours of the frames.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB, of any size; brought to that of the beliefs.
    beliefs : (T, h, w) float array
        Probability of the person, in [0, 1].
    settings : RefineSettings
    given : dict of int to (rows, cols) bool array, optional
        Silhouettes that are known, by the number of the frame; they are the labels
        of these frames, whatever the cut would say.
    progress : callable
        Wraps the sequence of frame numbers.

    Returns
    -------
    (T, h, w) uint8 array
        0 background, 1 person, 255 not labelled.

    Raises
    ------
    ValueError
        If frames and beliefs are not equally many.
    """
    check_frames(frames)
    if beliefs.ndim != 3 or len(beliefs) != len(frames):
        raise ValueError(f"{len(frames)} frames cannot be refined by beliefs of {beliefs.shape}")
    colours = _learn_colours(frames, beliefs, settings)
    labels = np.empty(beliefs.shape, np.uint8)
    for t in progress(range(len(frames))):
        if given and t in given:
            labels[t] = resize_mask(given[t], beliefs.shape[1:])
        else:
            labels[t] = _refine_frame(frames[t], beliefs[t], colours, settings)
    return labels


def person_masks(labels, beliefs, *, settings=RefineSettings()):
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
    overruled = (labels == UNLABELLED) & _is_sure(beliefs, settings)
    return np.where(labels == UNLABELLED, believed ^ overruled, labels == 1)


def _refine_frame(frame, belief, colours, settings):
    """Labels of one frame; `colours` are the two mixtures of the window, or None."""
    sure, believed = _is_sure(belief, settings), belief >= 0.5
    if colours is None or is_too_small(believed, settings.cut):
        return np.where(sure, believed, UNLABELLED).astype(np.uint8)
    image = _resize(frame, belief.shape)
    ratio = colour_log_ratio(*colours, monomials(image)).reshape(belief.shape)
    mask = cut(image, belief, ratio, settings=settings.cut)
    if not is_acceptable(mask, believed, settings.cut):
        return np.where(sure, believed, UNLABELLED).astype(np.uint8)
    return np.where(sure & (mask != believed), UNLABELLED, mask).astype(np.uint8)


def _is_sure(belief, settings):
    """Where a belief is decided enough not to be overruled in silence."""
    return (belief >= settings.sure) | (belief <= 1 - settings.sure)


def _learn_colours(frames, beliefs, settings):
    """Mixtures of the person's and the background's colours over the window, or None."""
    quota = -(-settings.samples // len(frames))
    sides = ([], [])
    for frame, belief in zip(frames, beliefs, strict=True):
        terms = monomials(_resize(frame, belief.shape))
        sure = _is_sure(belief, settings)
        for taken, side in zip(sides, (belief >= 0.5, belief < 0.5), strict=True):
            members = np.flatnonzero(sure & side)
            if len(members):
                taken.append(terms[members[:: -(-len(members) // quota)]])
    if not all(sides):
        return None
    return tuple(_fit(np.concatenate(taken), settings.cut) for taken in sides)


def _fit(terms, settings):
    """Mixture of colours that all count the same."""
    return fit_mixture(
        terms,
        np.ones(len(terms)),
        components=settings.components,
        iterations=settings.iterations,
    )


def _resize(frame, shape):
    """The frame at the size (h, w) of the beliefs."""
    return cv2.resize(frame, shape[::-1], interpolation=cv2.INTER_AREA)
