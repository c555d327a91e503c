"""Before a video is learned or parsed: its run folder, and the first look at it."""

from collections.abc import Sequence
from dataclasses import asdict

from personalize.adaptation.base import Base
from personalize.imaging.framing import Framing, fit_frame
from personalize.media.clip import Sized, spread_frames
from personalize.media.source import Source
from personalize.network.engines.interface import Engine
from personalize.settings import AUTO, RunSettings
from personalize.stages.locate import locate_person
from personalize.storage.workspace import Workspace
from personalize.types import PathLike, Progress, Wrap


def silent(stage: str) -> Wrap:
    """Return the progress of a stage that nobody watches."""
    return iter


def open_run(
    root: PathLike, source: Source, base: Base, settings: RunSettings, *, spares: Sequence[str] = ()
) -> Workspace:
    """Open the run folder of a source, bound to the base weights and the seed; `spares` as
    for `Workspace`.
    """
    facts = {"base": base.digest, "seed": settings.seed, "engine": base.engines.name}
    notes = {"device": str(base.device)}
    return Workspace.open(root, source=source, facts=facts, notes=notes, spares=spares)


def frame_person(
    source: Source,
    workspace: Workspace,
    network: Engine,
    settings: RunSettings,
    progress: Progress = silent,
) -> Framing:
    """Return how a source lies on the canvas: whole at a given size, else after a first look.

    Parameters
    ----------
    source : Source
    workspace : Workspace
        Keeps what the first look gave; later stages keep the framing with their settings.
    network : Engine
        The one to look with.
    settings : RunSettings
    progress : callable

    Returns
    -------
    Framing
    """
    if settings.size != AUTO:
        return first_look(source, network, settings)
    framing = workspace.arrays(
        "locate", settings.locate, lambda: asdict(first_look(source, network, settings, progress))
    )
    return Framing(**{name: value.item() for name, value in framing.items()})


def first_look(
    source: Source, network: Engine, settings: RunSettings, progress: Progress = silent
) -> Framing:
    """Return the Framing that `frame_person` keeps; nothing is written."""
    if not isinstance(settings.size, str):  # else it is AUTO
        return fit_frame(source.height, source.width, settings.size)
    wanted = spread_frames(source.frame_count, settings.locate.looks)
    frames = list(progress("locate")(Sized(source.pick(wanted), len(wanted))))
    return locate_person(network, frames, settings=settings.locate)
