"""Write a finished run in the formats of other programs."""

from collections.abc import Sequence
from pathlib import Path

from personalize.errors import InputError, SettingsError
from personalize.exports.folder import export_folder
from personalize.exports.formats import NETWORK, check_formats
from personalize.exports.settings import ExportSettings
from personalize.exports.task import Task
from personalize.exports.writers import writer_of
from personalize.media.source import Source
from personalize.media.stretch import Stretch
from personalize.media.video import open_source
from personalize.output.finished import FinishedRun, read_run
from personalize.procedures.progress import silent
from personalize.storage.contained import check_inside
from personalize.storage.layout import EXPORTS
from personalize.storage.lock import lock_folder
from personalize.types import Json, Progress


def export(
    run: FinishedRun | str | Path,
    formats: str | Sequence[str],
    *,
    out: str | Path | None = None,
    video: str | Path | None = None,
    weights: str | Path | None = None,
    person: str | Path | None = None,
    settings: ExportSettings = ExportSettings(),
    progress: Progress = silent,
) -> list[Path]:
    """Write a finished run in other formats.

    Parameters
    ----------
    run : FinishedRun or path-like
        Of `run` or `parse`, or its folder.
    formats : str or sequence of str
        Names in `exports.settings.FORMATS`.
    out : path-like, optional
        Gets a folder for every format; by default ``exports`` in the run folder.
    video : path-like, optional
        The video of the run, where it is no longer where it was.
    weights : path-like, optional
        Base weights of the run, if they are not those that come with the project.
    person : path-like, optional
        The person that a video was parsed with, for the network of a `parse`.
    settings : ExportSettings
    progress : callable

    Returns
    -------
    list of Path
        The folder of each format. Those before one that fails are there.

    Raises
    ------
    PersonalizeError
        Of any kind; its text is meant for the user.

    Examples
    --------
    >>> export("out", ["coco", "matte"], video="clip.mp4")  # doctest: +SKIP
    [PosixPath('out/exports/coco'), PosixPath('out/exports/matte')]
    """
    names = list(dict.fromkeys([formats] if isinstance(formats, str) else formats))
    check_formats(names)
    done = run if isinstance(run, FinishedRun) else read_run(run)
    lock = lock_folder(done.root)
    if out is None:
        check_inside(done.root, [EXPORTS])
    root = done.root / EXPORTS if out is None else Path(out)
    network = None
    if NETWORK in names:
        from personalize.procedures.export_network import network_of  # loads torch

        network = network_of(done, weights, person)
    source = None
    if any(map(settings.needs_frames, names)):
        source = open_video(done, video, progress)
    facts = {"source": done.manifest["source"], "facts": done.manifest["facts"]}
    folders = []
    for name in names:
        frames = source if settings.needs_frames(name) else None
        task = Task(done, settings, frames, progress(name), network)
        folders.append(write_format(name, task, root, facts))
    del lock
    return folders


def write_format(name: str, task: Task, root: Path, facts: Json) -> Path:
    """Write one format of a task.

    Parameters
    ----------
    name : str
        Of the format.
    task : Task
    root : Path
        Gets a folder of that name.
    facts : dict
        Of the run, as JSON has it, for the record in the folder.

    Returns
    -------
    Path
        The folder of the format.
    """
    with export_folder(root, name, facts) as folder:
        writer_of(name)(task, folder)
    return root / name


def open_video(done: FinishedRun, video: str | Path | None, progress: Progress) -> Source:
    """Open the video of a run again, and check that it is the same.

    Parameters
    ----------
    done : FinishedRun
    video : path-like or None
        Where it is now; None where it was.
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's loop.

    Returns
    -------
    Source
        Of the frames that the run parsed.

    Raises
    ------
    InputError
        If it is not known where the video is, or it is another one.
    """
    path = video or done.path
    if path is None or (video is None and not Path(path).exists()):
        raise InputError(
            f"{done.root}: these formats look at the frames of {done.name}, which is not at"
            f" {path or 'any place that is known'}; name it with --video"
        )
    known = done.manifest["source"]
    partial = known.get("broken_at") is not None
    fps = done.fps if Path(path).is_dir() else None
    source = open_source(path, partial=partial, fps=fps, progress=progress("open"))
    first, count = done.numbers.start, len(done)
    if "first" in known and first + count <= source.frame_count:
        source = Stretch(source, first, first + count)
    if source.digest() != known["digest"]:
        raise InputError(
            f"{path}: is not the {done.name} that {done.root} is a run of; name that with --video"
        )
    return source


def check_network_only(formats: Sequence[str]) -> None:
    """Raise SettingsError unless all formats are made of a network."""
    for name in formats:
        if name != NETWORK:
            raise SettingsError(
                f"the format {name} is made of a run; name its folder instead of a weights file"
            )
