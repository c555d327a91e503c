"""Parse frames one by one as they come, through a crop that follows the person.

Until a person is found, whole frames are searched as in `stages/locate`, in several sizes, one size
a frame. Then each frame is parsed once, through a crop around the person, and the result says how
the next frame is cropped. Silhouette and parts have the size of the canvas; the page enlarges them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import cv2
import numpy as np

from personalize import parts as names
from personalize.imaging.framing import CELL, Framing, fit_frame
from personalize.imaging.guided_filter import enlarge_guided
from personalize.live.crop import Crop, Sighting
from personalize.live.settings import LiveSettings
from personalize.media.given_silhouettes import cells_covered
from personalize.network.engines.interface import Engine
from personalize.network.inference import PERSON_FROM, certainty, consensus, look, merge
from personalize.output.frame_store import FrameResult
from personalize.stages.find import HEAD, Candidate, find_people
from personalize.stages.joints import of_nobody
from personalize.stages.parse import leave_unseen
from personalize.stages.parsed_frame import read_off
from personalize.stages.silhouette import keep_one
from personalize.types import Array, Frame, Labels, Map, Mask

FINE = CELL // 4
"""Pixels of the canvas that have one label: as fine as is seen in a picture that moves."""
SOFT = np.ones((9, 9), np.uint8)
"""Around the silhouette, where coverage fades."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What is found in one frame.

    Attributes
    ----------
    framing : Framing
        Through which the frame was seen.
    coverage : (rows, cols) uint8 array
        How much of each pixel of the canvas is the person, up to 255; half and more is the
        silhouette.
    labels : (rows, cols) uint8 array
        Parts of the body, within the silhouette.
    xy : (J, 2) float64 array
        Joints in pixels of the source frame; NaN where there is no estimate.
    confidence : (J,) float64 array
    seen : {"yes", "no", "doubt"}
    certainty : float
        Of the network, in the mean over the cells of the canvas.
    """

    framing: Framing
    coverage: Labels
    labels: Labels
    xy: Array
    confidence: Array
    seen: str
    certainty: float

    def in_frame(self) -> FrameResult:
        """Return the same in pixels of the source frame, as a run folder keeps it: every pixel of
        the silhouette has a part, those of its soft edge one from beside it.
        """
        silhouette = self.framing.restore(self.coverage) >= 255 * PERSON_FROM
        beside = cv2.dilate(self.labels, SOFT, iterations=2)  # coverage reaches one as far
        labels = self.framing.restore_labels(np.where(self.labels, self.labels, beside))
        labels = np.where(silhouette, labels, np.uint8(0))
        return FrameResult(silhouette, labels, self.xy, self.confidence, self.certainty, self.seen)


class LiveSession:
    """Parses the frames of one camera as they come.

    Parameters
    ----------
    network : Engine
        Of a network in evaluation mode, generic or personal.
    settings : LiveSettings
    """

    def __init__(self, network: Engine, settings: LiveSettings = LiveSettings()) -> None:
        self._network = network
        self._settings = settings
        self._size: tuple[int, int] | None = None
        self._crop: Crop | None = None
        self._missed = 0
        self._search = Search(network, settings)

    @property
    def crop(self) -> Framing | None:
        """Through which the next frame is looked at; None while somebody is searched for."""
        return None if self._crop is None else self._crop.framing

    def point_at(self, x: float, y: float) -> None:
        """Look for the person at a point of the next frames, (x, y) in source pixels."""
        self._crop = None
        self._search = Search(self._network, self._settings, (x, y))

    def answer(self, frame: Frame) -> Answer:
        """Parse the next frame.

        Parameters
        ----------
        frame : (height, width, 3) uint8 array
            RGB; of another size than the one before, everything begins anew.

        Returns
        -------
        Answer
            Empty while nobody is found.
        """
        size = frame.shape[0], frame.shape[1]
        if size != self._size:
            self._size, self._crop = size, None
            self._search = Search(self._network, self._settings)
        if self._crop is None:
            found = self._search.look(frame)
            if found is None:
                return nobody(*size)
            self._crop, self._missed = Crop(*size, found, self._settings), 0
        answer, seen = self._look(frame, self._crop)
        self._missed = 0 if answer.seen == "yes" else self._missed + 1
        if seen:
            self._crop.follow(seen)
        if self._missed >= self._settings.patience:
            self._crop, self._search = None, Search(self._network, self._settings)
        return answer

    def _look(self, frame: Frame, crop: Crop) -> tuple[Answer, Sighting | None]:
        """Parse a frame through a crop; the person's place, too, if they are plainly there."""
        parse, framing = self._settings.parse, crop.framing
        canvas = framing.apply(frame)
        looked = look(self._network, canvas[None], views=parse.views)
        parts = merge(self._network, looked)[0]
        person = looked.person[0, 1].cpu().numpy()
        whole = Framing(framing.rows, framing.cols, 1.0, 0.0, 0.0, framing.rows, framing.cols)
        soft = enlarge_guided(consensus(person, parts), canvas)
        place = framing.to_canvas(crop.place.reshape(2, 2) - 0.5).ravel() + 0.5
        shown = keep_one(soft >= PERSON_FROM, parts, None, whole, place)
        shown = drop_specks(shown, self._settings.speck)
        read = leave_unseen(read_off(person, parts, shown, whole, parse.joints), None, "yes", parse)
        shown = read.silhouette
        answer = Answer(
            framing,
            cover(soft, shown, self._settings.haze),
            label(parts, shown),
            framing.to_source(read.xy),
            read.confidence,
            read.seen,
            float(certainty(person)),
        )
        return answer, sight(parts, shown, framing) if read.seen == "yes" else None


