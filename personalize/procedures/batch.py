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
from personalize.storage.contained import check_inside
from personalize.storage.lock import lock_folder
from personalize.storage.manifest import network_kept, read_manifest
from personalize.types import PathLike

VIDEO_SUFFIXES = (
    *(".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".wmv"),
    *(".ts", ".mts", ".m2ts", ".3gp", ".flv", ".ogv", ".vob"),
)


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
    """Tell whether a path looks like a video file or a folder of frames."""
    if entry.name.startswith("."):
        return False
    if entry.is_dir():
        with suppress(PermissionError):  # lost+found of a drive
            return any(file.suffix.lower() in SUFFIXES for file in entry.iterdir())
        return False
    return entry.suffix.lower() in VIDEO_SUFFIXES


def list_passed_over(folder: PathLike) -> list[Path]:
    """List the folders inside a folder that hold no frames: whatever else they hold is not
    looked at.
    """
    inside = sorted(entry for entry in Path(folder).iterdir() if entry.is_dir())
    return [entry for entry in inside if not entry.name.startswith(".") and not is_video(entry)]


def run_batch(
    videos: Sequence[Path], root: PathLike, run_one: Callable[[Path, Path], Done]
) -> Iterator[Outcome]:
    """Run videos one after the other, each into its own folder.

    Parameters
    ----------
    videos : sequence of Path
    root : path-like
        Gets a folder for each video, named like it (`folder_names`).
    run_one : callable
        ``run_one(video, folder)`` returns the finished run.

    Yields
    ------
    Outcome
        Of each video, as it ends. One that another process is running now is left to it, and
        is no failure. What no user could mend fails it, too, with its traceback on stderr: it
        must not cost the other videos.
    """
    root = Path(root)
    for video, name in zip(videos, folder_names(videos, root)):
        try:
            check_inside(root, [name])
            lock = lock_folder(root / name) if (root / name).is_dir() else None
            workspace = run_one(video, root / name)
            del lock  # held until here, so that nobody looks through a video that another runs
        except BusyError as error:
            yield Outcome(video.name, "busy elsewhere", str(error))
        except PersonalizeError as error:
            yield Outcome(video.name, "failed", str(error))
        except Exception as error:
            if is_out_of_memory(error):
                yield Outcome(video.name, "failed", FULL_MEMORY)
                continue
            traceback.print_exc()
            yield Outcome(
                video.name,
                "failed",
                f"by a defect, {type(error).__name__}: {error}; please report it",
            )
        else:
            yield finished(video.name, workspace)


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
    """Tell whether a folder holds the run of a video of this name."""
    with suppress(WorkspaceError, OSError):  # the run itself says what is wrong
        manifest = read_manifest(folder)
        return manifest is not None and manifest["source"]["name"] == video.name
    return False
