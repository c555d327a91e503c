"""The run folder of one video: what is done, with what, and how long it took.

Every stage has a key: a digest of the input, of the facts that bear on all
stages (base weights, seed), and of the settings of this stage and of all before
it. A stage whose key stands in the manifest is loaded; any other is computed,
and with it every later stage, so that results of different settings never stand
side by side.

Outputs are recognised by their fingerprints: one that is missing, emptied, cut, changed or
unreadable is made again, with a message. A folder that was moved or copied is as good as before.

A kill at any moment leaves a folder that the next run continues. A stage writes
into a hidden folder; when all its outputs are there, its record and those of
later stages are made void in the manifest, the outputs take their places, and
only then the new record is written. Outputs of a void record are never read. The
hidden folder of a long stage, which is bound to its key, outlives a stop.

So does a loss of power. Before a record names them, the files of a stage, and the entries of
folders, are flushed to the disk. Pictures in a folder are not flushed one by one, which would take
longer than writing them; those that were not on the disk yet are missing or short afterwards, and
are recognised by that.

Nothing outside the folder is written, replaced or removed: names in the manifest are those of
`layout`, and no link is followed (`contained`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

from personalize.errors import WorkspaceError
from personalize.storage.arrays import load_arrays, save_arrays
from personalize.storage.atomic import check_folder, disk_errors
from personalize.storage.contained import check_inside, discard
from personalize.storage.layout import MANIFEST, OUTPUTS, arrays_of
from personalize.storage.lock import FolderLock, lock_folder
from personalize.storage.manifest import (
    check_same_owner,
    digest,
    new_manifest,
    outputs_of,
    plain,
    read_manifest,
    same_program,
    write_manifest,
)
from personalize.storage.memory import give_back
from personalize.storage.outputs import check_free, load_outputs, replace_outputs, seal
from personalize.storage.unfinished import (
    discard_passing,
    discard_stopped,
    passing_folder,
    resumable_folder,
    stopped_folder,
)
from personalize.types import Json, PathLike


class Described(Protocol):
    """An input that a run folder can be bound to."""

    def describe(self) -> Json:
        """Return a description, as JSON has it; its ``"digest"`` is not that of another input."""


class Workspace:
    """The run folder of one input.

    Parameters
    ----------
    root : Path
    manifest : dict
    lock : FolderLock
        Held as long as the workspace lives.
    spares : sequence of str
        Stages of an earlier run that must not be lost, as for `open`.

    Attributes
    ----------
    root : Path
    manifest : dict
        ``purpose``, ``source``, ``facts``, ``notes``, ``versions`` and, in the order
        of the pipeline, ``stages``. It becomes manifest.json with the first stage
        that is made; until then that file is of the run that made what is there.
    reused : list of str
        Stages whose results were loaded and not computed.
    anew : list of str
        Sentences on stages that had been finished and were computed again, because an output was
        no longer as the stage had left it, or another version of the program had made it.
    """

    def __init__(
        self, root: Path, manifest: Json, lock: FolderLock, spares: Sequence[str] = ()
    ) -> None:
        self.root = root
        self.manifest = manifest
        self._lock = lock  # lives as long as this object
        self.reused: list[str] = []
        self.anew: list[str] = []
        self._spares = spares
        self._confirmed: list[str] = []  # stages that hold, or were made, in this run
        self._key = digest([manifest["purpose"], manifest["source"]["digest"], manifest["facts"]])

    @classmethod
    def open(
        cls,
        root: PathLike,
        *,
        source: Described,
        facts: Mapping[str, Any],
        purpose: str = "run",
        notes: Mapping[str, Any] | None = None,
        spares: Sequence[str] = (),
    ) -> Self:
        """Open the run folder of `source`, or make it.

        Parameters
        ----------
        root : path-like
        source : Source
            The input that the folder is bound to, by its digest.
        facts : mapping
            What every stage depends on: digest of the base weights, seed. Other
            facts recompute everything.
        purpose : str
            The procedure that fills the folder; those of another one are refused.
        notes : mapping, optional
            What is worth keeping, but changes no result: the device.
        spares : sequence of str
            Stages of an earlier run that must not be lost: a measurement may not replace the
            stages before them.

        Raises
        ------
        WorkspaceError
            If `root` cannot be written, is in use by another process, belongs to
            another input or purpose, or leads outside by a link.
        """
        root = Path(root)
        check_folder(root)
        lock = lock_folder(root)
        check_inside(root, [MANIFEST])
        found = read_manifest(root)
        manifest = new_manifest(purpose, source.describe(), facts, notes or {})
        if found:
            check_same_owner(root, found, manifest)
            check_inside(root, outputs_of(found))
            manifest = {**found, **manifest, "stages": found["stages"]}
        else:
            write_manifest(root, manifest)
        discard_passing(root)
        workspace = cls(root, manifest, lock, spares)
        if found and found["stages"] and not same_program(found):
            workspace.anew.append(
                f"{root}: was made by another version of the program; all is computed anew"
            )
        return workspace

    def stage(
        self,
        name: str,
        settings: Any,
        produce: Callable[[Path], object],
        *,
        outputs: Sequence[str],
        load: Callable[[Path], Any] | None = None,
        resumable: bool = False,
    ) -> Any:
        """Provide the outputs of a stage: from an earlier run with the same key, or made now.

        Parameters
        ----------
        name : str
        settings : dataclass or mapping
            All that this stage depends on beside the stages before it.
        produce : callable
            ``produce(folder)`` writes every output, under its name, into `folder`.
        outputs : sequence of str
            Files and folders, relative to `root`, of those that `layout.OUTPUTS` has for the stage.
        load : callable, optional
            ``load(folder)`` reads the outputs back from `root`.
        resumable : bool
            When it is stopped, `produce` is given the same folder again, with what it had written.

        Returns
        -------
        object
            What `load` returns; None without it.

        Raises
        ------
        WorkspaceError
            If the disk cannot be written, or an output would replace something that no run made, or
            lie outside, or a stage would be lost that is to be spared.
        """
        if not set(outputs) <= set(OUTPUTS.get(name, ())):
            raise ValueError(
                f"{name} leaves {', '.join(outputs)}, of which the layout does not know"
            )
        settings = plain(settings)
        self._key = digest([self._key, name, settings])
        check_inside(self.root, outputs)
        holds, loaded = self._recall(name, settings, outputs, load)
        if holds:
            self.reused.append(name)
            discard(stopped_folder(self.root, name, self._key))  # of a kill at the very end
        else:
            check_free(self.root, outputs, outputs_of(self.manifest))
            self._check_spared()
            self._make(name, settings, produce, outputs, resumable)
            loaded = load(self.root) if load else None
        self._confirmed.append(name)
        return loaded

    def note(self, name: str, value: Any) -> None:
        """Set an entry of the manifest to a value, as JSON has it."""
        value = plain(value)
        if self.manifest.get(name) != value:
            self.manifest[name] = value
            write_manifest(self.root, self.manifest)

    def arrays(self, name: str, settings: Any, compute: Callable[[], Any]) -> Any:
        """A stage whose result is an array, or a dict of arrays, kept in stages/NAME.npz.

        Parameters
        ----------
        name : str
        settings : dataclass or mapping
        compute : callable
            Without arguments.

        Returns
        -------
        array or dict of str -> array
            As read back from the file, so that a run that was interrupted and one
            that was not go on with the same numbers.
        """
        output = arrays_of(name)
        return self.stage(
            name,
            settings,
            lambda folder: save_arrays(folder / output, compute()),
            outputs=[output],
            load=lambda folder: load_arrays(folder / output),
        )

    def _recall(
        self, name: str, settings: Any, outputs: Sequence[str], load: Callable[[Path], Any] | None
    ) -> tuple[bool, Any]:
        """Whether a stage can be had from before, and what `load` returns of it."""
        record = self.manifest["stages"].get(name)
        if record is None or record["key"] != self._key or list(record["outputs"]) != list(outputs):
            return False, None
        loaded, wrong = None, None
        if record["settings"] != settings:
            wrong = f"{MANIFEST}: has other settings of {name} than those it was made with"
        else:
            loaded, wrong = load_outputs(self.root, record["outputs"], load)
        if wrong:
            self._report_anew(name, wrong)
        return not wrong, loaded

    def _report_anew(self, name: str, wrong: str) -> None:
        """Note why a stage is computed anew; what was stopped behind it would go on from
        other results.
        """
        self.anew.append(f"{self.root / wrong}; {name} and all that follows is computed anew")
        discard_stopped(self.root)

    def _check_spared(self) -> None:
        stages = self.manifest["stages"]
        lost = any(name in stages and name not in self._confirmed for name in self._spares)
        if lost and self.anew:
            raise WorkspaceError(
                f"{self.anew[-1]}, the results of a run, too; make that run again first"
            )
        if lost:
            raise WorkspaceError(
                f"{self.root}: holds the results of a run, which would be lost; measure with the"
                " settings of that run, or in another folder"
            )

    def _make(
        self,
        name: str,
        settings: Any,
        produce: Callable[[Path], object],
        outputs: Sequence[str],
        resumable: bool,
    ) -> None:
        began = time.perf_counter()
        unfinished = (
            resumable_folder(self.root, name, self._key) if resumable else passing_folder(self.root)
        )
        with disk_errors(self.root), unfinished as folder:
            try:
                for output in outputs:
                    (folder / output).parent.mkdir(parents=True, exist_ok=True)
                produce(folder)
                record = {
                    "key": self._key,
                    "settings": settings,
                    "outputs": seal(folder, outputs),
                    "seconds": round(time.perf_counter() - began, 3),
                }
                self._adopt(name, record, folder)
            except WorkspaceError as error:  # of a file in `folder`, a name that says nothing
                raise WorkspaceError(str(error).replace(str(folder), str(self.root))) from error
            finally:
                give_back()

    def _adopt(self, name: str, record: Json, folder: Path) -> None:
        """Put finished outputs in place; stages not confirmed in this run are gone with it."""
        stages = self.manifest["stages"]
        stale = [stages[other] for other in stages if other not in self._confirmed]
        # Void, but still listed: whatever a kill leaves of these outputs is known to be ours.
        for other in stale:
            other["key"] = None
        stages[name] = {**record, "key": None}
        write_manifest(self.root, self.manifest)
        gone = {*record["outputs"]}.union(*(other["outputs"] for other in stale))
        check_inside(self.root, gone)
        replace_outputs(self.root, folder, record["outputs"], gone)
        kept = {other: stages[other] for other in self._confirmed}
        self.manifest["stages"] = {**kept, name: record}
        write_manifest(self.root, self.manifest)
