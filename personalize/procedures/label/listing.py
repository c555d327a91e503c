"""The pictures of a folder that are to be labelled, with the landmarks of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from personalize.datasets.landmark_names import find_points
from personalize.datasets.landmarks import Track
from personalize.datasets.pose_points import BodyPoints
from personalize.datasets.real_people import (
    PHOTOGRAPH_LABELS,
)
from personalize.errors import InputError
from personalize.media.images import SUFFIXES, image_size
from personalize.media.source import natural_order
from personalize.types import PathLike


@dataclass(frozen=True, eq=False)
class Unlabelled:
    """A picture to be labelled.

    Attributes
    ----------
    path : Path
    group : str
        Name of the folder that it is to lie in.
    points : BodyPoints or None
        In its pixels; None if there are none.
    size : (int, int) or None
        Height and width of the picture that the landmarks are of, if that is known.
    """

    path: Path
    group: str
    points: BodyPoints | None
    size: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """Of its labels: "group/stem"."""
        return f"{self.group}/{self.path.stem}"

    def read_size(self) -> tuple[int, int]:
        """Return its height and width."""
        return image_size(self.path)


def list_unlabelled(folder: PathLike, path: Path, tracks: Mapping[str, Track]) -> list[Unlabelled]:
    """List the pictures of a folder and of its sub-folders, with the landmarks of each.

    Parameters
    ----------
    folder : path-like
        Its pictures are a group of its own name, those of each sub-folder one of that name.
    path : path
        The file of landmarks, for messages.
    tracks : dict of str to Track
        What it holds.

    Returns
    -------
    list of Unlabelled

    Raises
    ------
    InputError
        If there are no pictures, two of one name, or landmarks do not fit them.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of pictures; check the path")
    below = sorted(
        (entry for entry in folder.iterdir() if entry.is_dir() and entry.name[0] != "."),
        key=natural_order,
    )
    groups = _groups((folder, *below))
    if not groups:
        raise InputError(
            f"{folder}: holds no picture, nor does a folder in it; {', '.join(SUFFIXES)} are read"
        )
    if PHOTOGRAPH_LABELS in groups:
        raise InputError(
            f"{folder}: a group may not be called {PHOTOGRAPH_LABELS}; give it another name"
        )
    points = find_points(
        path, tracks, {group: list(pictures) for group, pictures in groups.items()}
    )
    return [
        Unlabelled(picture, group, *points.get((group, stem), (None, None)))
        for group, pictures in groups.items()
        for stem, picture in pictures.items()
    ]


def _groups(folders):
    """Pictures by their stems, of each folder that has any, by its name."""
    groups = {}
    for folder in folders:
        pictures, group = _pictures_in(folder), folder.resolve().name
        if pictures and group in groups:
            raise InputError(
                f"{folder}: holds pictures, and so does another folder of the name {group}; rename "
                f"one"
            )
        if pictures:
            groups[group] = pictures
    return groups


def _pictures_in(folder):
    """Pictures of a folder by their stems, in natural order."""
    pictures = {}
    for path in sorted(folder.iterdir(), key=natural_order):
        if path.suffix.lower() not in SUFFIXES or path.name[0] == ".":
            continue
        if path.stem in pictures:
            raise InputError(f"{path}: has the name of {pictures[path.stem].name}; rename one")
        pictures[path.stem] = path
    return pictures
