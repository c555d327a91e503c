"""Parse frames into parts, a silhouette and joints (Charles et al., BMVC 2017, section 4.4).

Source frames in, one record a frame out. Maps are enlarged as probabilities, not
as labels, so that the outlines of parts are smoother than the cells; the silhouette
is enlarged along the edges of the frame, and parts end where it does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count, islice

import cv2
import numpy as np
from skimage.segmentation import expand_labels

from personalize.imaging.components import CORE, box_around, drop_others
from personalize.imaging.detail import follow_edges
from personalize.imaging.framing import CELL, Framing
from personalize.imaging.guided_filter import enlarge_guided
from personalize.imaging.track import Track
from personalize.media.given_silhouettes import GivenSilhouettes, canvas_mask, cells_covered
from personalize.network.engines.interface import Engine
from personalize.network.factored import inject
from personalize.network.inference import BATCH, PERSON_FROM, agreed, consensus, look, merge
from personalize.parts import BACKGROUND
from personalize.stages.appearance import Appearance
from personalize.stages.find import HEAD, score_joints
from personalize.stages.joints import locate_joints, of_nobody
from personalize.stages.refine import reconcile
from personalize.stages.settings import JointSettings, ParseSettings
from personalize.types import Array, Frame, Labels, Mask
from personalize.workers import in_order

HALF = 0.5  # of a pixel that a restored mask covers
ELSEWHERE = 0.5
"""Weight of a head and a trunk where nobody was in the frame before: of two people, the one who was
seen before is kept."""
UNEXPECTED = 0.2
"""Their weight where the looks around the frame do not expect the person: of two people who pass
each other, the one who was followed is kept."""
ROOM = 0.1
"""Of the longer side of a person's place, around it, in which they may be where no look saw them.
"""
MARGIN = 3
"""Cells around a silhouette of which its parts are told: one that the nearest part may be away, one
that is enlarged into it, and one for rounding."""
SPECK = 4  # cells below which a silhouette is nobody's; a head has 27


@dataclass(frozen=True, eq=False)
class ParsedFrame:
    """What the network says of one frame.

    Attributes
    ----------
    person : (h, w) float32 array
        Probability of the person, in cells of the canvas; where a silhouette was
        given, the share of the cell that it covers.
    parts : (32, h, w) float32 array
        Probabilities of background and parts.
    xy : (J, 2) float array
        Joints in the order of `parts.JOINTS`, (x, y) in pixels of the source
        frame; NaN where there is no estimate.
    confidence : (J,) float array
    found : (J,) bool array
        Whether the joint's part wins a cell.
    silhouette : (height, width) bool array
        The person in the source frame: as it was given, or cut out, or else where the
        `consensus` of both maps, enlarged along edges, is at least `PERSON_FROM`. What was
        not given is without the pieces that are far from the person (`components.drop_others`),
        and empty where only a speck is left.
    framing : Framing
        Through which the frame was seen.
    seen : {"yes", "no", "doubt"}
        Whether the person is in view. Where not, the silhouette is empty and no joint has an
        estimate.
    """

    person: Array
    parts: Array
    xy: Array
    confidence: Array
    found: Array
    silhouette: Array
    framing: Framing
    seen: str = "yes"

    def part_labels(self) -> Labels:
        """Return the (height, width) uint8 part labels of the source frame.

        Parts end where the silhouette does; what of it no part reaches is that of the
        nearest, if it is no more than a cell away.
        """
        rows, cols = self._cells_shown()
        if rows.stop <= rows.start or cols.stop <= cols.start:  # nobody, or not on the canvas
            return np.full(self.silhouette.shape, BACKGROUND, np.uint8)
        size = CELL * (cols.stop - cols.start), CELL * (rows.stop - rows.start)
        enlarged = np.stack([cv2.resize(part, size) for part in self.parts[:, rows, cols]])
        near = enlarged.argmax(axis=0).astype(np.uint8)
        labels = np.full((self.framing.rows, self.framing.cols), BACKGROUND, np.uint8)
        shown = (slice(CELL * side.start, CELL * side.stop) for side in (rows, cols))
        labels[tuple(shown)] = expand_labels(near, distance=CELL)
        labels = self.framing.restore_labels(labels)
        return np.where(self.silhouette, labels, np.uint8(BACKGROUND))

    def _cells_shown(self) -> tuple[slice, slice]:
        """Rows and columns of the cells that parts of the silhouette depend on: those that it
        covers, as far as the nearest part may be beyond, and one more, into which maps are
        enlarged.
        """
        box = box_around(self.silhouette)
        if not self.silhouette.any():
            return box
        edges = np.array([[side.start for side in box], [side.stop for side in box]])[:, ::-1]
        cells = (self.framing.to_canvas(edges - 0.5) + 0.5) / CELL
        low = np.floor(cells[0]).astype(int) - MARGIN
        high = np.ceil(cells[1]).astype(int) + MARGIN
        most = self.parts.shape[1:]
        rows, cols = (
            slice(max(0, int(first)), min(int(last), size))
            for first, last, size in zip(low[::-1], high[::-1], most)
        )
        return rows, cols


@dataclass(frozen=True, eq=False)
class Parser:
    """A network that parses the frames of one video.

    Attributes
    ----------
    network : Engine
        In evaluation mode, generic or personal.
    track : Track
        How every frame lies on the canvas.
    settings : ParseSettings
    appearance : Appearance, optional
        Cuts the person out of frames, if it can; what it cuts out is injected, but not where it
        contradicts a sure answer of the network (`refine.reconcile`). It weighs the parts, too.
    batch : int
        Frames that are held, and looked at, together.
    workers : int
        Threads that cut, as for `workers.in_order`.
    """

    network: Engine
    track: Track
    settings: ParseSettings = ParseSettings()
    appearance: Appearance | None = None
    batch: int = BATCH
    workers: int = 1

    def always(self) -> "Parser":
        """Return the parser that estimates every joint, wherever it is (rule A of Table 3)."""
        joints = replace(self.settings.joints, nobody=0.0)
        return replace(self, settings=replace(self.settings, joints=joints))

    def frames(
        self,
        frames: Iterable[Frame],
        *,
        silhouettes: GivenSilhouettes | None = None,
        numbers: Iterable[int] | None = None,
        before: Mask | None = None,
    ) -> Iterator[tuple[Frame, ParsedFrame]]:
        """Parse frames as they come; only `batch` of them are held at a time.

        Parameters
        ----------
        frames : iterable of (height, width, 3) uint8 arrays
            RGB; a Source is one, too.
        silhouettes : GivenSilhouettes, optional
            Of some of the frames; they are injected, and kept as they are.
        numbers : iterable of int, optional
            Those of the frames in the video; by default from 0.
        before : (height, width) bool array, optional
            The last silhouette before that frame.

        Yields
        ------
        (height, width, 3) uint8 array, ParsedFrame
            Every frame with its parsing.
        """
        numbered = zip(count() if numbers is None else numbers, frames)
        while batch := list(islice(numbered, self.batch)):
            here, together = zip(*batch)
            given = [silhouettes and silhouettes.get(number) for number in here]
            framings = [self.track[number] for number in here]
            looked = self._look(together, framings, given)
            looks = zip(here, together, given, framings, *looked)
            for number, frame, known, framing, *seen in looks:
                place = self.track.place_in(number)
                said = self.track.seen_in(number)
                result = self._read(known, framing, *seen, before=before, place=place, said=said)
                if self.settings.joints.nobody:
                    result = leave_unseen(result, known, said, self.settings)
                if known is None:
                    result = follow_frame(result, frame, self.settings)
                before = result.silhouette if result.silhouette.any() else before
                yield frame, result

    def _look(self, frames, framings, given):
        """Return of a few frames: canvases, silhouettes that were given or cut out, maps of the
        person, and of the parts.
        """
        appearance = self.appearance
        canvases = np.stack(list(map(Framing.apply, framings, frames)))
        masks = [
            mask if mask is None else canvas_mask(mask, at) for mask, at in zip(given, framings)
        ]
        looked = look(self.network, canvases, views=self.settings.views)
        looked = looked._replace(person=inject(looked.person, masks))
        person, silhouettes = looked.person[:, 1].cpu().numpy(), given
        if appearance and appearance.colours:

            def cut(seen):
                return cut_out(*seen, appearance=appearance)

            seen = zip(canvases, framings, agreed(self.network, looked), masks, given)
            masks, silhouettes = zip(*in_order(cut, seen, self.workers))
        parts = merge(self.network, looked, masks)
        if appearance:
            parts = map(appearance.weigh, canvases, parts)
        return canvases, silhouettes, person, parts

    def _read(self, known, framing, canvas, silhouette, person, parts, *, before, place, said):
        """Return the ParsedFrame of what `_look` returned of one frame; `known` is its given
        silhouette, or None.
        """
        if silhouette is None:
            silhouette = find_silhouette(canvas, consensus(person, parts), framing)
        if known is None:
            if place is not None and said == "doubt":
                silhouette = silhouette & around_place(place, silhouette.shape)
                silhouette &= bool(person.max() >= self.settings.somebody)
            silhouette = keep_one(silhouette, parts, before, framing, place)
        return read_off(person, parts, silhouette, framing, self.settings.joints)


def keep_one(
    silhouette: Mask, parts: Array, before: Mask | None, framing: Framing, place: Array | None
) -> Mask:
    """Return a silhouette without other people and specks.

    Parameters
    ----------
    silhouette, before : (height, width) bool array
        Of a frame, and the last one before it; `before` may be None.
    parts : (32, h, w) float array
    framing : Framing
    place : (4,) float array or None
        Where the person is expected (`Track.place`).
    """
    core, head = (framing.restore(parts[members].sum(axis=0)) for members in (CORE, HEAD))
    weight = np.ones_like(core)
    if before is not None:
        weight[~before] *= ELSEWHERE
    if place is not None:
        left, top, right, bottom = np.clip(place.round().astype(int), 0, None)
        unexpected = np.ones(core.shape, bool)
        unexpected[top:bottom, left:right] = False
        weight[unexpected] *= UNEXPECTED
    silhouette = drop_others(silhouette, core, head=head, weight=weight)
    return silhouette & (cells_covered(silhouette, framing).sum() >= SPECK)


def around_place(place: Array, shape: tuple[int, ...]) -> Mask:
    """Return where somebody may be of whom no look tells more than their place.

    Parameters
    ----------
    place : (4,) float array
        Of `Track.place`.
    shape : (int, int)
        Height and width of the frame.

    Returns
    -------
    (height, width) bool array
        The place, and `ROOM` of its longer side around it.
    """
    room = ROOM * max(place[2] - place[0], place[3] - place[1])
    box = place + room * np.array([-1, -1, 1, 1])
    left, top, right, bottom = np.clip(box.round().astype(int), 0, None)
    inside = np.zeros(shape, bool)
    inside[top:bottom, left:right] = True
    return inside


def find_silhouette(canvas: Frame, person: Array, framing: Framing) -> Mask:
    """Enlarge the person map of a canvas to the silhouette in the source frame.

    Parameters
    ----------
    canvas : (rows, cols, 3) uint8 array
        RGB; the silhouette follows its edges.
    person : (h, w) float array
        Probability of the person, in cells of the canvas.
    framing : Framing

    Returns
    -------
    (height, width) bool array
        Where the enlarged probability is at least `PERSON_FROM`.
    """
    return framing.restore(enlarge_guided(person, canvas)) >= PERSON_FROM


def cut_out(
    canvas: Frame,
    framing: Framing,
    person: Array,
    mask: Mask | None,
    silhouette: Mask | None,
    *,
    appearance: Appearance,
) -> tuple[Array | None, Mask | None]:
    """Return what to inject into the network for a frame, and the silhouette in the source.

    A silhouette that is known is used as it is; else the person is cut out along the colours of
    the window.

    Parameters
    ----------
    canvas : (rows, cols, 3) uint8 array
        RGB.
    framing : Framing
    person : (h, w) float array
        Probability of the person, in cells of the canvas.
    mask, silhouette : bool array or None
        The known silhouette: (rows, cols) on the canvas and (height, width) in the source.
    appearance : Appearance

    Returns
    -------
    told : (rows, cols) array or None
        Probability of the person, to be injected.
    silhouette : (height, width) bool array or None
        Both are None where there is no cut that may be used.
    """
    if silhouette is not None:
        return mask, silhouette
    belief = appearance.doubt(canvas, person)
    mask = appearance.cut_out(canvas, belief, framing.scale)
    if mask is None:
        return None, None
    told = reconcile(mask, belief, appearance.refine.sure)
    return told, framing.restore(mask.astype(np.float32)) >= HALF


def leave_unseen(
    result: ParsedFrame, known: Mask | None, said: str, settings: ParseSettings
) -> ParsedFrame:
    """Return the result of a frame, emptied where the person is not in view: nothing is guessed.

    Parameters
    ----------
    result : ParsedFrame
    known : (height, width) bool array or None
        A silhouette that was given.
    said : {"yes", "no", "doubt"}
        What the looks at the frames around it say (`Track.seen`).
    settings : ParseSettings
    """
    score = score_joints(result.confidence)
    if not result.silhouette.any() or (known is None and said == "no" and score < settings.present):
        nobody = of_nobody()
        empty = np.zeros_like(result.silhouette)
        return replace(
            result,
            xy=nobody.xy,
            confidence=nobody.confidence,
            found=nobody.found,
            silhouette=empty,
            seen="no",
        )
    sure = known is not None or score >= settings.doubt
    return replace(result, seen="yes" if sure else "doubt")


def follow_frame(result: ParsedFrame, frame: Frame, settings: ParseSettings) -> ParsedFrame:
    """Return a parsed frame whose silhouette follows the edges of a frame that is larger than its
    canvas; joints and maps stay as they are.

    Parameters
    ----------
    result : ParsedFrame
    frame : (height, width, 3) uint8 array
        RGB.
    settings : ParseSettings
    """
    pixel = 1 / result.framing.scale
    silhouette = follow_edges(result.silhouette, frame, pixel, settings=settings.detail)
    return replace(result, silhouette=silhouette)


def read_off(
    person: Array, parts: Array, silhouette: Mask, framing: Framing, joints: JointSettings
) -> ParsedFrame:
    """Read the joints off the maps of one frame.

    Parameters
    ----------
    person : (h, w) float array
        Probability of the person, in cells.
    parts : (32, h, w) float array
        Probabilities of background and parts.
    silhouette : (height, width) bool array
        In the source frame.
    framing : Framing
    joints : JointSettings

    Returns
    -------
    ParsedFrame
    """
    if silhouette.any() or not joints.nobody:
        covered = cells_covered(silhouette, framing)
        estimate = locate_joints(parts, person, covered=covered, settings=joints)
    else:
        estimate = of_nobody()
    xy = framing.cells_to_source(estimate.xy)
    return ParsedFrame(person, parts, xy, estimate.confidence, estimate.found, silhouette, framing)
