"""The run folder of one video: what is done, with what, and how long it took.

Every stage has a key: a digest of the input, of the facts that bear on all
stages (base weights, seed), and of the settings of this stage and of all before
it. A stage whose key stands in the manifest is loaded; any other is computed,
and with it every later stage, so that results of different settings never stand
side by side.

A kill at any moment leaves a folder that the next run continues. A stage writes
into a hidden folder; when all its outputs are there, its record and those of
later stages are made void in the manifest, the outputs take their places, and
only then the new record is written. Outputs of a void record are never read. The
hidden folder of a long stage, which is bound to its key, outlives a stop.
"""

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from personalize.atomic import check_folder, disk_errors, make_folder
from personalize.errors import WorkspaceError
from personalize.layout import STOPPED, TEMPORARY, arrays_of
from personalize.lock import lock_folder
from personalize.manifest import (
    check_same_owner,
    digest,
    new_manifest,
    plain,
    read_manifest,
    write_manifest,
)
from personalize.memory import give_back


class Workspace:
    """The run folder of one input.

    Attributes
    ----------
    root : Path
    manifest : dict
        ``purpose``, ``source``, ``facts``, ``notes``, ``versions`` and, in the order
        of the pipeline, ``stages``. It becomes manifest.json with the first stage
        that is made; until then that file tells of the run that made what is there.
    reused : list of str
        Stages whose results were loaded and not computed.
    """

    def __init__(self, root, manifest, lock, spares=()):
        self.root = root
        self.manifest = manifest
        self._lock = lock  # lives as long as this object
        self.reused = []
        self._spares = spares
        self._confirmed = []  # stages that hold, or were made, in this run
        self._key = digest([manifest["purpose"], manifest["source"]["digest"], manifest["facts"]])

    @classmethod
    def open(cls, root, *, source, facts, purpose="run", notes=None, spares=()):
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
            Stages of an earlier run that must not be lost: whoever only measures makes
            no stage that would replace what stands before them.

        Raises
        ------
        WorkspaceError
            If `root` cannot be written, is in use by another process, or belongs to
            another input or purpose.
        """
        root = Path(root)
        check_folder(root)
        lock = lock_folder(root)
        found = read_manifest(root)
        manifest = new_manifest(purpose, source.describe(), facts, notes or {})
        if found:
            check_same_owner(root, found, manifest)
            manifest = {**found, **manifest, "stages": found["stages"]}
        else:
            write_manifest(root, manifest)
        _remove_unfinished(root)
        return cls(root, manifest, lock, spares)

    def stage(self, name, settings, produce, *, outputs, load=None, resumable=False):
        """Have the outputs of a stage: from an earlier run with the same key, or made now.

        Parameters
        ----------
        name : str
        settings : dataclass or mapping
            All that this stage depends on beside the stages before it.
        produce : callable
            ``produce(folder)`` writes every output, under its name, into `folder`.
        outputs : sequence of str
            Files and folders, relative to `root`.
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
            If the disk refuses, or an output would replace something that no run made, or
            a stage would be lost that is to be spared.
        """
        settings = plain(settings)
        self._key = digest([self._key, name, settings])
        if self._holds(name, outputs):
            self.reused.append(name)
            shutil.rmtree(self._stopped_folder(name), ignore_errors=True)  # of a kill at the very end
        else:
            self._check_free(outputs)
            self._check_spared()
            self._make(name, settings, produce, outputs, resumable)
        self._confirmed.append(name)
        return load(self.root) if load else None

    def tell(self, name, value):
        """Set an entry of the manifest, `value` as JSON has it, beside those that runs share."""
        value = plain(value)
        if self.manifest.get(name) != value:
            self.manifest[name] = value
            write_manifest(self.root, self.manifest)

    def arrays(self, name, settings, compute):
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

    def _holds(self, name, outputs):
        record = self.manifest["stages"].get(name)
        return (
            record is not None
            and record["key"] == self._key
            and record["outputs"] == list(outputs)
            and all((self.root / output).exists() for output in outputs)
        )

    def _check_free(self, outputs):
        records = self.manifest["stages"].values()
        ours = {output for record in records for output in record["outputs"]}
        for output in outputs:
            if output not in ours and (self.root / output).exists():
                raise WorkspaceError(
                    f"{self.root / output}: is there, but no run made it; move it away or choose"
                    " another folder"
                )

    def _check_spared(self):
        stages = self.manifest["stages"]
        if any(name in stages and name not in self._confirmed for name in self._spares):
            raise WorkspaceError(
                f"{self.root}: holds the results of a run, which would be lost; measure with the"
                " settings of that run, or in another folder"
            )

    def _make(self, name, settings, produce, outputs, resumable):
        began = time.perf_counter()
        unfinished = self._kept_folder(name) if resumable else self._passing_folder()
        with disk_errors(self.root), unfinished as folder:
            try:
                for output in outputs:
                    (folder / output).parent.mkdir(parents=True, exist_ok=True)
                produce(folder)
                record = {
                    "key": self._key,
                    "settings": settings,
                    "outputs": list(outputs),
                    "seconds": round(time.perf_counter() - began, 3),
                }
                self._adopt(name, record, folder)
            except WorkspaceError as error:  # of a file in `folder`, a name that says nothing
                raise WorkspaceError(str(error).replace(str(folder), str(self.root))) from error
            finally:
                give_back()

    @contextmanager
    def _passing_folder(self):
        """A hidden folder that is gone afterwards, whatever happens."""
        folder = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=self.root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _stopped_folder(self, name):
        return self.root / f"{STOPPED}{name}-{self._key[:16]}"

    @contextmanager
    def _kept_folder(self, name):
        """The hidden folder of a stage with this key, which is gone only when it succeeds; those of other settings go."""
        folder = self._stopped_folder(name)
        for other in self.root.glob(f"{STOPPED}{name}-*"):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
        make_folder(folder)
        for torn in folder.rglob(f"{TEMPORARY}*"):  # what was being written when it was killed
            torn.unlink()
        yield folder
        shutil.rmtree(folder, ignore_errors=True)

    def _adopt(self, name, record, folder):
        """Put finished outputs in place; stages not confirmed in this run are gone with it."""
        stages = self.manifest["stages"]
        stale = [stages[other] for other in stages if other not in self._confirmed]
        # Void, but still listed: whatever a kill leaves of these outputs is known to be ours.
        for other in stale:
            other["key"] = None
        stages[name] = {**record, "key": None}
        write_manifest(self.root, self.manifest)
        for output in {*record["outputs"]}.union(*(other["outputs"] for other in stale)):
            self._remove(output)
        for output in record["outputs"]:
            (self.root / output).parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder / output, self.root / output)
        kept = {other: stages[other] for other in self._confirmed}
        self.manifest["stages"] = {**kept, name: record}
        write_manifest(self.root, self.manifest)

    def _remove(self, output):
        path = self.root / output
        if path.is_dir() and not path.is_symlink():
            # Renamed first: a folder half removed must not stand under its own name.
            with self._passing_folder() as grave:
                os.replace(path, grave / path.name)
        else:
            path.unlink(missing_ok=True)


def _remove_unfinished(root):
    """Remove what a killed run left behind."""
    for path in root.glob(f"{TEMPORARY}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def save_arrays(path, arrays):
    """Write an array, or a dict of arrays, to a `.npz`."""
    np.savez(path, **(arrays if isinstance(arrays, dict) else {"array": arrays}))


def load_arrays(path):
    """Read what `save_arrays` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored)
    return arrays["array"] if list(arrays) == ["array"] else arrays