class Search:
    """Looks for somebody in whole frames, one size a frame.

    Parameters
    ----------
    network : Engine
    settings : LiveSettings
    point : (float, float), optional
        On the person that is meant, in source pixels.
    """

    def __init__(
        self, network: Engine, settings: LiveSettings, point: tuple[float, float] | None = None
    ) -> None:
        self._network, self._settings, self._point = network, settings, point
        self._sizes: Iterator[tuple[int, float]] = cycle(enumerate(settings.locate.sizes))
        self._found: list[Candidate] = []

    def look(self, frame: Frame) -> Sighting | None:
        """Look at one frame in one size.

        Returns
        -------
        Sighting or None
            Of whoever is most like a person, once somebody is plainly one, or all sizes were
            looked at.
        """
        follow = self._settings.locate.follow
        turn, size = next(self._sizes)
        framing = fit_frame(frame.shape[0], frame.shape[1], size)
        [seen] = find_people(self._network, [frame], [framing], settings=self._settings.locate.find)
        self._found += seen if self._point is None else [c for c in seen if c.covers(*self._point)]
        best = max(self._found, key=lambda candidate: candidate.score, default=None)
        over = turn == len(self._settings.locate.sizes) - 1
        if over:
            self._found, self._point = [], None
        if best is None or best.score < (follow.doubt if over else follow.sure):
            return None
        return Sighting(best.box, best.head)


def nobody(height: int, width: int) -> Answer:
    """Return the answer of a frame of a size in which nobody is found."""
    framing = fit_frame(height, width, CELL)
    empty = np.zeros((framing.rows, framing.cols), np.uint8)
    joints = of_nobody()
    return Answer(framing, empty, empty, joints.xy, joints.confidence, "no", 1.0)


def drop_specks(shown: Mask, share: float) -> Mask:
    """Return a silhouette (rows, cols) without the pieces that are less than a share of it: they
    would flicker.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(shown.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = areas >= share * areas[1:].sum()
    kept[0] = False  # what is in no piece
    return kept[labels]


def cover(soft: Map, shown: Mask, haze: float = LiveSettings().haze) -> Labels:
    """Return the coverage of a silhouette whose edges are soft.

    Parameters
    ----------
    soft : (rows, cols) float32 array
        Probability of the person, along the edges of the picture.
    shown : (rows, cols) bool array
        The silhouette, which may be less than what is probable.
    haze : float
        As in `LiveSettings`.

    Returns
    -------
    (rows, cols) uint8 array
        Up to 255; half stays half.
    """
    near = cv2.dilate(shown.astype(np.uint8), SOFT)
    clear = np.clip((soft - haze) / (1 - 2 * haze), 0, 1)
    return np.round(255 * clear * near).astype(np.uint8)


def label(parts: Array, shown: Mask) -> Labels:
    """Return the likeliest part of each pixel of a silhouette.

    Parameters
    ----------
    parts : (32, h, w) float array
        Probabilities of background and parts, in cells.
    shown : (rows, cols) bool array

    Returns
    -------
    (rows, cols) uint8 array
        0 outside of the silhouette.
    """
    if not shown.any():
        return np.zeros(shown.shape, np.uint8)
    rows, cols = shown.shape
    bodies = np.ascontiguousarray(parts[names.BACKGROUND + 1 :].transpose(1, 2, 0))
    fine = cv2.resize(bodies, (cols // FINE, rows // FINE), interpolation=cv2.INTER_LINEAR)
    near = (fine.argmax(axis=2) + names.BACKGROUND + 1).astype(np.uint8)
    labels = cv2.resize(near, (cols, rows), interpolation=cv2.INTER_NEAREST)
    return np.where(shown, labels, np.uint8(names.BACKGROUND))


def sight(parts: Array, shown: Mask, framing: Framing) -> Sighting | None:
    """Return where the person is; None without a head.

    Parameters
    ----------
    parts : (32, h, w) float array
        Probabilities of background and parts, in cells.
    shown : (rows, cols) bool array
        The silhouette on the canvas.
    framing : Framing
        Through which the frame was seen.
    """
    still = Framing(framing.rows, framing.cols, 1.0, 0.0, 0.0, framing.rows, framing.cols)
    near = cv2.dilate((cells_covered(shown, still) > 0).astype(np.uint8), np.ones((3, 3))) > 0
    head = float(np.sqrt(parts[HEAD][:, near].sum()) * CELL / framing.scale)
    left, top, cols, rows = cv2.boundingRect(shown.astype(np.uint8))
    if not head or not cols:
        return None
    edges = np.array([[left, top], [left + cols, top + rows]]) - 0.5
    return Sighting(framing.to_source(edges).ravel() + 0.5, head)


def warm_up(network: Engine, side: int = 64) -> None:
    """Parse a black picture: an engine compiles itself at its first call."""
    merge(network, look(network, np.zeros((1, side, side, 3), np.uint8)))
