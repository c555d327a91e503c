"""A crop that follows a person without later frames (not in the paper).

`stages/camera` has all frames of a video, and computes a smooth path. Here only earlier frames are
known: the crop stays where it is, so that results do not jitter, until the person comes near its
edge or their size no longer fits; then it is placed around them again.
"""

from dataclasses import dataclass

import numpy as np

from personalize.imaging.framing import Framing
from personalize.live.settings import LiveSettings
from personalize.stages.camera import OUTWARDS, canvas_size
from personalize.types import Array

NEAR = 0.3
"""Share of the margin within which the person is near the edge of the crop."""


@dataclass(frozen=True, eq=False)
class Sighting:
    """Where the person is in one frame.

    Attributes
    ----------
    box : (4,) float array
        Left, top, right and bottom edge in source pixels.
    head : float
        Side, in source pixels, of the square that has the area of the head.
    """

    box: Array
    head: float


class Crop:
    """How the next frame is cut, by what the frames before showed.

    Parameters
    ----------
    height, width : int
        Of the source frames.
    first : Sighting
    settings : LiveSettings

    Attributes
    ----------
    framing : Framing
        Through which the next frame is looked at.
    place : (4,) float array
        Left, top, right and bottom edge of where the person is expected, in source pixels.
    """

    def __init__(
        self, height: int, width: int, first: Sighting, settings: LiveSettings = LiveSettings()
    ) -> None:
        self._size = height, width
        self._settings = settings
        self._head = first.head
        self.place = np.array(first.box, float)
        self.framing = self._lay()

    def follow(self, seen: Sighting) -> None:
        """Take in where the person was in a frame."""
        settings = self._settings
        grows = (seen.box - self.place) * OUTWARDS > 0
        self.place = self.place + (seen.box - self.place) * np.where(
            grows, settings.outwards, settings.inwards
        )
        self._head *= (seen.head / self._head) ** settings.inwards
        wanted = self._lay()
        near = self._around(NEAR * settings.camera.margin)
        fits = ((near - self.framing.edges()) * OUTWARDS <= 1).all()  # a whole pixel begins it
        change = wanted.scale / self.framing.scale
        if not fits or not 1 / settings.steady < change < settings.steady:
            self.framing = wanted

    def _around(self, margin: float) -> Array:
        """The box around the person with a margin, in heads, within the frame: (4,)."""
        height, width = self._size
        room = self.place + margin * self._head * OUTWARDS
        return np.clip(room, 0, (width, height, width, height))

    def _lay(self) -> Framing:
        """A crop around the person, on a canvas whose sides are multiples of the step."""
        height, width = self._size
        settings = self._settings
        room = self._around(settings.camera.margin)
        sides = np.maximum(room[2:] - room[:2], 1.0)  # width, height
        scale = canvas_size(room, self._head, settings.camera) / np.sqrt(sides.prod())
        steps = np.maximum(np.round(sides * scale / settings.step), 1)
        cols, rows = (settings.step * steps).astype(int).tolist()
        scale = float((np.array([cols, rows]) / sides).min())
        shown = np.array([cols, rows]) / scale
        beyond = np.array([width, height]) - shown  # below 0 where the frame does not fill it
        middle = (room[:2] + room[2:] - shown) / 2
        corner = np.where(beyond > 0, np.floor(np.clip(middle, 0, np.maximum(beyond, 0))), 0.0)
        left, top = (0 - corner * scale).tolist()  # 0 - x, for -x may be a zero below zero
        return Framing(height, width, scale, left, top, rows, cols)
