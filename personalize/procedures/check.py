"""Check that run folders hold what the runs left there, down to the last byte."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from personalize.errors import BusyError, WorkspaceError
from personalize.storage.contained import check_inside
from personalize.storage.fingerprint import difference
from personalize.storage.layout import MANIFEST
from personalize.storage.lock import lock_folder
from personalize.storage.manifest import outputs_of, read_manifest
from personalize.types import Json, PathLike

WHOLE, DAMAGED, UNFINISHED, BUSY = "whole", "damaged", "not finished", "busy elsewhere"


@dataclass(frozen=True)
class Checked:
    """What was found of a run folder.

    Attributes
    ----------
    root : Path
    state : {"whole", "damaged", "not finished", "busy elsewhere"}
    outputs : int
        Of finished stages.
    wrong : tuple of str
        A sentence on every output that is not as the run left it.
    """

    root: Path
    state: str
    outputs: int = 0
    wrong: tuple[str, ...] = ()


def check_runs(folder: PathLike) -> Iterator[Checked]:
    """Check a run folder, or every run folder that lies directly in a folder.

    Parameters
    ----------
    folder : path-like
        Of a run, or of a batch.

    Yields
    ------
    Checked
        Of each run, as it is found.

    Raises
    ------
    WorkspaceError
        If there is no run.
    """
    folder = Path(folder)
    roots = [folder]
    if not (folder / MANIFEST).exists():
        inside = sorted(folder.iterdir()) if folder.is_dir() else []
        roots = [root for root in inside if (root / MANIFEST).is_file()]
    if not roots:
        raise WorkspaceError(f"{folder}: holds no run; give the folder of a run, or of a batch")
    for root in roots:
        yield check_run(root)


def check_run(root: Path) -> Checked:
    """Read every output of every stage of a run, and compare it with its digest.

    Returns
    -------
    Checked
    """
    try:
        lock = lock_folder(root)  # held until this function ends
        check_inside(root, [MANIFEST])
        manifest = read_manifest(root)
        check_inside(root, outputs_of(manifest) if manifest else ())
    except BusyError as error:
        return Checked(root, BUSY, wrong=(str(error),))
    except WorkspaceError as error:
        return Checked(root, DAMAGED, wrong=(str(error),))
    stages = manifest["stages"] if manifest else {}
    wrong = tuple(f"{root / sentence}" for sentence in _wrong(root, stages))
    count = sum(len(record["outputs"]) for record in stages.values())
    unfinished = not stages or any(record.get("key") is None for record in stages.values())
    del lock
    return Checked(root, DAMAGED if wrong else UNFINISHED if unfinished else WHOLE, count, wrong)


def _wrong(root: Path, stages: Json) -> Iterator[str]:
    """Yield what is wrong with each output of finished stages."""
    for record in stages.values():
        if record.get("key") is None:  # void: what is there is not read
            continue
        for output, recorded in record["outputs"].items():
            change = difference(root, output, recorded, every_byte=True)
            if change:
                yield f"{output}: {change}"
