"""Find the person of a video, and how to look at them in every frame (not in the paper).

A small network knows people best at the size that it was trained on, and may take clutter for
people. So a few frames, spread over the video, are looked at in several sizes. Of the candidates
there (`find`) the path through time that is most like one person is chosen (`follow`), and a second
look is taken through the crop that this gives. If the person keeps their size and place, that crop
is the track; if not, more frames are looked at, and the crop follows the person (`camera`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Protocol

import numpy as np

from personalize.imaging.framing import Framing, fit_frame
from personalize.imaging.track import Track
from personalize.media.clip import Sized, spread_frames
from personalize.network.engines.interface import Engine
from personalize.network.inference import BATCH
from personalize.stages.camera import hold_still, is_followed, steer, what_is_known
from personalize.stages.find import Candidate, find_people
from personalize.stages.follow import Click, follow
from personalize.stages.others import frames_met, others_of, part_merged, shades_of
from personalize.stages.settings import LocateSettings
from personalize.stages.sightings import Sightings
from personalize.types import Frame, Wrap


class Pickable(Protocol):
    """A video, or pictures, of which frames can be picked."""

    @property
    def height(self) -> int:
        """Pixels of a frame, from top to bottom."""

    @property
    def width(self) -> int:
        """Pixels of a frame, from left to right."""

    @property
    def frame_count(self) -> int:
        """How many frames there are."""

    def pick(self, numbers: Sequence[int]) -> Iterator[Frame]:
        """Yield the (height, width, 3) uint8 frames of ascending numbers."""


def locate_person(
    network: Engine,
    video: Pickable,
    *,
    cuts: Sequence[int] = (),
    clicks: Mapping[int, Click] | None = None,
    settings: LocateSettings = LocateSettings(),
    progress: Wrap = iter,
) -> Track:
    """Find the person of a video in every frame.

    Parameters
    ----------
    network : Engine
        Of a network in evaluation mode.
    video : Pickable
        For example a Source.
    cuts : sequence of int
        Frames with which another shot begins.
    clicks : dict of int to (float, float), optional
        Points on the person that is meant, in source pixels, by the number of the frame.
    settings : LocateSettings
    progress : callable
        Wraps the sequence of frames that are looked at.

    Returns
    -------
    Track
        Still, of the whole frame at the middle size of the first look, if nobody is seen.
    """
    search = Search(network, video, cuts, clicks or {}, settings)
    numbers = search.first_numbers()
    first = search.look_whole(numbers, progress)
    seen = search.follow(numbers, first)
    framing = hold_still(seen, video.height, video.width, settings.camera)
    if framing is None:
        whole = fit_frame(video.height, video.width, settings.sizes[len(settings.sizes) // 2])
        return search.stay(whole, seen)
    second = search.look_through(numbers, [framing] * len(numbers))
    seen = search.follow(numbers, second)
    framing = hold_still(seen, video.height, video.width, settings.camera) or framing
    looks = {n: one + other for n, one, other in zip(numbers, second, first)}
    both = search.look_closer(looks, framing)
    if video.frame_count < settings.shortest or not is_followed(both, framing, settings.camera):
        return search.stay(framing, both)
    return search.track(both)


class Search:
    """The looks at one video, and what was seen in them.

    Parameters
    ----------
    network : Engine
        Of a network in evaluation mode.
    video : Pickable
    cuts : sequence of int
        Frames with which another shot begins.
    clicks : dict of int to (float, float)
        Points on the person, in source pixels, by the number of the frame.
    settings : LocateSettings
    """

    def __init__(
        self,
        network: Engine,
        video: Pickable,
        cuts: Sequence[int],
        clicks: Mapping[int, Click],
        settings: LocateSettings,
    ) -> None:
        self.network, self.video, self.cuts = network, video, cuts
        self.clicks, self.settings = clicks, settings

    def look_whole(self, numbers: Sequence[int], progress: Wrap = iter) -> list[list[Candidate]]:
        """Return the candidates in whole frames, seen in every size."""
        framings = [
            fit_frame(self.video.height, self.video.width, size) for size in self.settings.sizes
        ]
        found = []
        for frame in progress(Sized(self.video.pick(numbers), len(numbers))):
            looks = [self._find([frame], [framing]) for framing in framings]
            found.append([candidate for [look] in looks for candidate in look])
        return found

    def look_through(
        self, numbers: Sequence[int], framings: Sequence[Framing]
    ) -> list[list[Candidate]]:
        """Return the candidates in frames, each seen through a framing of its own."""
        found, frames = [], iter(self.video.pick(numbers))
        for start in range(0, len(numbers), BATCH):
            together = list(islice(frames, BATCH))
            found += self._find(together, framings[start : start + BATCH])
        return found

    def look_closer(self, looks: dict[int, list[Candidate]], framing: Framing) -> Sightings:
        """Look again wherever one look saw the person and the next did not.

        Parameters
        ----------
        looks : dict of int to list of Candidate
            By the number of the frame; the new looks are added to it.
        framing : Framing
            Through which the frames are seen.

        Returns
        -------
        Sightings
            Of all looks.
        """
        while True:
            numbers = sorted(looks)
            seen = self.follow(numbers, [looks[number] for number in numbers])
            unlike = np.flatnonzero(seen.known[1:] != seen.known[:-1])
            wide = unlike[np.diff(seen.numbers)[unlike] > self.settings.near]
            more = [(numbers[k] + numbers[k + 1]) // 2 for k in wide]
            if not more or self.video.frame_count < self.settings.shortest:
                return seen
            for number, *found in zip(
                more, self.look_through(more, [framing] * len(more)), self.look_whole(more)
            ):
                looks[number] = [candidate for look in found for candidate in look]

    def first_numbers(self) -> list[int]:
        """Return the frames of the first look, ascending.

        Some are spread over the video; those that the user clicked on and one of every shot are
        among them.
        """
        count, settings = self.video.frame_count, self.settings
        numbers = {*spread_frames(count, max(settings.looks, count // settings.apart))}
        numbers |= set(self.clicks)
        for start, stop in zip([0, *self.cuts], [*self.cuts, count]):
            if not any(start <= number < stop for number in numbers):
                numbers.add((start + stop) // 2)
        return sorted(numbers)

    def follow(self, numbers: Sequence[int], looks: Sequence[list[Candidate]]) -> Sightings:
        """Return where the person is in each look.

        Parameters
        ----------
        numbers : sequence of K int
            Frames of the video, ascending.
        looks : sequence of K sequences of Candidate

        Returns
        -------
        Sightings
        """
        chosen = follow(
            looks, numbers, cuts=self.cuts, clicks=self.clicks, settings=self.settings.follow
        )
        others = others_of(looks, chosen, settings=self.settings.others)
        return Sightings.of(numbers, chosen, others)

    def stay(self, framing: Framing, seen: Sightings) -> Track:
        """Return the track of one framing for all frames, with what the looks saw."""
        video = self.video
        size = video.frame_count, video.height, video.width
        return self._told_apart(Track.still(framing, **what_is_known(seen, *size, self.cuts)), seen)

    def track(self, seen: Sightings) -> Track:
        """Follow the person through the video: look at more frames, then steer the camera."""
        video, camera = self.video, self.settings.camera
        size = video.frame_count, video.height, video.width
        path = steer(seen, *size, cuts=self.cuts, settings=camera)
        step = max(self.settings.every, -(-video.frame_count // self.settings.most))
        dense = sorted({*range(step // 2, video.frame_count, step), *seen.numbers.tolist()})
        looks = self.look_through(dense, [path[number] for number in dense])
        seen = self.follow(dense, looks)
        if not seen.known.any():
            return path
        return self._told_apart(steer(seen, *size, cuts=self.cuts, settings=camera), seen)

    def _told_apart(self, track: Track, seen: Sightings) -> Track:
        """The track with what tells the person from others; the same where there are none."""
        if not len(shades_of(seen.colours)):
            return track
        settings, video = self.settings.others, self.video
        count = video.frame_count
        parted = part_merged(seen, settings=settings)
        known: dict[str, Any] = what_is_known(parted, count, video.height, video.width, self.cuts)
        known["shades"] = shades_of(parted.colours)
        known["met"] = frames_met(seen, count, settings=settings)
        return replace(track, **known)

    def _find(self, frames, framings):
        return find_people(self.network, frames, framings, settings=self.settings.find)
