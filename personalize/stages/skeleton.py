"""Agree on the joints of one frame along the skeleton (not in the paper).

Where each joint may be, several places of every joint, in; one place of every
joint out. Places speak for each other along a tree, head, shoulders, elbows and
wrists, shoulders, hips, knees and ankles: two that are further apart than the
limb is long, measured in widths of the shoulders, or with nothing of the limb
between them, hardly go together. The probability of every place, given all that
speaks for the others, is exact on a tree (sum-product; Pearl, "Probabilistic
Reasoning in Intelligent Systems", 1988), and a joint lies where the expected
distance to its true place is least: on one of two distant places, not between.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from personalize import parts as names
from personalize.stages.settings import SkeletonSettings
from personalize.types import Array

NAMES = tuple(names.JOINTS)


class Bone(NamedTuple):
    """One edge of the tree: indices of joints, labels between them, length in shoulder widths."""

    parent: int
    child: int
    labels: tuple
    length: float


def _both_sides(parent, child, labels, length):
    """Return a bone of the right side and its mirror image."""
    for side, mine in (("right_", labels), ("left_", tuple(names.MIRRORED[k] for k in labels))):
        above = NAMES.index(parent if parent == "head" else side + parent)
        yield Bone(above, NAMES.index(side + child), mine, length)


BONES = (
    *_both_sides("head", "shoulder", (), 0.7),
    *_both_sides("shoulder", "elbow", (4, 5, 6), 0.9),
    *_both_sides("elbow", "wrist", (2, 3, 4), 0.8),
    *_both_sides("shoulder", "hip", (6, 7, 8), 1.6),
    *_both_sides("hip", "knee", (8, 9, 10), 1.3),
    *_both_sides("knee", "ankle", (10, 11, 12), 1.3),
)
"""From the head outwards: the parent of a bone is the child of an earlier one, or the head."""

BETWEEN = {"wrist": (1, 3), "elbow": (3, 5), "knee": (9, 11), "ankle": (11, 13)}
"""Joint of the right side -> the parts that it separates. Not the shoulder: the middle of
the trunk is too far from it."""

HEAD_WIDTH = 0.7
"""Side of the square that has the area of the head, in widths of the shoulders."""


def agree(
    weight: Array, parts: Array, guess: Array, *, settings: SkeletonSettings
) -> tuple[Array, Array]:
    """Choose a place for every joint so that the places agree.

    Parameters
    ----------
    weight : (J, h, w) float array
        Probability of the parts of each joint.
    parts : (32, h, w) float array
        Probability of every label.
    guess : (J, 2) float array
        (column, row) of each joint by another rule, in cells: one place among the others.
    settings : SkeletonSettings

    Returns
    -------
    xy : (J, 2) float64 array
        (column, row) in cells.
    confidence : (J,) float64 array
        Greatest `weight` in the 3 x 3 cells around, times the probability of the
        places within `settings.near` shoulder widths.
    """
    soft = _blurred(np.float32(parts), settings.blur)
    evidence = _blurred(np.float32(weight), settings.blur) + settings.seam * _seams(soft)
    width = shoulder_width(weight, guess, settings)
    places, known = _places(evidence, guess, settings)
    scores = settings.trust * np.log(_sample(evidence, places) + settings.floor)
    scores = np.where(known, scores, -np.inf)
    pairs = [_go_together(bone, places, soft, width, settings) for bone in BONES]
    probability = marginals(scores, pairs)
    xy, probability = _least_expected_distance(places, probability, settings.near * width)
    beside = _sample(_greatest_around(np.float32(weight)), xy[:, None])[:, 0]
    return xy, np.clip(beside * probability, 0, 1)


def shoulder_width(weight: Array, guess: Array, settings: SkeletonSettings) -> float:
    """Estimate the width of the shoulders: from the head, or from the distance between them.

    Parameters
    ----------
    weight : (J, h, w) float array
        Probability of the parts of each joint.
    guess : (J, 2) float array
        (column, row) of each joint, in cells.
    settings : SkeletonSettings

    Returns
    -------
    float
        In cells; the larger of both, and at least `settings.least_width`.
    """
    head = np.sqrt(weight[NAMES.index("head")].sum()) / HEAD_WIDTH
    right, left = guess[NAMES.index("right_shoulder")], guess[NAMES.index("left_shoulder")]
    between = min(np.linalg.norm(right - left), settings.wide * head) if head > 1 else 0.0
    return max(head, between, settings.least_width)


def marginals(scores: Array, pairs: Sequence[Array]) -> Array:
    """Return the probability of every place of every joint, given all others.

    Parameters
    ----------
    scores : (J, K) float array
        Log-probability of each place by itself; -inf for a place that is not one.
    pairs : sequence of (K, K) float arrays
        For each of `BONES`: that of a parent's and a child's place going together.

    Returns
    -------
    (J, K) float array
        Rows sum to 1.
    """
    inward, messages = scores.copy(), [None] * len(BONES)
    for k in reversed(range(len(BONES))):
        messages[k] = _log_sum(pairs[k] + inward[BONES[k].child], axis=1)
        inward[BONES[k].parent] += messages[k]
    total = inward.copy()
    for k, bone in enumerate(BONES):
        beyond = total[bone.parent] - messages[k]
        total[bone.child] = inward[bone.child] + _log_sum(pairs[k] + beyond[:, None], axis=0)
    probability = np.exp(total - total.max(axis=1, keepdims=True))
    return probability / probability.sum(axis=1, keepdims=True)


def _log_sum(values, axis):
    greatest = values.max(axis=axis, keepdims=True)
    return np.squeeze(greatest, axis) + np.log(np.exp(values - greatest).sum(axis=axis))


def _blurred(maps, deviation):
    """Blur maps (N, h, w) in space."""
    stacked = np.ascontiguousarray(maps.transpose(1, 2, 0))
    blurred = cv2.GaussianBlur(stacked, (0, 0), deviation, borderType=cv2.BORDER_CONSTANT)
    return blurred.transpose(2, 0, 1)


def _greatest_around(maps):
    """Return the greatest value in the 3 x 3 cells around each of maps (N, h, w)."""
    stacked = np.ascontiguousarray(maps.transpose(1, 2, 0))
    return cv2.dilate(stacked, np.ones((3, 3), np.uint8)).transpose(2, 0, 1)


def _seams(soft):
    """Return where the parts on both sides of a joint are near each other: (J, h, w)."""
    seams = np.zeros((len(NAMES), *soft.shape[1:]), np.float32)
    for j, name in enumerate(NAMES):
        side, _, joint = name.partition("_")
        if joint in BETWEEN:
            mirror = side == "left"
            one, other = (names.MIRRORED[k] if mirror else k for k in BETWEEN[joint])
            seams[j] = np.sqrt(soft[one] * soft[other])
    return seams


def _places(evidence, guess, settings):
    """Return each joint's guess and greatest maxima (J, K, 2) as (column, row), and which count."""
    count, _, cols = evidence.shape
    peak = _greatest_around(evidence) == evidence
    heights = np.where(peak, evidence, 0).reshape(count, -1)
    best = np.argsort(-heights, axis=1, kind="stable")[:, : settings.places]
    known = np.take_along_axis(heights, best, 1) > 0
    row, col = np.divmod(best, cols)
    centres = _soft_centres(evidence, row, col)
    places = np.concatenate([guess[:, None], centres], axis=1)
    return places, np.concatenate([np.ones((count, 1), bool), known], axis=1)


