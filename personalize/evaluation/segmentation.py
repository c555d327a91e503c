"""Measures of label maps: class accuracy and IOU of parts, J of a person.

Counts are pooled over the whole set before any division, as Unite the People does
(Lassner et al., CVPR 2017); scores are never averaged over images. "Accuracy" in the
paper's Tables 1 and 2 is the recall of a class (Charles et al., BMVC 2017, section 4).

The background is always a source of errors: what it wins from a part is missed by that
part. Whether it is also a class of the mean is a switch, off as in the paper's tables.

J is the intersection over union of two masks (Perazzi et al., CVPR 2016). The DAVIS
benchmark leaves out the first and the last frame, since the methods that it compares
are given the first; no method here is given a mask, so `mean_j` takes every annotated frame.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from personalize import parts
from personalize.types import UNLABELLED, Array, Mask


def count_confusion(
    truth: Array, estimate: Array, classes: int = parts.CLASSES, *, ignored: int = UNLABELLED
) -> NDArray[np.int64]:
    """Count how often each true label was given each label.

    Parameters
    ----------
    truth, estimate : (...) int array
        Labels of the same pixels, of one image or many.
    classes : int
        Number of labels, the background included.
    ignored : int
        Pixels with this true label are left out, whatever was estimated.

    Returns
    -------
    (classes, classes) int64 array
        True labels are rows. Counts of several images are added up with ``+``.

    Raises
    ------
    ValueError
        If the shapes differ or a label is not below `classes`.
    """
    truth, estimate = np.asarray(truth), np.asarray(estimate)
    if truth.shape != estimate.shape:
        raise ValueError(f"labels of shape {estimate.shape} against a truth of {truth.shape}")
    counted = truth != ignored
    rows, columns = truth[counted].astype(np.int64), estimate[counted].astype(np.int64)
    for labels in (rows, columns):
        if labels.size and not 0 <= labels.min() <= labels.max() < classes:
            raise ValueError(f"labels {labels.min()} to {labels.max()} of {classes} classes")
    pairs = np.bincount(rows * classes + columns, minlength=classes * classes)
    return pairs.reshape(classes, classes)


def class_accuracy(confusion: Array) -> Array:
    """Return the share of each class that was found: TP / (TP + FN).

    Parameters
    ----------
    confusion : (C, C) int array
        From `count_confusion`.

    Returns
    -------
    (C,) float array
        In [0, 1]; NaN for a class that the truth does not show.
    """
    return _divide(np.diag(confusion), confusion.sum(axis=1))


def class_iou(confusion: Array) -> Array:
    """Return the intersection over union of each class: TP / (TP + FP + FN).

    Parameters
    ----------
    confusion : (C, C) int array
        From `count_confusion`.

    Returns
    -------
    (C,) float array
        In [0, 1]; NaN for a class that neither the truth nor the estimate shows. A class
        that only the estimate shows has 0.
    """
    found = np.diag(confusion)
    return _divide(found, confusion.sum(axis=0) + confusion.sum(axis=1) - found)


def side_groups(mirrored: Sequence[int] = parts.MIRRORED) -> tuple[tuple[int, ...], ...]:
    """Group each label with that of the same part on the other side.

    Parameters
    ----------
    mirrored : sequence of int
        Label of the same part in the mirrored image.

    Returns
    -------
    tuple of tuples of int
        In the order of their lowest label. The 32 labels of Unite the People make 17
        groups: the background, 13 limbs and trunk parts, upper head, lower head, neck.
    """
    groups = (tuple(sorted({label, other})) for label, other in enumerate(mirrored))
    return tuple(dict.fromkeys(groups))


def average_sides(scores: Array, groups: Sequence[tuple[int, ...]] | None = None) -> Array:
    """Average the scores of left and right parts.

    Parameters
    ----------
    scores : (C,) float array
        One score for each label.
    groups : sequence of tuples of int, optional
        Labels that belong together; by default those of `side_groups`.

    Returns
    -------
    (G,) float array
        Of a group of which one side is NaN, the other; of which both are, NaN.
    """
    groups = side_groups() if groups is None else groups
    return np.array([_mean_of_known(scores[list(group)]) for group in groups])


def mean_score(scores: Array, *, background: bool = False) -> float:
    """Average the scores of classes, or of groups of them, that are not NaN.

    Parameters
    ----------
    scores : (C,) float array
        The first is that of the background.
    background : bool
        Whether the background takes part in the mean.

    Returns
    -------
    float
        NaN if no score is known.
    """
    return _mean_of_known(scores if background else scores[1:])


def intersection_over_union(truth: Mask, estimate: Mask, ignored: Mask | None = None) -> float:
    """Return J, the intersection over union of two masks.

    Parameters
    ----------
    truth, estimate : (H, W) bool array
        True where the person is.
    ignored : (H, W) bool array, optional
        True where pixels are not counted.

    Returns
    -------
    float
        In [0, 1]. If both masks are empty they agree: 1, as in the DAVIS benchmark.

    Raises
    ------
    ValueError
        If a mask is not bool or the shapes differ.
    """
    if truth.dtype != bool or estimate.dtype != bool or truth.shape != estimate.shape:
        raise ValueError(
            f"expected two bool masks of one shape, got {truth.dtype} {truth.shape} "
            f"and {estimate.dtype} {estimate.shape}"
        )
    if ignored is not None:
        truth, estimate = truth & ~ignored, estimate & ~ignored
    union = np.count_nonzero(truth | estimate)
    return np.count_nonzero(truth & estimate) / union if union else 1.0


def mean_j(truths: Iterable[Mask], estimates: Iterable[Mask]) -> float:
    """Return the mean J of a sequence, over every annotated frame.

    Parameters
    ----------
    truths, estimates : iterables of (H, W) bool arrays
        Masks of the same frames, read one by one.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        If one has more frames than the other, or there is none.
    """
    scores = [
        intersection_over_union(truth, estimate)
        for truth, estimate in zip(truths, estimates, strict=True)
    ]
    if not scores:
        raise ValueError("there is no annotated frame")
    return float(np.mean(scores))


def _divide(part, whole):
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _mean_of_known(scores):
    known = scores[~np.isnan(scores)]
    return float(known.mean()) if known.size else float("nan")
