"""Soft labels of parts from the landmarks of one frame (not in the paper).

Landmarks and a silhouette in, parts of cells out. Parts are drawn around the landmarks inside of
the silhouette (`landmark_parts`), so that the joints that a run reads off them lie on the
landmarks.
"""

import cv2
import numpy as np

from personalize import parts as names
from personalize.adaptation.settings import TeacherSettings
from personalize.datasets.body_frame import lacks, measure_body
from personalize.datasets.landmark_fit import share_inside
from personalize.datasets.landmark_parts import draw_parts
from personalize.datasets.pose_points import INDEX, BodyPoints
from personalize.imaging.framing import CELL
from personalize.stages.joints import locate_joints
from personalize.types import Floats, Labels, Map

ON_LANDMARKS = tuple(
    (joint, INDEX[name])
    for joint, name in enumerate(names.JOINTS)
    if name.partition("_")[2] in ("elbow", "shoulder", "knee", "ankle")
)
"""Joints that are read off beside their landmark otherwise: their index, and the landmark's. A
wrist's part lies around it, a hip is elsewhere, and a head is more than a nose."""


def parts_of_landmarks(
    points: BodyPoints, silhouette: Labels, *, settings: TeacherSettings
) -> Map | None:
    """Cut a silhouette into parts by landmarks.

    Parameters
    ----------
    points : BodyPoints
        In pixels of the canvas.
    silhouette : (rows, cols) uint8 array
        On the canvas: 1 person, 0 background, 255 unknown, which stays so.
    settings : TeacherSettings

    Returns
    -------
    (32, h, w) float32 array or None
        Share of each cell that the landmarks give to each part; none of it is background. None
        where the landmarks are not enough, or of somebody else.
    """
    geometry = settings.geometry
    if lacks(points, settings=geometry):
        return None
    inside = share_inside(points, silhouette, near=settings.near, geometry=geometry)
    if inside < settings.inside:
        return None
    return _draw(_shifted(points, silhouette, settings), silhouette, settings)


def _draw(points: BodyPoints, silhouette: Labels, settings: TeacherSettings) -> Map:
    """Share (32, h, w) of each cell that is each part, drawn around landmarks."""
    labels = draw_parts(points, silhouette, settings=settings.geometry)
    cells = silhouette.shape[1] // CELL, silhouette.shape[0] // CELL
    given = np.zeros((names.CLASSES, *cells[::-1]), np.float32)
    for part in np.unique(labels[(labels > 0) & (labels < names.CLASSES)]):
        share = (labels == part).astype(np.float32)
        given[part] = cv2.resize(share, cells, interpolation=cv2.INTER_AREA)
    return given


def _shifted(points: BodyPoints, silhouette: Labels, settings: TeacherSettings) -> BodyPoints:
    """Landmarks to draw for, so that joints that are read off lie on those of the teacher.

    The crook of a bent arm has more of an elbow than its outside, and a silhouette may end on one
    side of a limb: the centre of a part is not quite where its landmark is. Each landmark is moved
    against that, and stays where its joint came nearest.
    """
    body = measure_body(points, settings=settings.geometry)
    most = settings.moved * body.unit if body else 0.0
    shift, best = np.zeros((2, *points.xy.shape))
    nearest = np.full(len(points.xy), np.inf)
    for _ in range(settings.rounds + 1 if settings.rounds else 0):
        drawn_for = BodyPoints(points.xy + shift, points.visibility)
        missed = _missed_by(points, _draw(drawn_for, silhouette, settings), settings)
        far = np.linalg.norm(missed, axis=1)
        nearer = far < nearest
        best[nearer], nearest[nearer] = shift[nearer], far[nearer]
        shift += np.nan_to_num(missed)
        length = np.linalg.norm(shift, axis=1, keepdims=True)
        shift *= np.minimum(1, most / np.maximum(length, 1e-9))
    return BodyPoints(points.xy + best, points.visibility)


def _missed_by(points: BodyPoints, given: Map, settings: TeacherSettings) -> Floats:
    """From where joints are read off to their landmarks, (25, 2); NaN where there is no joint."""
    known = given.copy()
    known[names.BACKGROUND] = 1 - given.sum(axis=0)
    estimate = locate_joints(known, given.sum(axis=0), settings=settings.joints)
    missed = np.full(points.xy.shape, np.nan)
    for joint, landmark in ON_LANDMARKS:
        if estimate.found[joint] and points.visibility[landmark] >= settings.geometry.visible:
            missed[landmark] = points.xy[landmark] - (estimate.xy[joint] + 0.5) * CELL + 0.5
    return missed
