"""Pictures of who was chosen, and of the crop that follows them, for the report of a run."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from personalize.imaging.track import SEEN, Track
from personalize.media.clip import spread
from personalize.media.images import write_image
from personalize.media.source import Source
from personalize.output.choice import draw_choice
from personalize.procedures.compare import shrink
from personalize.storage.layout import CHOSEN
from personalize.types import PathLike

MOST = 6
"""Pictures: as many as a person looks at."""


def write_choice(
    folder: PathLike,
    source: Source,
    track: Track,
    points: Sequence[tuple[int, float, float]] = (),
) -> None:
    """Draw the person who is followed in some frames.

    Parameters
    ----------
    folder : path-like
        Is there; gets ``%06d_chosen.jpg`` for every chosen frame.
    source : Source
    track : Track
        Of the source.
    points : sequence of (int, float, float)
        Points on the person that the user gave: frame, x and y in pixels.
    """
    numbers = frames_to_show(track, source.frame_count, [number for number, *_ in points])
    for number, frame in zip(numbers, source.pick(numbers)):
        seen = track.seen_in(number) == "yes"
        here = [(x, y) for at, x, y in points if at == number]
        place = track.place_in(number) if seen else None
        picture = draw_choice(frame, track[number].edges(), place, here)
        write_image(Path(folder) / CHOSEN.format(number), shrink(picture))


def frames_to_show(track: Track, frame_count: int, pointed: Sequence[int]) -> list[int]:
    """Choose frames that show which person is tracked.

    Parameters
    ----------
    track : Track
    frame_count : int
        Frames of the video.
    pointed : sequence of int
        Frames in which the user pointed at the person; they come first.

    Returns
    -------
    list of int
        Ascending; the others are spread over the frames in which the person is seen, or over all
        frames if there are none.
    """
    seen = np.flatnonzero(np.broadcast_to(track.seen == SEEN.index("yes"), frame_count))
    among = seen if len(seen) else np.arange(frame_count)
    chosen = sorted(set(pointed))[:MOST]
    if len(chosen) < MOST:
        chosen += among[spread(len(among), MOST - len(chosen))].tolist()
    return sorted(set(chosen))
