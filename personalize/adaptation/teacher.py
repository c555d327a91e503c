"""Parts by the landmarks of a teacher: any pose estimator that the user has (not in the paper).

Landmarks of the frames of a window and the run's own silhouettes in, soft labels of parts out. In
each frame the parts are drawn around the landmarks inside of the silhouette (`landmark_parts`), so
that the joints that a run reads off them lie on the landmarks. A landmark that leaps against its
neighbours in time is left out, and so is a part that contradicts both time and a network that is
sure. Where the teacher gives a part it counts; elsewhere the network's own answer stays, without
the parts that the teacher showed in another place.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Self

import cv2
import numpy as np

from personalize import parts as names
from personalize.adaptation.settings import TeacherSettings
from personalize.datasets.body_frame import lacks, measure_body
from personalize.datasets.landmark_fit import share_inside
from personalize.datasets.landmark_parts import draw_parts
from personalize.datasets.pose_points import INDEX, POINTS, BodyPoints
from personalize.datasets.video_landmarks import VideoLandmarks
from personalize.imaging.framing import CELL
from personalize.imaging.track import Track
from personalize.stages.joints import locate_joints
from personalize.types import Floats, Json, Labels, Map, Mask, Whole, Window

_HUNG_ON = {
    "hand": ("wrist", "hand"),
    "wrist": ("wrist",),
    "larm": ("elbow", "wrist"),
    "elbow": ("elbow",),
    "uarm": ("shoulder", "elbow"),
    "shoulder": ("shoulder",),
    "ubody": ("shoulder",),
    "lbody": ("hip",),
    "uleg": ("hip", "knee"),
    "knee": ("knee",),
    "lleg": ("knee", "ankle"),
    "ankle": ("ankle",),
    "foot": ("ankle", "toe"),
}
"""Part, without its side -> the landmarks that it is drawn around."""
_FACE = ("nose", "right_ear", "left_ear")


def _landmarks_of(part: str) -> tuple[str, ...]:
    """The landmarks that a part of `parts.NAMES` is drawn around."""
    side = {"r": "right", "l": "left"}.get(part[0], "")
    return tuple(f"{side}_{name}" for name in _HUNG_ON.get(part[1:], ())) or _FACE


DRAWN_AROUND = np.array(
    [
        [part > 0 and point in _landmarks_of(name) for point in POINTS]
        for part, name in enumerate(names.NAMES)
    ]
)
"""(32, 25) bool: which landmarks each part is drawn around."""
ON_LANDMARKS = tuple(
    (joint, INDEX[name])
    for joint, name in enumerate(names.JOINTS)
    if name.partition("_")[2] in ("elbow", "shoulder", "knee", "ankle")
)
"""Joints that are read off beside their landmark otherwise: their index, and the landmark's. A
wrist's part lies around it, a hip is elsewhere, and a head is more than a nose."""


def check_over_time(
    frames: Mapping[int, BodyPoints], *, cuts: Collection[int] = (), settings: TeacherSettings
) -> dict[int, tuple[BodyPoints, Mask]]:
    """Compare landmarks with those of the frames before and after.

    How far a landmark is from the middle of its two neighbours is measured in units of the body,
    and beside what is usual for it in these frames: where frames are seconds apart, time says
    nothing, and leaves everything as it is.

    Parameters
    ----------
    frames : dict of int to BodyPoints
        By the number of the frame.
    cuts : collection of int
        Frames with which another shot begins, whose landmarks are not compared with those before.
    settings : TeacherSettings

    Returns
    -------
    dict of int to (BodyPoints, (25,) bool array)
        The landmarks, with a visibility of 0 of those that leap; and which contradict time, but do
        not leap.
    """
    within = {number for number in frames if not {number, number + 1} & set(cuts)}
    unknown = np.full(len(POINTS), np.nan)
    off = {
        number: _off_the_middle(number, frames, settings) if number in within else unknown
        for number in frames
    }
    usual = settings.usual * _medians(np.array([off[number] for number in frames]))
    checked = {}
    for number, points in frames.items():
        beside = [off.get(number + step, off[number]) for step in (-1, 1)]
        most = np.fmax(*beside) <= off[number]  # of a leap the neighbours are off, too, by half
        leaps = most & (off[number] > np.maximum(settings.leap, usual))
        strays = off[number] > np.maximum(settings.stray, usual)
        seen = np.where(leaps, 0.0, points.visibility)
        checked[number] = BodyPoints(points.xy, seen), strays & ~leaps
    return checked


def _medians(values: Floats) -> Floats:
    """The median of what is known in each column (N, K): (K,); 0 where nothing is."""
    known = [column[np.isfinite(column)] for column in values.T]
    return np.array([np.median(column) if len(column) else 0.0 for column in known])


def _off_the_middle(
    number: int, frames: Mapping[int, BodyPoints], settings: TeacherSettings
) -> Floats:
    """How far (25,) the landmarks of a frame are from the middle of those beside, in units of the
    body; NaN where that is not known.
    """
    body = measure_body(frames[number], settings=settings.geometry)
    around = [frames.get(number + step) for step in (-1, 0, 1)]
    if body is None or None in around:
        return np.full(len(POINTS), np.nan)
    before, here, after = (
        np.where((points.visibility >= settings.geometry.visible)[:, None], points.xy, np.nan)
        for points in around
        if points is not None
    )
    off: Floats = np.linalg.norm(here - (before + after) / 2, axis=1) / body.unit
    return off


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
    told = np.zeros((names.CLASSES, *cells[::-1]), np.float32)
    for part in np.unique(labels[(labels > 0) & (labels < names.CLASSES)]):
        share = (labels == part).astype(np.float32)
        told[part] = cv2.resize(share, cells, interpolation=cv2.INTER_AREA)
    return told


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


