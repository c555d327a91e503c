"""Open the run folder of a video, bound to everything that its results depend on."""

from collections.abc import Sequence

from personalize.adaptation.base import Base
from personalize.media.source import Source
from personalize.settings import RunSettings
from personalize.storage.workspace import Workspace
from personalize.types import Json, PathLike


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
    """Return the notes of a manifest, on which results do not depend: the device, and the path of
    the source, which exports read again.
    """
    return {"device": str(device), "path": str(source.path.absolute())}
