"""Joint errors in pixels (Charles et al., BMVC 2017, section 4.4, Table 3).

An error is the Euclidean distance in pixels of the labelled frame. Errors are averaged
over frames, videos and sides together, so that a group is one mean over all its joints.

The paper does not say how joints of parts without a pixel count. Two rules are measured:

A (reported)
    every joint is estimated, by the best place that the part has; only where no person is
    found at all is an error NaN, and left out.
B (beside it)
    a joint whose part wins no pixel is *missed*, and left out. Compare errors under this
    rule only together with the share that is missed: a network that starts to find
    difficult hands looks worse by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from personalize import parts
from personalize.types import Array, Mask

GROUPS = {
    group: tuple(parts.UPPER_BODY_JOINTS.index(joint) for joint in joints)
    for group, joints in parts.JOINT_GROUPS.items()
}
"""Group of Table 3 -> its columns in arrays of the seven joints."""

RIGHT_SHOULDER, LEFT_SHOULDER = GROUPS["Shoulders"]


@dataclass(frozen=True, eq=False)
class JointErrors:
    """Errors of one network on the N labelled frames of one video.

    Attributes
    ----------
    pixels : (N, 7) float array
        Under rule A, in the order of `parts.UPPER_BODY_JOINTS`; NaN where a joint is not
        labelled or not estimated.
    labelled : (N, 7) bool array
        Where there is a label.
    missed : (N, 7) bool array
        Labelled joints whose part won no pixel, or that were not estimated at all.
    shoulder_width : float
        Mean distance between the labelled shoulders of the video, in pixels.
    """

    pixels: Array
    labelled: Array
    missed: Array
    shoulder_width: float


def measure_joints(truth: Array, estimate: Array, found: Mask | None = None) -> JointErrors:
    """Measure the estimated joints of a video against its labels.

    Parameters
    ----------
    truth : (N, 7, 2) float array
        Labels (x, y) in pixels of the labelled frames; NaN where there is none.
    estimate : (N, 7, 2) float array
        Estimates in the same pixels; NaN where there is none.
    found : (N, 7) bool array, optional
        Where the part of a joint won a pixel; by default wherever it is estimated.

    Returns
    -------
    JointErrors

    Raises
    ------
    ValueError
        If the shapes differ or are not those of the seven joints.
    """
    joints = len(parts.UPPER_BODY_JOINTS)
    if truth.shape != estimate.shape or truth.shape[1:] != (joints, 2):
        raise ValueError(
            f"expected (N, {joints}, 2) labels and estimates, got {truth.shape}, {estimate.shape}"
        )
    pixels = np.linalg.norm(estimate - truth, axis=-1)  # (N, 7, 2) -> (N, 7)
    labelled = np.asarray(~np.isnan(truth).any(axis=-1))
    missed = np.asarray(np.isnan(estimate).any(axis=-1))
    if found is not None:
        missed = missed | ~found
    return JointErrors(pixels, labelled, missed & labelled, shoulder_width(truth))


def shoulder_width(truth: Array) -> float:
    """Return the mean distance between the labelled shoulders of a video.

    Parameters
    ----------
    truth : (N, 7, 2) float array
        Labels; frames without both shoulders are left out.

    Returns
    -------
    float
        In pixels; NaN if no frame has both.
    """
    widths = np.linalg.norm(truth[:, RIGHT_SHOULDER] - truth[:, LEFT_SHOULDER], axis=-1)
    return _mean_of_known(widths)


def group_errors(videos: Sequence[JointErrors]) -> dict[str, float]:
    """Average the errors of each group over frames, sides and videos, under rule A.

    Parameters
    ----------
    videos : sequence of JointErrors
        All of one network.

    Returns
    -------
    dict of str to float
        Group -> pixels; NaN if no joint of it was estimated.
    """
    return _pool(video.pixels for video in videos)


def mean_error(videos: Iterable[JointErrors]) -> float:
    """Return the mean error in pixels of all joints of all videos, under rule A; NaN if there
    is none.
    """
    return _mean_of_known(np.concatenate([video.pixels.ravel() for video in videos]))


def group_errors_found(videos: Sequence[JointErrors]) -> dict[str, float]:
    """Average the errors of the joints that were not missed, under rule B.

    Parameters, Returns: see `group_errors`.
    """
    return _pool(np.where(video.missed, np.nan, video.pixels) for video in videos)


def group_errors_per_width(videos: Sequence[JointErrors]) -> dict[str, float]:
    """Average the errors as shares of the shoulder width of each video, under rule A.

    Parameters, Returns: see `group_errors`; 0.1 is a tenth of the shoulder width.
    """
    return _pool(video.pixels / video.shoulder_width for video in videos)


def group_miss_rates(videos: Sequence[JointErrors]) -> dict[str, float]:
    """Return the share of each group's labelled joints that were missed.

    Parameters
    ----------
    videos : sequence of JointErrors
        All of one network.

    Returns
    -------
    dict of str to float
        Group -> share in [0, 1]; NaN if nothing is labelled.
    """
    return _pool(np.where(video.labelled, video.missed, np.nan) for video in videos)


def group_pck(videos: Sequence[JointErrors], threshold: float = 0.2) -> dict[str, float]:
    """Return the share of labelled joints within a share of the shoulder width (PCK).

    Parameters
    ----------
    videos : sequence of JointErrors
        All of one network.
    threshold : float
        Largest error that counts as correct, in shoulder widths.

    Returns
    -------
    dict of str to float
        Group -> share in [0, 1]. A joint without an estimate is not correct.
    """
    return _pool(
        np.where(video.labelled, video.pixels <= threshold * video.shoulder_width, np.nan)
        for video in videos
    )


def _pool(arrays):
    """Mean of the known values of each group, of (N, 7) arrays of all videos."""
    values = np.concatenate(list(arrays))
    return {group: _mean_of_known(values[:, columns]) for group, columns in GROUPS.items()}


def _mean_of_known(values):
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
