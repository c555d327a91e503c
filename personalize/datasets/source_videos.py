"""The videos from which labelled frames were taken, when a user has them.

YouTube Pose only ships its labelled frames. With the source videos a person can be learned from 301
consecutive frames, as in the paper; without them, a video consists of its labelled frames.
"""

from pathlib import Path

from personalize.errors import DatasetError
from personalize.types import PathLike

SIDECARS = frozenset(
    [".part", ".ytdl", ".json", ".txt", ".description", ".srt", ".vtt", ".jpg", ".png", ".webp"]
)
"""What downloaders leave beside a video under the same name."""


def find_source(folder: PathLike, name: str) -> Path | None:
    """Find the source video of a labelled video.

    Parameters
    ----------
    folder : path
        Holds videos, or folders of frames, that are called as the labelled video is, with
        any extension: `NAME.mp4`; also `TITLE [NAME].webm` and `TITLE-NAME.mkv`, as
        downloaders name them. An `&` at the end of `name` may be missing.
    name : str
        Name of the labelled video.

    Returns
    -------
    path or None
        None if it is not there: not every video of the data set is still to be had.

    Raises
    ------
    DatasetError
        If there is no such folder, or several files fit.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no such folder of source videos")
    titles = {
        entry: entry.name if entry.is_dir() else entry.stem
        for entry in sorted(folder.iterdir())
        if entry.suffix.lower() not in SIDECARS
    }
    fitting = _fitting(titles, name) or _fitting(titles, name.rstrip("&"))
    if len(fitting) > 1:
        found = ", ".join(entry.name for entry in fitting)
        raise DatasetError(f"{folder}: several source videos for {name}: {found}; keep one")
    return fitting[0] if fitting else None


def _fitting(titles, name):
    """Entries that are called `name`; or else, those whose title ends with it."""
    exact = [entry for entry, title in titles.items() if title == name]
    endings = (f"[{name}]", f"-{name}")
    return exact or [entry for entry, title in titles.items() if title.endswith(endings)]
