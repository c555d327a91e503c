"""Before a video is learned or parsed: its run folder, and where the person is."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from personalize.adaptation.base import Base
from personalize.errors import InputError
from personalize.imaging.framing import Framing, fit_frame
from personalize.imaging.track import Track
from personalize.media.shots import find_cuts
from personalize.media.source import Source
from personalize.network.engines.interface import Engine
from personalize.settings import AUTO, RunSettings
from personalize.stages.locate import locate_person
from personalize.storage.arrays import load_arrays, save_arrays
from personalize.storage.layout import TRACK, arrays_of
from personalize.storage.workspace import Workspace
from personalize.types import Json, PathLike, Progress, Wrap


def silent(stage: str) -> Wrap:
    """Return the wrapper of a loop whose progress is not shown."""
    return iter


def open_run(
    root: PathLike, source: Source, base: Base, settings: RunSettings, *, spares: Sequence[str] = ()
) -> Workspace:
    """Open the run folder of a source, bound to the base weights, the engine and the seed.

    Parameters
    ----------
    root : path-like
    source : Source
    base : Base
    settings : RunSettings
    spares : sequence of str
        As for `Workspace`.

    Returns
    -------
    Workspace

    Raises
    ------
    WorkspaceError
        If the folder holds the results of another source.
    """
    facts = {"base": base.digest, "seed": settings.seed, "engine": base.engines.name}
    notes = notes_of(source, base.device)
    return Workspace.open(root, source=source, facts=facts, notes=notes, spares=spares)


def notes_of(source: Source, device: object) -> Json:
    """Return what a manifest keeps though results do not depend on it: the device, and the path of
    the source, whose frames exports read again.
    """
    return {"device": str(device), "path": str(source.path.absolute())}


def track_person(
    source: Source,
    workspace: Workspace,
    network: Engine,
    settings: RunSettings,
    progress: Progress = silent,
) -> Track:
    """Return how a source lies on the canvas: whole at a given size, else where the person is.

    Parameters
    ----------
    source : Source
    workspace : Workspace
        Keeps the track; later stages keep its digest with their settings.
    network : Engine
        The one to look with.
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
    """Write a table of the crop of every frame, in pixels of the source, and what looks saw.

    Parameters
    ----------
    path : Path
    crops : iterable of (Framing, str)
        Of every frame, and which of `track.SEEN` it is.
    times : sequence of float
        Seconds of the frames.
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
    """Find where the person is in every frame, and write nothing.

    Parameters
    ----------
    source : Source
    network : Engine
    settings : RunSettings
        With a `size` that is given, the track is that of the whole frame.
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's loop.

    Returns
    -------
    Track
        The one that `track_person` keeps.
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
    """Return the points on the person by frame; InputError if one lies outside of its frame."""
    for number, x, y in settings.person_at:
        if number >= source.frame_count or not (0 <= x < source.width and 0 <= y < source.height):
            raise InputError(
                f"{source.name}: --person-at {number},{x:g},{y:g} is in no frame of it: it has"
                f" frames 0 to {source.frame_count - 1} of {source.width}x{source.height}"
            )
    return {number: (x, y) for number, x, y in settings.person_at}
