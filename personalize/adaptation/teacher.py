"""Parts by the landmarks of a teacher: any pose estimator that the user has (not in the paper).

Landmarks of the frames of a window and the run's own silhouettes in, soft labels of parts out. In
each frame the parts are drawn around the landmarks (`landmark_labels`). A landmark that leaps
against its neighbours in time is left out (`landmarks_over_time`), and so is a part that
contradicts both time and a network that is sure. Where the teacher gives a part it counts;
elsewhere the network's own answer stays, without the parts that the teacher showed in another
place.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

import cv2
import numpy as np

from personalize import parts as names
from personalize.adaptation.landmark_labels import parts_of_landmarks
from personalize.adaptation.landmarks_over_time import check_over_time
from personalize.adaptation.settings import TeacherSettings
from personalize.datasets.pose_points import POINTS, BodyPoints
from personalize.datasets.video_landmarks import VideoLandmarks
from personalize.imaging.framing import CELL
from personalize.imaging.track import Track
from personalize.types import Json, Labels, Map, Mask, Whole, Window

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


def doubt_parts(given: Map, own: Map, strays: Mask, *, settings: TeacherSettings) -> Map:
    """Leave open the parts that contradict both time and a network that is sure of another part.

    Parameters
    ----------
    given : (32, h, w) float32 array
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
        return given
    sure = own.max(axis=0) >= settings.sure
    other = own.argmax(axis=0) != given.argmax(axis=0)
    return np.where(astray[:, None, None] & sure & other, np.float32(0), given)


def teach(own: Map, given: Map, *, settings: TeacherSettings) -> Map:
    """Put the parts that a teacher gives in a frame before the network's own answer.

    Parameters
    ----------
    own : (32, h, w) float32 array
        Probabilities of background and parts, by the network.
    given : (32, h, w) float32 array
        Share of each cell that the teacher takes for each part.
    settings : TeacherSettings

    Returns
    -------
    (32, h, w) float32 array
        Probabilities.
    """
    side = 2 * settings.reach + 1
    shown: Mask = np.array([part.max() >= settings.shown for part in given])
    near = np.stack([cv2.dilate(part, np.ones((side, side), np.uint8)) for part in given])
    elsewhere = shown[:, None, None] & (near == 0)
    left = np.where(elsewhere, np.float32(1e-6), own)
    left /= left.sum(axis=0)
    return given + (1 - given.sum(axis=0)) * left


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
    facts : dict
        Description of the landmarks, for a manifest.
    settings : TeacherSettings
    """

    points: Mapping[int, BodyPoints]
    strays: Mapping[int, Mask]
    facts: Json
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
        return {"landmarks": self.facts, "settings": asdict(self.settings)}

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
            given = parts_of_landmarks(self.points[place], known, settings=self.settings)
            if given is not None:
                given = doubt_parts(given, own[k], self.strays[place], settings=self.settings)
                parts[k], taught[k] = teach(own[k], given, settings=self.settings), True
        return parts, taught
