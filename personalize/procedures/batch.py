"""Personalize every video of a folder; one that fails never stops the rest."""

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from personalize.errors import (
    FULL_MEMORY,
    BusyError,
    InputError,
    PersonalizeError,
    WorkspaceError,
    is_out_of_memory,
)
from personalize.media.images import SUFFIXES
from personalize.storage.asked import Done
from personalize.storage.claims import Claims
from personalize.storage.contained import check_inside
from personalize.storage.manifest import network_kept, read_manifest
from personalize.types import PathLike

VIDEO_SUFFIXES = (
    *(".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".wmv"),
    *(".ts", ".mts", ".m2ts", ".3gp", ".flv", ".ogv", ".vob"),
)

BUSY = "busy elsewhere"
"""State of a video that another process runs."""


@dataclass(frozen=True)
class Outcome:
    """What became of one video of a batch.

    Attributes
    ----------
    name : str
    state : {"done", "finished before", "busy elsewhere", "failed"}
    note : str
        Which network was kept, seconds spent and the folder, or why it was not run or failed.
    """

    name: str
    state: str
    note: str


def list_videos(folder: PathLike) -> list[Path]:
    """List the videos and the folders of frames directly inside a folder, by name.

    Returns
    -------
    list of Path

    Raises
    ------
    InputError
        If there is no such folder, or nothing in it to run.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name a folder of videos")
    found = sorted(entry for entry in folder.iterdir() if is_video(entry))
    if not found:
        raise InputError(f"{folder}: no video and no folder of frames in it")
    return found


def is_video(entry: Path) -> bool:
    """Whether a path looks like a video file or a folder of frames."""
    if entry.name.startswith("."):
        return False
    if entry.is_dir():
        with suppress(PermissionError):  # lost+found of a drive
            return any(file.suffix.lower() in SUFFIXES for file in entry.iterdir())
        return False
    return entry.suffix.lower() in VIDEO_SUFFIXES


def list_passed_over(folder: PathLike) -> list[Path]:
    """List the folders inside a folder that hold no frames; nothing in them is looked at."""
    inside = sorted(entry for entry in Path(folder).iterdir() if entry.is_dir())
    return [entry for entry in inside if not entry.name.startswith(".") and not is_video(entry)]


def run_batch(
    videos: Sequence[Path],
    root: PathLike,
    run_one: Callable[[Path, Path], Done],
    *,
    shard: tuple[int, int] = (1, 1),
    claims: Claims | None = None,
) -> Iterator[Outcome]:
    """Run videos one after the other, each into its own folder.

    Parameters
    ----------
    videos : sequence of Path
    root : path-like
        Gets a folder for each video, named like it (`folder_names`).
    run_one : callable
        ``run_one(video, folder)`` returns the finished run.
    shard : (int, int)
        I and N: only every N-th video, from the I-th on, which counts from 1.
    claims : Claims, optional
        Of `root`; by default new ones.

    Yields
    ------
    Outcome
        Of each video, as it ends. A video that another process is running, on this or another
        machine, is tried again when all others are done, and then left to that process; this is
        no failure. An error that no user could mend fails only its own video, too, with its
        traceback on stderr.
    """
    root = Path(root)
    claims = claims or Claims(root)
    waiting = []
    for video, name in share_of(videos, root, shard):
        outcome = attempt(video, root, name, run_one, claims)
        if outcome.state == BUSY:
            waiting.append((video, name))
        else:
            yield outcome
    for video, name in waiting:
        yield attempt(video, root, name, run_one, claims, patient=True)


def share_of(
    videos: Sequence[Path], root: PathLike, shard: tuple[int, int]
) -> list[tuple[Path, str]]:
    """Return the videos that are one shard's.

    Parameters
    ----------
    videos : sequence of Path
        All videos, in the same order for every shard.
    root : path-like
        Folder that they are named from.
    shard : (int, int)
        (I, N): the I-th of N, from 1.

    Returns
    -------
    list of (Path, str)
        Each video with the name of its run folder, which is unique among all.
    """
    first, step = shard
    return list(zip(videos, folder_names(videos, root)))[first - 1 :: step]


def attempt(
    video: Path,
    root: Path,
    name: str,
    run_one: Callable[[Path, Path], Done],
    claims: Claims,
    *,
    patient: bool = False,
) -> Outcome:
    """Run a video, if no other process does, and return what became of it.

    Parameters
    ----------
    video : Path
    root : Path
    name : str
        Of its folder in `root`.
    run_one, claims
        As for `run_batch`.
    patient : bool
        As for `Claims.take`.
    """
    try:
        check_inside(root, [name])
        claim = claims.take(name, patient=patient)
        try:
            return finished(video.name, run_one(video, root / name))
        finally:
            claim.release()
    except BusyError as error:
        return Outcome(video.name, BUSY, str(error))
    except PersonalizeError as error:
        return Outcome(video.name, "failed", str(error))
    except Exception as error:
        if is_out_of_memory(error):
            return Outcome(video.name, "failed", FULL_MEMORY)
        traceback.print_exc()
        note = f"by a defect, {type(error).__name__}: {error}; please report it"
        return Outcome(video.name, "failed", note)


def finished(name: str, workspace: Done) -> Outcome:
    """Return the outcome of a run that succeeded."""
    stages = workspace.manifest["stages"]
    made = [stage for stage in stages if stage not in workspace.reused]
    seconds = sum(stages[stage]["seconds"] for stage in made)
    note = f"{network_kept(workspace.manifest):8}  {seconds:5.0f} s  {workspace.root}"
    return Outcome(name, "done" if made else "finished before", note)


def folder_names(videos: Sequence[Path], root: PathLike) -> list[str]:
    """Return a name for each video's folder, all different: without its suffix, unless two have
    that name.

    A video that has a folder in `root` from an earlier batch keeps it, though others of its
    name have come or gone since.
    """
    names: dict[Path, str] = {}
    for video in videos:
        for name in (video.stem, video.name):
            if name not in names.values() and holds_run_of(Path(root) / name, video):
                names[video] = name
                break
    stems = [video.stem for video in videos]
    for video in videos:
        wanted = [video.stem] if stems.count(video.stem) == 1 else []
        numbered = (f"{video.name}-{number}" for number in count(2))
        free = (
            name for name in chain(wanted, [video.name], numbered) if name not in names.values()
        )
        names[video] = names.get(video) or next(free)
    return [names[video] for video in videos]


def holds_run_of(folder: Path, video: Path) -> bool:
    """Whether a folder holds the run of a video of this name."""
    with suppress(WorkspaceError, OSError):  # the run itself says what is wrong
        manifest = read_manifest(folder)
        return manifest is not None and manifest["source"]["name"] == video.name
    return False
