"""Find out which of the known data sets lie in a folder, and whether they are complete.

Each is recognised by files that only it has, and read by its own reader, which reports what is
missing. Of pictures only the header is read, unless decoding is asked for: most failed downloads
show there, and reading it is a hundred times as fast.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from personalize.datasets import (
    clothing,
    davis,
    freiburg_sitting,
    jhmdb,
    real_people,
    unite_the_people,
    youtube_pose,
)
from personalize.datasets.samples import RenderedPeople
from personalize.errors import DatasetError, InputError
from personalize.media.images import image_size, read_image
from personalize.parts import UPPER_BODY_JOINTS
from personalize.types import PathLike, Wrap

NUMBERED = "[0-9]" * 6 + ".png"


@dataclass(frozen=True)
class Content:
    """What a data set holds.

    Attributes
    ----------
    summary : str
        How much of what, for people.
    pictures : list of Path
        All images that are not labels.
    labels : list of callables
        Each reads one label map, mask or cut-out, and raises an InputError of a damaged one.
    """

    summary: str
    pictures: Sequence[Path]
    labels: Sequence[Callable[[], Any]]


@dataclass(frozen=True)
class KnownSet:
    """A data set that the project has a reader of.

    Attributes
    ----------
    title : str
    marks : tuple of str
        Patterns of files and folders, relative to its root; one that is there is enough.
    list : callable
        ``list(root)`` returns its Content, or raises an InputError of what is missing.
    looks_like : callable or None
        ``looks_like(root)`` recognises a data set by more than a pattern.
    """

    title: str
    marks: tuple[str, ...]
    list: Callable[[Path], Content]
    looks_like: Callable[[Path], bool] | None = None

    def is_at(self, folder: Path) -> bool:
        """Whether a folder holds this data set, or some of it."""
        marked = any(next(folder.glob(mark), None) for mark in self.marks)
        return marked or (self.looks_like is not None and self.looks_like(folder))


@dataclass(frozen=True)
class Finding:
    """A data set that was looked for.

    Attributes
    ----------
    title : str
    root : Path or None
        None if it is not there.
    summary : str
        What it holds, or what is wrong.
    whole : bool
    """

    title: str
    root: Path | None
    summary: str
    whole: bool

    def __str__(self) -> str:
        where = f"{self.root}: " if self.root else ""
        return f"{self.title:22} {where}{self.summary}"


def check_folder(root: PathLike, *, decode: bool = False, progress: Wrap = iter) -> list[Finding]:
    """Look for every known data set in a folder and directly below it.

    Parameters
    ----------
    root : path-like
    decode : bool
        Decode every picture and every label, instead of the headers of pictures.
    progress : callable
        Wraps the sequence of pictures and labels of each set.

    Returns
    -------
    list of Finding
        In the order of `KNOWN`; one for each place where a set is, one for each that is not there.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    root = Path(root)
    if not root.is_dir():
        raise InputError(f"{root}: no such folder of data sets; check the path")
    below = sorted(entry for entry in root.iterdir() if entry.is_dir() and entry.name[0] != ".")
    findings = []
    for known in KNOWN:
        places = [folder for folder in (root, *below) if known.is_at(folder)]
        findings += [_examine(known, place, decode, progress) for place in places]
        if not places:
            findings.append(Finding(known.title, None, "not here", True))
    return findings


def _examine(known, root, decode, progress):
    """Read a data set, up to the first fault."""
    try:
        content = known.list(root)
        look = read_image if decode else image_size
        for path in progress(content.pictures):
            look(path)
        for read in progress(content.labels if decode else []):
            read()
    except InputError as error:
        return Finding(known.title, root, f"INCOMPLETE OR DAMAGED: {error}", False)
    return Finding(known.title, root, content.summary, True)


def _youtube_pose(root):
    videos = youtube_pose.videos(root)
    frames = [path for video in videos for path in video.images]
    subset = sum(video.in_subset for video in videos)
    summary = (
        f"{len(videos)} videos with {len(frames)} labelled frames; {subset} of the videos in "
        f"its subset"
    )
    return Content(summary, frames, [])


