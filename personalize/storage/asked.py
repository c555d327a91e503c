"""The request of a finished run, so that the same request is answered at once.

Stages of a run folder are recognised by digests of all their inputs. Computing these takes long for
an hour of video, and the digest of weights needs the network. So the request of a finished run is
recorded: its settings, and the size and time of change of every file that was named. If the same
request comes again, and all outputs are unchanged by size and time, no digest is computed. Where
anything differs, all digests are. Times can be forged: see `fingerprint`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from personalize.errors import WorkspaceError
from personalize.storage.contained import check_inside
from personalize.storage.fingerprint import unchanged
from personalize.storage.manifest import (
    digest,
    outputs_of,
    plain,
    program,
    read_manifest,
    same_program,
)
from personalize.types import Json, PathLike

ASKED = "asked"
"""Entry of a manifest."""


class Done(Protocol):
    """A run that is finished: a Workspace, or what was found of an earlier one."""

    @property
    def root(self) -> Path:
        """The run folder."""

    @property
    def manifest(self) -> Json:
        """What manifest.json holds."""

    @property
    def reused(self) -> Sequence[str]:
        """Names of the stages that were not computed again."""

    @property
    def anew(self) -> Sequence[str]:
        """Sentences on stages that had been finished, and were computed again."""


@dataclass(frozen=True)
class FinishedBefore:
    """A run that was finished before, as recorded in its folder; in the place of a Workspace.

    Attributes
    ----------
    root : Path
    manifest : dict
    """

    root: Path
    manifest: Json

    @property
    def reused(self) -> list[str]:
        """The stages that were not computed: all of them."""
        return list(self.manifest["stages"])

    @property
    def anew(self) -> list[str]:
        """Sentences on what had to be computed again: none."""
        return []


def stamp(path: PathLike | None) -> Any:
    """Return size and time of change, by which a file or a folder is known without being read.

    Returns
    -------
    list or None
        Path, size and time of change in nanoseconds; of a folder its path, and name, size and
        time of all that lies in it.
    """
    if path is None:
        return None
    path = Path(path).absolute()
    try:
        if path.is_dir():
            inside = sorted(path.iterdir())
            return [str(path), [[entry.name, *_size_and_time(entry)] for entry in inside]]
        return [str(path), *_size_and_time(path)]
    except OSError:  # which opening the file reports in its own words
        return [str(path)]


def note_asked(manifest: Json, asked: Json, settings: Any) -> Json:
    """Return the entry `ASKED` of the manifest of a run that is finished.

    Parameters
    ----------
    manifest : dict
    asked : dict
        The request, with a `stamp` of every file.
    settings : dataclass
        Of the run, to be read by people and by `personalize config`.
    """
    return {
        "digest": _digest_of(asked),
        "keys": _keys(manifest),
        "settings": plain(settings),
    }


def finished_before(root: PathLike, asked: Json) -> FinishedBefore | None:
    """Return the run in a folder if its request was the same, and its outputs are unchanged.

    Parameters
    ----------
    root : path-like
    asked : dict
        As for `note_asked`.

    Returns
    -------
    FinishedBefore or None
        None also if something is wrong in the folder; `Workspace.open` reports that.
    """
    root = Path(root)
    try:
        manifest = read_manifest(root)
        noted = manifest.get(ASKED) if manifest else None
        if manifest is None or not isinstance(noted, dict) or not same_program(manifest):
            return None
        check_inside(root, outputs_of(manifest))
        if noted.get("digest") != _digest_of(asked) or noted.get("keys") != _keys(manifest):
            return None
        stages = manifest["stages"].values()
        if not stages or any(stage["key"] is None for stage in stages):
            return None
        whole = all(
            unchanged(root, output, recorded)
            for stage in stages
            for output, recorded in stage["outputs"].items()
        )
    except (OSError, WorkspaceError, KeyError, TypeError):
        return None
    return FinishedBefore(root, manifest) if whole else None


def _digest_of(asked: Json) -> str:
    return digest({**program(), **plain(asked)})


def _keys(manifest: Json) -> Json:
    return {name: stage.get("key") for name, stage in manifest["stages"].items()}


def _size_and_time(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