def _soft_centres(evidence, row, col):
    """Return the evidence-weighted centres (J, K, 2) of the cells around maxima."""
    joint = np.arange(len(evidence))[:, None, None]
    padded = np.pad(evidence, ((0, 0), (1, 1), (1, 1)))
    drow, dcol = (offset.ravel() for offset in np.mgrid[-1:2, -1:2])
    around = padded[joint, row[..., None] + 1 + drow, col[..., None] + 1 + dcol] + 1e-12
    total = around.sum(axis=2)
    return np.stack([col + around @ dcol / total, row + around @ drow / total], axis=-1)


def _sample(maps, places):
    """Read maps (J, h, w) at the cells nearest to their places (J, K, 2)."""
    col, row = _nearest_cells(places, maps.shape)
    return maps[np.arange(len(maps))[:, None], row, col]


def _nearest_cells(places, shape):
    cells = np.rint(places).astype(np.intp)
    return cells[..., 0].clip(0, shape[-1] - 1), cells[..., 1].clip(0, shape[-2] - 1)


def _go_together(bone, places, soft, width, settings):
    """Return the log-probability (K, K) that places of a parent and a child go together."""
    one, other = places[bone.parent][:, None], places[bone.child][None]
    apart = np.sqrt(((one - other) ** 2).sum(axis=2)) / width
    beyond = np.maximum(apart - bone.length, 0) / settings.spread
    score = -np.minimum(0.5 * beyond**2, settings.against)
    if bone.labels:
        along = np.linspace(0, 1, settings.samples)[:, None, None, None]
        col, row = _nearest_cells(one + along * (other - one), soft.shape)
        limb = soft[list(bone.labels)].sum(axis=0)[row, col].mean(axis=0)
        score = score + settings.limb * np.log(limb + settings.floor)
    return score


def _least_expected_distance(places, probability, near):
    """Return each joint's place of least expected distance (J, 2), and how probable its area is."""
    apart = np.linalg.norm(places[:, :, None] - places[:, None], axis=3)
    expected = (apart * probability[:, None]).sum(axis=2)
    chosen = expected.argmin(axis=1)[:, None]
    close = np.take_along_axis(apart, chosen[..., None], 1)[:, 0] <= near
    shares = probability * close
    xy = (places * shares[..., None]).sum(axis=1) / shares.sum(axis=1)[:, None]
    return xy, shares.sum(axis=1)
