"""What a run warns of: signs that its results may be wrong, with the frames that show them.

No sign is a proof. An alarm is given when a sign is seen in a good share of the frames: one frame
in which an arm is cut off is not enough.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from personalize.stages.settings import AlarmSettings
from personalize.types import Array, Json, Mask


@dataclass(frozen=True)
class Alarm:
    """One sign.

    Attributes
    ----------
    code : str
        What it is, for programs.
    sentence : str
        What was seen, and what it may mean, for people.
    frames : tuple of int
        Numbers of the frames that show it; none where it is of the whole video.
    """

    code: str
    sentence: str
    frames: tuple[int, ...] = ()

    def describe(self) -> Json:
        """Return it as a manifest has it."""
        return {"code": self.code, "sentence": self.sentence, "frames": list(self.frames)}


@dataclass(frozen=True, eq=False)
class Observed:
    """What is known of the T frames of a video that was parsed.

    Attributes
    ----------
    numbers : sequence of T int
        Of the frames, in the whole video.
    seen : sequence of T str
        Whether the person is in view: "yes", "no" or "doubt".
    pieces : (T,) int array
        Of the silhouette (`count_pieces`).
    head : (T,) float array
        Confidence of the head.
    """

    numbers: Sequence[int]
    seen: Sequence[str]
    pieces: Array
    head: Array


def count_pieces(silhouette: Mask, settings: AlarmSettings = AlarmSettings()) -> int:
    """Return the number of connected pieces of a silhouette (H, W) that are no specks."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(silhouette.astype(np.uint8), connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return int((areas >= max(settings.speck * areas.sum(), 1)).sum())


def find_alarms(observed: Observed, *, settings: AlarmSettings = AlarmSettings()) -> list[Alarm]:
    """Return what a run warns of.

    Parameters
    ----------
    observed : Observed
    settings : AlarmSettings

    Returns
    -------
    list of Alarm
    """
    there = np.array([word != "no" for word in observed.seen], bool)
    return list(_of_frames(observed, there, settings))


def _of_frames(observed: Observed, there: Array, settings: AlarmSettings) -> Iterator[Alarm]:
    """Yield the alarms of single frames; `there` is true where the person is seen."""
    count, shown = len(there), int(there.sum())
    absent, split = ~there, there & (observed.pieces > 1)
    headless = there & (observed.head < settings.head)
    if absent.sum() >= settings.absent * count:
        sentence = f"In {_share(absent, count)} frames nobody was seen"
        sentence += (
            "; point at the person with --person-at if they are there."
            if shown
            else ": nothing there is built like a person."
        )
        yield Alarm("absent", sentence, _numbers(observed, absent))
    if shown and split.sum() >= settings.split * shown:
        sentence = (
            f"In {_share(split, shown)} frames with the person the silhouette is in several "
            "pieces: something else may have been taken in, or a limb cut off."
        )
        yield Alarm("pieces", sentence, _numbers(observed, split))
    if shown and headless.sum() >= settings.headless * shown:
        sentence = (
            f"In {_share(headless, shown)} frames with the person the head is in doubt: they may "
            "be turned away or hidden, or it is not the person that was followed."
        )
        yield Alarm("head", sentence, _numbers(observed, headless))


def _share(frames: NDArray[np.bool_], count: int) -> str:
    """How many of so many frames, in words."""
    return f"{int(frames.sum())} of {count}"


def _numbers(observed: Observed, frames: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(observed.numbers[place] for place in np.flatnonzero(frames).tolist())
