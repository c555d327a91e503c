"""Experiment 6: personalization to YouTube Pose (Charles et al., BMVC 2017, section 4.4).

Table 3 is `evaluation.joint_tables.joint_table`. Figure 7a is here: the share of the labelled
joints within a number of pixels of their label.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from personalize import parts
from personalize.evaluation.joint_errors import GROUPS, JointErrors
from personalize.evaluation.joint_tables import NETWORKS
from personalize.types import Array, Json

THRESHOLDS = np.arange(0, 51)
"""Pixels of the labelled frames."""


def accuracy_curve(videos: Sequence[JointErrors], group: str) -> Array:
    """Return the share of a group's labelled joints that are within each of `THRESHOLDS`.

    Parameters
    ----------
    videos : sequence of JointErrors
        Errors of one network.
    group : str
        Of `parts.JOINT_GROUPS`.

    Returns
    -------
    (51,) float array
        A joint without an estimate is within no threshold; NaN if nothing is labelled.
    """
    columns = list(GROUPS[group])
    labelled = np.concatenate([errors.labelled[:, columns].ravel() for errors in videos])
    pixels = np.concatenate([errors.pixels[:, columns].ravel() for errors in videos])[labelled]
    if not len(pixels):
        return np.full(len(THRESHOLDS), np.nan)
    return (np.nan_to_num(pixels, nan=np.inf)[:, None] <= THRESHOLDS).mean(axis=0)


def accuracy_curves(videos: Mapping[str, Mapping[str, JointErrors]]) -> dict[str, dict[str, Array]]:
    """Return the curves of both networks.

    Parameters
    ----------
    videos : dict of str to dict of str to JointErrors
        Name of the video -> "generic" and "personalized" -> errors.

    Returns
    -------
    dict of str to dict of str to (51,) float array
        Group -> network -> share within each of `THRESHOLDS`.
    """
    return {
        group: {
            network: accuracy_curve([video[network] for video in videos.values()], group)
            for network in NETWORKS
        }
        for group in parts.JOINT_GROUPS
    }


def report_curves(curves: Mapping[str, Mapping[str, Array]]) -> Json:
    """Return curves for JSON."""
    return {
        "thresholds": THRESHOLDS.tolist(),
        **{
            group: {network: curve.tolist() for network, curve in by_network.items()}
            for group, by_network in curves.items()
        },
    }


def panels_of(
    curves: Mapping[str, Mapping[str, Array]],
) -> dict[str, dict[str, tuple[Array, Array]]]:
    """Return the panels of Figure 7a: one for each group of joints, with both networks."""
    return {
        group: {network: (THRESHOLDS, curve) for network, curve in by_network.items()}
        for group, by_network in curves.items()
    }
