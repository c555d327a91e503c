"""Parse frames into parts, a silhouette and joints (Charles et al., BMVC 2017, section 4.4).

Source frames in, one `ParsedFrame` for each out. The silhouette is found first (`silhouette`);
if it was given, or cut out along the colours of the person, it is injected before parts and
joints are read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count, islice

import numpy as np

from personalize.imaging.detail import follow_edges
from personalize.imaging.framing import Framing
from personalize.imaging.track import Track
from personalize.media.given_silhouettes import GivenSilhouettes, canvas_mask
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
from personalize.types import Frame, Mask
from personalize.workers import in_order


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
        Frames of a batch; only these are in memory.
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
        while batch := list(islice(numbered, self.batch)):
            here, together = zip(*batch)
            given = [silhouettes and silhouettes.get(number) for number in here]
            framings = [self.track[number] for number in here]
            looked = self._look(together, framings, given)
            looks = zip(here, together, given, framings, *looked)
            for number, frame, known, framing, *seen in looks:
                place = self.track.place_in(number)
                expected = self.track.seen_in(number)
                result = self._read(
                    known, framing, *seen, before=before, place=place, expected=expected
                )
                if self.settings.joints.nobody:
                    result = leave_unseen(result, known, expected, self.settings)
                if known is None:
                    result = follow_frame(result, frame, self.settings)
                before = result.silhouette if result.silhouette.any() else before
                yield frame, result

    def _look(self, frames, framings, given):
        """Return the canvases of a batch, the silhouettes that were given or cut out, and the maps
        of the person and of the parts.
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

    def _read(self, known, framing, canvas, silhouette, person, parts, *, before, place, expected):
        """Return the ParsedFrame of one frame of a batch; `known` is its given silhouette."""
        if silhouette is None:
            silhouette = find_silhouette(canvas, consensus(person, parts), framing)
        if known is None:
            if place is not None and expected == "doubt":
                silhouette = silhouette & around_place(place, silhouette.shape)
                silhouette &= bool(person.max() >= self.settings.somebody)
            if len(self.track.shades):
                silhouette = drop_passers(
                    silhouette,
                    canvas,
                    framing,
                    self.track.shades,
                    place=place,
                    settings=self.settings.passers,
                )
            silhouette = keep_one(silhouette, parts, before, framing, place)
        return read_off(person, parts, silhouette, framing, self.settings.joints)


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