def _missed_by(points: BodyPoints, told: Map, settings: TeacherSettings) -> Floats:
    """From where joints are read off to their landmarks, (25, 2); NaN where there is no joint."""
    known = told.copy()
    known[names.BACKGROUND] = 1 - told.sum(axis=0)
    estimate = locate_joints(known, told.sum(axis=0), settings=settings.joints)
    missed = np.full(points.xy.shape, np.nan)
    for joint, landmark in ON_LANDMARKS:
        if estimate.found[joint] and points.visibility[landmark] >= settings.geometry.visible:
            missed[landmark] = points.xy[landmark] - (estimate.xy[joint] + 0.5) * CELL + 0.5
    return missed


def doubt_parts(told: Map, own: Map, strays: Mask, *, settings: TeacherSettings) -> Map:
    """Leave open the parts that contradict both time and a network that is sure of another part.

    Parameters
    ----------
    told : (32, h, w) float32 array
        Of `parts_of_landmarks`.
    own : (32, h, w) float32 array
        Probabilities of background and parts, by the network.
    strays : (25,) bool array
        Of `check_over_time`.
    settings : TeacherSettings

    Returns
    -------
    (32, h, w) float32 array
    """
    astray = np.array([row[strays].any() for row in DRAWN_AROUND])
    if not astray.any():
        return told
    sure = own.max(axis=0) >= settings.sure
    other = own.argmax(axis=0) != told.argmax(axis=0)
    return np.where(astray[:, None, None] & sure & other, np.float32(0), told)


def teach(own: Map, told: Map, *, settings: TeacherSettings) -> Map:
    """Put the parts that a teacher gives in a frame before the network's own answer.

    Parameters
    ----------
    own : (32, h, w) float32 array
        Probabilities of background and parts, by the network.
    told : (32, h, w) float32 array
        Share of each cell that the teacher takes for each part.
    settings : TeacherSettings

    Returns
    -------
    (32, h, w) float32 array
        Probabilities.
    """
    side = 2 * settings.reach + 1
    shown: Mask = np.array([part.max() >= settings.shown for part in told])
    near = np.stack([cv2.dilate(part, np.ones((side, side), np.uint8)) for part in told])
    elsewhere = shown[:, None, None] & (near == 0)
    left = np.where(elsewhere, np.float32(1e-6), own)
    left /= left.sum(axis=0)
    return told + (1 - told.sum(axis=0)) * left


@dataclass(frozen=True, eq=False)
class Teacher:
    """The landmarks of a pose estimator in the frames of a window.

    Attributes
    ----------
    points : dict of int to BodyPoints
        Index of a frame in the window -> its landmarks in pixels of the canvas. Landmarks that
        jump have a visibility of 0.
    strays : dict of int to (25,) bool array
        Other landmarks that contradict the neighbouring frames.
    told : dict
        Description of the landmarks, for a manifest.
    settings : TeacherSettings
    """

    points: Mapping[int, BodyPoints]
    strays: Mapping[int, Mask]
    told: Json
    settings: TeacherSettings

    @classmethod
    def of(
        cls, landmarks: VideoLandmarks, window: Window, track: Track, settings: TeacherSettings
    ) -> Self:
        """Return the teacher of a window.

        Parameters
        ----------
        landmarks : VideoLandmarks
            Of the video that the window is of.
        window : Window
        track : Track
            How the frames of the video lie on the canvas.
        settings : TeacherSettings

        Returns
        -------
        Teacher
        """
        checked = check_over_time(landmarks.points, cuts=track.cuts.tolist(), settings=settings)
        inside = landmarks.within(window)
        points, strays = {}, {}
        for number, place in zip(inside.points, window.places(list(inside.points)).tolist()):
            found, strays[place] = checked[number]
            on_canvas = track[number].to_canvas(found.xy)
            points[place] = BodyPoints(on_canvas, found.visibility)
        return cls(points, strays, inside.describe(), settings)

    def describe(self) -> Json:
        """Return what the manifest and the key of a stage keep: landmarks and settings."""
        return {"landmarks": self.told, "settings": asdict(self.settings)}

    def teach(self, own: Map, places: Whole, silhouettes: Labels) -> tuple[Map, Mask]:
        """Put the parts that the teacher gives in frames before the network's own answers.

        Parameters
        ----------
        own : (T, 32, h, w) float32 array
            Probabilities of background and parts, by the network.
        places : (T,) int array
            Of these frames in the window.
        silhouettes : (T, H, W) uint8 array
            1 person, 0 background, 255 unknown; of any size.

        Returns
        -------
        parts : (T, 32, h, w) float32 array
            Probabilities.
        taught : (T,) bool array
            Frames in which the teacher counted.
        """
        taught, parts = np.zeros(len(own), bool), own.copy()
        size = own.shape[3] * CELL, own.shape[2] * CELL
        for k, place in enumerate(places.tolist()):
            if place not in self.points:
                continue
            silhouette = cv2.resize(silhouettes[k], size, interpolation=cv2.INTER_NEAREST)
            known = np.asarray(silhouette, np.uint8)
            told = parts_of_landmarks(self.points[place], known, settings=self.settings)
            if told is not None:
                told = doubt_parts(told, own[k], self.strays[place], settings=self.settings)
                parts[k], taught[k] = teach(own[k], told, settings=self.settings), True
        return parts, taught
