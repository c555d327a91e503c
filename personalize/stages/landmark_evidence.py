"""Landmarks of a teacher as evidence: how far a network's joints are from them.

Parts of frames that nothing was learned from in, distances out; and what they promise, as a gain
with its uncertainty. No number is fitted: where there is a teacher, to be nearer to it is to be
better. The head is left out, since it is more than a nose, and so are hips, which are read off
elsewhere.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from personalize import parts as names
from personalize.datasets.body_frame import measure_body
from personalize.datasets.pose_points import INDEX, BodyPoints
from personalize.datasets.settings import PartGeometry
from personalize.imaging.framing import CELL
from personalize.stages.joints import locate_joints
from personalize.stages.settings import JointSettings
from personalize.types import Floats, Map

DISTANCE, GAIN = "landmarks", "landmark_gain"
"""Kinds of evidence: 1 less the mean distance, before and after; the gain and its uncertainty."""

COMPARED = {
    joint: INDEX[name]
    for joint, name in enumerate(names.JOINTS)
    if name in INDEX and not name.endswith("hip")
}
"""Index of a joint -> that of its landmark."""


def landmark_distances(
    parts: Map,
    landmarks: Mapping[int, BodyPoints],
    *,
    joints: JointSettings = JointSettings(),
    geometry: PartGeometry = PartGeometry(),
) -> Floats:
    """Return how far the joints that are read off parts are from landmarks.

    Parameters
    ----------
    parts : (N, 32, h, w) float32 array
        Probabilities of background and parts.
    landmarks : dict of int to BodyPoints
        By the number among the N, in pixels of the canvas.
    joints : JointSettings
    geometry : PartGeometry
        What is visible, and how large a body is.

    Returns
    -------
    (N,) float64 array
        Means over the visible landmarks, in units of the body (`body_frame.BodyFrame`); NaN where
        there is none.
    """
    found = np.full(len(parts), np.nan)
    for number, points in landmarks.items():
        body = measure_body(points, settings=geometry)
        seen = [
            joint
            for joint, landmark in COMPARED.items()
            if points.visibility[landmark] >= geometry.visible
        ]
        if body is None or not seen:
            continue
        said = parts[number]
        estimate = locate_joints(said, 1 - said[names.BACKGROUND], settings=joints)
        places = (estimate.xy[seen] + 0.5) * CELL - 0.5
        away = np.linalg.norm(places - points.xy[[COMPARED[joint] for joint in seen]], axis=1)
        known = away[np.isfinite(away)]
        found[number] = known.mean() / body.unit if len(known) else np.nan
    return found


def weigh_landmarks(
    before: Map, after: Map, landmarks: Mapping[int, BodyPoints]
) -> dict[str, NDArray[np.float64]]:
    """Return the evidence in landmarks of what learning parts brought.

    Parameters
    ----------
    before, after : (N, 32, h, w) float32 array
        Probabilities of background and parts, by two networks.
    landmarks : dict of int to BodyPoints
        As for `landmark_distances`.

    Returns
    -------
    dict of str to (2,) float64 array
        `DISTANCE` and `GAIN`; empty where fewer than two frames have landmarks.
    """
    far = [landmark_distances(parts, landmarks) for parts in (before, after)]
    gain = landmark_gain(*far)
    if gain is None:
        return {}
    near = [1 - float(np.nanmean(distances)) for distances in far]
    return {DISTANCE: np.array(near), GAIN: np.array(gain)}


def landmark_gain(before: Floats, after: Floats) -> tuple[float, float] | None:
    """Return the share of the distance that learning takes away, and its standard error.

    Parameters
    ----------
    before, after : (N,) float array
        Of `landmark_distances`, of the same frames by two networks.

    Returns
    -------
    estimate, uncertainty : float
        The error is that of a mean over frames, as if these were independent, which neighbours are
        not quite. None where fewer than two frames have landmarks.

    Examples
    --------
    Of two frames, both came nearer by a half:

    >>> landmark_gain(np.array([0.2, 0.4]), np.array([0.1, 0.2]))
    (0.5, 0.0)
    """
    known = np.isfinite(before) & np.isfinite(after)
    if known.sum() < 2:
        return None
    mean = before[known].mean()
    left = 1 - after[known].mean() / mean
    off = before[known] - after[known] - left * before[known]  # of a ratio of means
    return float(left), float(off.std(ddof=1) / np.sqrt(known.sum()) / mean)
