"""How large the body of some landmarks is, and whether a silhouette is that body's."""

import cv2
import numpy as np

from personalize.datasets.body_frame import measure_body
from personalize.datasets.pose_points import BodyPoints
from personalize.datasets.settings import PartGeometry
from personalize.types import Labels


def scale_of(points: BodyPoints, geometry: PartGeometry) -> float:
    """Return how large a body is, in pixels of its unit (`body_frame.BodyFrame`).

    Raises
    ------
    ValueError
        If the landmarks lack a shoulder.
    """
    body = measure_body(points, settings=geometry)
    if body is None:
        raise ValueError("landmarks without both shoulders have no scale")
    return body.unit


def share_inside(
    points: BodyPoints, silhouette: Labels, *, near: float, geometry: PartGeometry
) -> float:
    """Return the share of the visible landmarks that lie in a silhouette (h, w), or near it.

    Parameters
    ----------
    points : BodyPoints
        In pixels of the silhouette.
    silhouette : (h, w) uint8 array
        1 person, 0 background, 255 unknown, which counts as inside.
    near : float
        How near, in units of the body.
    geometry : PartGeometry

    Returns
    -------
    float
        In [0, 1]; 0 where all landmarks lie outside of the picture.
    """
    reach = 2 * max(round(near * scale_of(points, geometry)), 1) + 1
    shown = (silhouette > 0).astype(np.uint8)
    around = np.asarray(cv2.dilate(shown, np.ones((reach, reach), np.uint8)))
    seen = points.xy[points.visibility >= geometry.visible]
    cols, rows = np.rint(seen).astype(int).T
    inside = (rows >= 0) & (cols >= 0) & (rows < around.shape[0]) & (cols < around.shape[1])
    return float(around[rows[inside], cols[inside]].mean()) if inside.any() else 0.0
