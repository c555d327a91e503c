"""Parse frames into parts, a silhouette and joints (Charles et al., BMVC 2017, section 4.4).

Source frames in, one `ParsedFrame` for each out. The silhouette is found first (`silhouette`);
if it was given, or cut out along the colours of the person, it is injected before parts and
joints are read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, islice
from typing import NamedTuple

import numpy as np

from personalize.imaging.detail import follow_edges
from personalize.imaging.framing import Framing
from personalize.imaging.track import Track
from personalize.media.given_silhouettes import GivenSilhouettes, canvas_mask
from personalize.network.device import threads_on
from personalize.network.engines.interface import Engine
from personalize.network.factored import inject
from personalize.network.inference import BATCH, agreed, consensus, look, merge
from personalize.stages.appearance import Appearance
from personalize.stages.find import score_joints
from personalize.stages.joints import of_nobody
from personalize.stages.others import drop_passers
from personalize.stages.parsed_frame import ParsedFrame, read_off
from personalize.stages.settings import ParseSettings
from personalize.stages.silhouette import around_place, cut_out, find_silhouette, keep_one
from personalize.types import Frame, Map, Mask
from personalize.workers import in_order


class Looked(NamedTuple):
    """What was seen of a frame, before anything is read off.

    Attributes
    ----------
    number : int
        Of the frame, in the video.
    frame : (height, width, 3) uint8 array
    given : (height, width) bool array or None
        Its silhouette, where that is known.
    framing : Framing
    canvas : (rows, cols, 3) uint8 array
        The frame as the network saw it.
    silhouette : (height, width) bool array or None
        Given, or found; None before it is looked for, where it was not cut out.
    person : (h, w) float32 array
        Probability of the person, in cells.
    parts : (32, h, w) float32 array
        Probabilities of background and parts, given the silhouette.
    """

    number: int
    frame: Frame
    given: Mask | None
    framing: Framing
    canvas: Frame
    silhouette: Mask | None
    person: Map
    parts: Map


@dataclass(frozen=True, eq=False)
class Parser:
    """A network that parses the frames of one video.

    Attributes
    ----------
    network : Engine
        In evaluation mode, generic or personal.
    track : Track
        The framing of every frame.
    settings : ParseSettings
    appearance : Appearance, optional
        Cuts the person out of frames. The cut is injected, except where it contradicts a
        confident prediction of the network (`refine.reconcile`). It weighs the parts, too.
    batch : int
        Frames of a batch; two batches a thread are in memory.
    workers : int
        Threads, each of which looks at a batch, as for `workers.in_order`; with more than one,
        frames are read ahead.
    """

    network: Engine
    track: Track
    settings: ParseSettings = ParseSettings()
    appearance: Appearance | None = None
    batch: int = BATCH
    workers: int = 1

    def always(self) -> "Parser":
        """Return a parser that estimates every joint in every frame (rule A of Table 3)."""
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
        """Parse frames one batch at a time.

        Parameters
        ----------
        frames : iterable of (height, width, 3) uint8 arrays
            RGB; a Source is such an iterable.
        silhouettes : GivenSilhouettes, optional
            Known silhouettes of some frames; they are injected, and returned unchanged.
        numbers : iterable of int, optional
            Numbers of the frames in the video; by default from 0.
        before : (height, width) bool array, optional
            The last silhouette before the first of these frames.

        Yields
        ------
        (height, width, 3) uint8 array, ParsedFrame
            Every frame with its parsing.
        """
        numbered = zip(count() if numbers is None else numbers, frames)
        given = silhouettes.get if silhouettes else (lambda number: None)
        known = ((number, frame, given(number)) for number, frame in numbered)
        batches = iter(lambda: list(islice(known, self.batch)), [])
        workers = threads_on(self.network.device, self.workers)
        for looked in chain.from_iterable(in_order(self._look, batches, workers)):
            result = self._read(looked, before)
            before = result.silhouette if result.silhouette.any() else before
            yield looked.frame, result

    def _look(self, batch: Sequence[tuple[int, Frame, Mask | None]]) -> list[Looked]:
        """Look at a batch: frames with their numbers and the silhouettes that were given."""
        numbers, frames, given = zip(*batch)
        framings = [self.track[number] for number in numbers]
        canvases = np.stack(list(map(Framing.apply, framings, frames)))
        masks: Sequence[Mask | None] = [
            mask if mask is None else canvas_mask(mask, at) for mask, at in zip(given, framings)
        ]
        looked = look(self.network, canvases, views=self.settings.views)
        looked = looked._replace(person=inject(looked.person, masks))
        person, silhouettes = looked.person[:, 1].cpu().numpy(), given
        if self.appearance and self.appearance.colours:
            seen = zip(canvases, framings, agreed(self.network, looked), masks, given)
            masks, silhouettes = zip(*(cut_out(*one, appearance=self.appearance) for one in seen))
        parts: Sequence[Map] = [*merge(self.network, looked, masks)]
        if self.appearance:
            parts = list(map(self.appearance.weigh, canvases, parts))
        found = map(Looked, *zip(*batch), framings, canvases, silhouettes, person, parts)
        return [one._replace(silhouette=self._silhouette(one)) for one in found]

    def _silhouette(self, looked: Looked) -> Mask:
        """Return the silhouette of a frame, without others who touch the person."""
        _, _, given, framing, canvas, silhouette, person, parts = looked
        if given is not None:
            return given
        if silhouette is None:
            silhouette = find_silhouette(canvas, consensus(person, parts), framing)
        track, settings = self.track, self.settings
        place, shades = track.place_in(looked.number), track.shades_in(looked.number)
        if place is not None and track.seen_in(looked.number) == "doubt":
            silhouette = silhouette & around_place(place, silhouette.shape)
            silhouette &= bool(person.max() >= settings.somebody)
        if shades is None:
            return silhouette
        passers = settings.passers
        return drop_passers(silhouette, canvas, framing, shades, place=place, settings=passers)

    def _read(self, looked: Looked, before: Mask | None) -> ParsedFrame:
        """Return the parsing of a frame, `before` being the last silhouette before it."""
        framing, silhouette, given = looked.framing, looked.silhouette, looked.given
        joints, track = self.settings.joints, self.track
        assert silhouette is not None  # it was looked for
        if given is None:
            place = track.place_in(looked.number)
            silhouette = keep_one(silhouette, looked.parts, before, framing, place)
        result = read_off(looked.person, looked.parts, silhouette, framing, joints)
        if joints.nobody:
            result = leave_unseen(result, given, track.seen_in(looked.number), self.settings)
        return result if given is not None else follow_frame(result, looked.frame, self.settings)


def leave_unseen(
    result: ParsedFrame, known: Mask | None, expected: str, settings: ParseSettings
) -> ParsedFrame:
    """Return the result of a frame; it is empty if the person is not in view.

    Parameters
    ----------
    result : ParsedFrame
    known : (height, width) bool array or None
        A silhouette that was given.
    expected : {"yes", "no", "doubt"}
        Whether the track expects the person in view (`Track.seen`).
    settings : ParseSettings
        `present` and `doubt` are used.
    """
    score = score_joints(result.confidence)
    absent = known is None and expected == "no" and score < settings.present
    if absent or not result.silhouette.any():
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
    """Return a parsed frame whose silhouette follows the edges of a frame larger than its canvas.

    Joints and maps stay the same.

    Parameters
    ----------
    result : ParsedFrame
    frame : (height, width, 3) uint8 array
        RGB.
    settings : ParseSettings
        `detail` is used.
    """
    pixel = 1 / result.framing.scale
    silhouette = follow_edges(result.silhouette, frame, pixel, settings=settings.detail)
    return replace(result, silhouette=silhouette)
