"""Find where the person is in every frame of a video, and store the track in the run folder."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from personalize.errors import InputError
from personalize.imaging.framing import Framing, fit_frame
from personalize.imaging.track import Track
from personalize.media.shots import find_cuts
from personalize.media.source import Source
from personalize.network.engines.interface import Engine
from personalize.procedures.progress import silent
from personalize.settings import AUTO, RunSettings
from personalize.stages.locate import locate_person
from personalize.storage.arrays import load_arrays, save_arrays
from personalize.storage.layout import TRACK, arrays_of
from personalize.storage.workspace import Workspace
from personalize.types import Progress


def track_person(
    source: Source,
    workspace: Workspace,
    network: Engine,
    settings: RunSettings,
    progress: Progress = silent,
) -> Track:
    """Return the framing of every frame: the whole frame if a size is given, else the person.

    Parameters
    ----------
    source : Source
    workspace : Workspace
        Stores the track; the keys of later stages contain its digest.
    network : Engine
        The generic network.
    settings : RunSettings
    progress : callable

    Returns
    -------
    Track
    """
    if settings.size != AUTO:
        return find_track(source, network, settings)
    kept = arrays_of("track")

    def produce(folder: Path) -> None:
        track = find_track(source, network, settings, progress)
        save_arrays(folder / kept, track.arrays())
        crops = ((track[number], track.seen_in(number)) for number in range(source.frame_count))
        write_track(folder / TRACK, crops, source.times, first=source.first)

    return workspace.stage(
        "track",
        {"locate": settings.locate, "person_at": settings.person_at},
        produce,
        outputs=[kept, TRACK],
        load=lambda folder: Track.from_arrays(load_arrays(folder / kept)),
    )


def write_track(
    path: Path, crops: Iterable[tuple[Framing, str]], times: Sequence[float], *, first: int = 0
) -> None:
    """Write a table of the crop of every frame, in pixels of the source.

    Parameters
    ----------
    path : Path
    crops : iterable of (Framing, str)
        The crop of every frame, and whether the person is seen in it: one of `track.SEEN`.
    times : sequence of float
        Times of the frames, in seconds.
    first : int
        Number of the first frame.
    """
    with open(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("frame", "time", "left", "top", "right", "bottom", "scale", "seen"))
        for number, ((framing, seen), time) in enumerate(zip(crops, times), start=first):
            edges = (f"{edge:.1f}" for edge in framing.edges())
            table.writerow((number, f"{time:.4f}", *edges, f"{framing.scale:.4f}", seen))


def find_track(
    source: Source, network: Engine, settings: RunSettings, progress: Progress = silent
) -> Track:
    """Find where the person is in every frame, without writing anything.

    Parameters
    ----------
    source : Source
    network : Engine
    settings : RunSettings
        If `size` is a number, the track is that of whole frames.
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's loop.

    Returns
    -------
    Track
        The same as from `track_person`.
    """
    if not isinstance(settings.size, str):  # else it is AUTO
        return Track.still(fit_frame(source.height, source.width, settings.size))
    return locate_person(
        network,
        source,
        cuts=find_cuts(source),
        clicks=check_clicks(settings, source),
        settings=settings.locate,
        progress=progress("track"),
    )


def check_clicks(settings: RunSettings, source: Source) -> dict[int, tuple[float, float]]:
    """Return frame number -> point on the person; InputError if one is outside of the video."""
    for number, x, y in settings.person_at:
        if number >= source.frame_count or not (0 <= x < source.width and 0 <= y < source.height):
            raise InputError(
                f"{source.name}: --person-at {number},{x:g},{y:g} is in no frame of it: it has"
                f" frames 0 to {source.frame_count - 1} of {source.width}x{source.height}"
            )
    return {number: (x, y) for number, x, y in settings.person_at}
