"""Hidden folders in a run folder: what a stage writes until it has finished.

A passing folder is gone afterwards, whatever happens. A resumable one is bound to the key of its
stage and outlives a stop, so that a long stage goes on where it was.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from personalize.storage.atomic import make_folder
from personalize.storage.contained import check_inside, check_no_links, discard
from personalize.storage.layout import STOPPED, TEMPORARY


@contextmanager
def passing_folder(root: Path) -> Iterator[Path]:
    """Give a hidden folder in `root` that is gone afterwards, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=root))
    try:
        yield folder
    finally:
        discard(folder)


@contextmanager
def resumable_folder(root: Path, name: str, key: str) -> Iterator[Path]:
    """Give the hidden folder of a stage, with what a stopped run had written there.

    It is gone only when nothing is raised; folders of the same stage with other keys go before.

    Parameters
    ----------
    root : Path
        The run folder.
    name : str
        Of the stage.
    key : str
        Digest of all that the stage depends on.

    Raises
    ------
    WorkspaceError
        If the folder, or anything in it, is a link.
    """
    folder = stopped_folder(root, name, key)
    for other in root.glob(f"{STOPPED}{name}-*"):
        if other != folder:
            discard(other)
    check_inside(root, [folder.name])
    make_folder(folder)
    for entry in check_no_links(folder):
        if entry.name.startswith(TEMPORARY):  # what was being written when it was killed
            discard(Path(entry))
    yield folder
    discard(folder)


def stopped_folder(root: Path, name: str, key: str) -> Path:
    """Return where a stage that was stopped leaves what it had written.

    Parameters
    ----------
    root : Path
        The run folder.
    name : str
        Of the stage.
    key : str
        Digest of all that the stage depends on.

    Returns
    -------
    Path
    """
    return root / f"{STOPPED}{name}-{key[:16]}"


def discard_passing(root: Path) -> None:
    """Remove the passing folders that a killed run left in a run folder."""
    for folder in root.glob(f"{TEMPORARY}*"):
        discard(folder)


def discard_stopped(root: Path) -> None:
    """Remove what all stages of a run folder wrote until they were stopped."""
    for folder in root.glob(f"{STOPPED}*"):
        discard(folder)


def remove_output(root: Path, output: str) -> None:
    """Remove a file or a folder of a run folder, if it is there; a link alone, not its target.

    A folder is renamed first: one that is half removed must not stand under its own name.
    """
    path = root / output
    if path.is_dir() and not path.is_symlink():
        with passing_folder(root) as grave:
            os.replace(path, grave / path.name)
    else:
        path.unlink(missing_ok=True)