def _davis(root):
    sequences = davis.sequences(root)
    frames = [path for sequence in sequences for path in sequence.images]
    masks = [path for sequence in sequences for path in sequence.masks if path]
    summary = f"{len(sequences)} sequences with {len(frames)} frames, {len(masks)} with a mask"
    return Content(summary, frames + masks, [])


def _jhmdb(root):
    clips = jhmdb.clips(root)
    actions = {clip.action for clip in clips}
    labels = [
        read
        for clip in clips
        for read in (partial(clip.read_joints, UPPER_BODY_JOINTS), clip.read_masks)
    ]
    summary = (
        f"{len(clips)} clips of {len(actions)} actions with joints and masks (J-HMDB has 928 of 21)"
    )
    return Content(summary, [], labels)


def _clothing(root):
    photographs = clothing.photographs(root)
    return Content(
        f"{len(photographs)} photographs with labels",
        [photograph.image for photograph in photographs],
        [photograph.read_silhouette for photograph in photographs],
    )


def _unite_the_people(root):
    images = unite_the_people.images(root)
    return Content(
        f"{len(images)} photographs with 31 parts (UP-S31 has 8515)",
        [path for image in images for path in (image.image, image.labels)],
        [image.read_parts for image in images],
    )


def _freiburg(root):
    photographs = freiburg_sitting.photographs(root)
    return Content(
        f"{len(photographs)} photographs with 14 parts",
        [photograph.image for photograph in photographs],
        [photograph.read_parts for photograph in photographs],
    )


def _real_people(root):
    listed = real_people.pictures(root)
    photographs = real_people.photograph_labels(root)
    reads = [picture.read_labels for picture in listed]
    reads += [partial(real_people.read_labels, path) for path in photographs.values()]
    summary = (
        f"{len(listed)} pictures with labels of parts in {len({p.group for p in listed})} groups"
    )
    summary += f", and labels of {len(photographs)} photographs" if photographs else ""
    return Content(summary, [path for p in listed for path in (p.image, p.labels)], reads)


def _rendered_people(root):
    people = RenderedPeople(root)
    labels = [root / "parts" / path.parent.name / path.name for path in people.people]
    missing = [path for path in labels if not path.is_file()]
    if missing:
        raise DatasetError(f"{missing[0]}: missing, and {len(missing) - 1} more part labels")
    wanted = _wanted(root)
    if len(people) < wanted:
        raise DatasetError(
            f"{len(people)} of {wanted} people are there; give the same `personalize synthesize "
            "people` again to go on"
        )
    pictures = [*people.people, *labels, *people.backgrounds]
    return Content(
        f"{len(people)} people with 31 parts, {len(people.backgrounds)} backgrounds", pictures, []
    )


def _wanted(root):
    """How many people a rendered set is to have in the end; 0 if nothing says so."""
    manifest = root / "manifest.json"
    try:
        return int(json.loads(manifest.read_text())["count"]) if manifest.is_file() else 0
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise DatasetError(f"{manifest}: damaged; remove it") from None


KNOWN = (
    KnownSet("YouTube Pose", (youtube_pose.MAT_NAME, youtube_pose.FRAMES_FOLDER), _youtube_pose),
    KnownSet("DAVIS", (davis.IMAGES, davis.ANNOTATIONS), _davis),
    KnownSet("J-HMDB", (jhmdb.VIDEOS, jhmdb.MASKS, jhmdb.JOINTS), _jhmdb),
    KnownSet("Clothing Co-Parsing", ("pixel-level", "annotations/pixel-level"), _clothing),
    KnownSet(
        "Unite the People",
        ("*_31_500_pkg_dorder.txt", "s31/*_31_500_pkg_dorder.txt"),
        _unite_the_people,
    ),
    KnownSet("Freiburg Sitting", ("masks/*.mat",), _freiburg),
    KnownSet(
        "real people",
        (real_people.INDEX, real_people.PHOTOGRAPH_LABELS),
        _real_people,
        real_people.has_pairs,
    ),
    KnownSet("rendered people", ("people/*/" + NUMBERED, "parts/*/" + NUMBERED), _rendered_people),
)
