"""The outputs of a stage: put in their places, sealed, and loaded again."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from personalize.errors import WorkspaceError, is_out_of_memory
from personalize.storage.atomic import flush
from personalize.storage.fingerprint import difference, fingerprint
from personalize.storage.unfinished import remove_output
from personalize.types import Json


def load_outputs(
    root: Path, outputs: Mapping[str, Json], load: Callable[[Path], Any] | None
) -> tuple[Any, str | None]:
    """Load the outputs of a stage from an earlier run, unless they have changed since.

    Parameters
    ----------
    root : Path
        The run folder.
    outputs : dict of str to dict
        Fingerprints of files and folders in it, by their paths.
    load : callable or None
        ``load(root)`` reads them.

    Returns
    -------
    loaded : object
        What `load` returned; None without it.
    wrong : str or None
        What has changed, or cannot be read, if anything has.
    """
    changes = ((output, difference(root, output, known)) for output, known in outputs.items())
    wrong = next((f"{output}: {change}" for output, change in changes if change), None)
    if wrong or load is None:
        return None, wrong
    try:
        return load(root), None
    except Exception as error:  # damaged files raise many kinds
        if is_out_of_memory(error):
            raise
        return None, f"{', '.join(outputs)}: cannot be read ({error or type(error).__name__})"


def check_free(root: Path, outputs: Sequence[str], ours: Collection[str]) -> None:
    """Raise WorkspaceError if an output would take the place of something that no run made.

    Parameters
    ----------
    root : Path
        The run folder.
    outputs : sequence of str
        Paths below it.
    ours : collection of str
        Outputs that runs have made there.
    """
    for output in outputs:
        if output not in ours and (root / output).exists():
            raise WorkspaceError(
                f"{root / output}: is there, but no run made it; move it away or choose"
                " another folder"
            )


def seal(folder: Path, outputs: Sequence[str]) -> dict[str, Json]:
    """Flush outputs in a folder to the disk, and return their fingerprints by their paths."""
    sealed = {}
    for output in outputs:
        flush(folder / output)
        sealed[output] = fingerprint(folder, output)
    return sealed


def replace_outputs(
    root: Path, folder: Path, outputs: Collection[str], gone: Collection[str]
) -> None:
    """Move new outputs to their places in the run folder, and remove old ones before.

    Parameters
    ----------
    root : Path
        The run folder.
    folder : Path
        Where the new outputs are.
    outputs, gone : collection of str
        Paths of new and of old outputs.
    """
    for output in gone:
        remove_output(root, output)
    for output in outputs:
        (root / output).parent.mkdir(parents=True, exist_ok=True)
        os.replace(folder / output, root / output)
    for place in {root, *((root / output).parent for output in outputs)}:
        flush(place)
