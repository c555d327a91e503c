"""Make a folder of labelled pictures (`datasets.real_people`) from pictures and landmarks.

Every picture is cut to its person, its silhouette found, the parts drawn inside of it, and both
reduced to the size that training asks for. What cannot be labelled is left out, with the reason.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from personalize.datasets.body_frame import lacks, measure_body
from personalize.datasets.landmark_names import find_points
from personalize.datasets.landmark_parts import draw_parts
from personalize.datasets.pose_points import BodyPoints
from personalize.datasets.real_people import (
    INDEX,
    INDEX_FIELDS,
    PHOTOGRAPH_LABELS,
    add_to_index,
    head_size,
    read_index,
)
from personalize.datasets.settings import LabelSettings
from personalize.errors import DatasetError, InputError
from personalize.media.images import SUFFIXES, image_size, read_image, write_image
from personalize.media.source import natural_order
from personalize.procedures.label_target import check_target, remove_left_out
from personalize.storage.atomic import check_folder

NO_LANDMARKS = "there are no landmarks of it"
NO_MASK = "there is no mask of it"
MISSED = "the silhouette is not where the landmarks are"


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
        Height and width of the picture that the landmarks are of, if that is told.
    """

    path: Path
    group: str
    points: BodyPoints | None
    size: tuple | None = None

    @property
    def name(self):
        """Of its labels: "group/stem"."""
        return f"{self.group}/{self.path.stem}"

    def read_size(self):
        """Return its height and width."""
        return image_size(self.path)


@dataclass(frozen=True)
class Outcome:
    """What became of some pictures.

    Attributes
    ----------
    rows : list of dict
        Those that were labelled, as in `index.csv`.
    left_out : Counter
        How many were not, by reason.
    """

    rows: list
    left_out: Counter

    def __str__(self):
        total = len(self.rows) + self.left_out.total()
        told = "".join(
            f"; {count} left out: {reason}" for reason, count in self.left_out.most_common()
        )
        return f"{len(self.rows)} of {total} pictures labelled{told}"


def list_unlabelled(folder, path, tracks):
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


def label_pictures(pictures, out, find_silhouette, *, settings=LabelSettings(), progress=iter):
    """Label pictures, and write them with their labels and the index.

    Parameters
    ----------
    pictures : sequence of Unlabelled
    out : path-like
        Gets GROUP/NAME.webp, GROUP/NAME.png and index.csv; what is there of other pictures stays,
        what an earlier run left of those that are left out now does not.
    find_silhouette : callable
        ``find_silhouette(picture, image, window)`` returns the (h, w) uint8 silhouette of a crop
        `image`:
        1 person, 0 background, 255 unknown; None if there is none. `window` are its rows and
        columns (slices).
    settings : LabelSettings
    progress : callable
        Wraps the pictures.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        If `out` holds something else, a picture is damaged, or its landmarks are of one of another
        size.
    DatasetError
        If none of the pictures could be labelled.
    """
    out, rows, left_out = Path(out), [], Counter()
    check_target(out)
    check_folder(out)
    read_index(out / INDEX)  # a damaged one is told before any work
    for picture in progress(pictures):
        made = _label(picture, find_silhouette, settings)
        if isinstance(made, str):
            left_out[made] += 1
            continue
        rows.append(_write(out, picture, *made))
    outcome = Outcome(rows, left_out)
    if not rows:
        raise DatasetError(
            f"{pictures[0].path.parent}: {outcome}; see that the landmarks are of these pictures, "
            f"or lower --sure"
        )
    gone = {picture.name for picture in pictures} - {row["picture"] for row in rows}
    remove_left_out(out, gone)
    add_to_index(out / INDEX, rows, without=gone)
    return outcome


def _label(picture, find_silhouette, settings):
    """The crop (h, w, 3) and labels (h, w) of a picture, or why there are none, a str."""
    if picture.points is None:
        return NO_LANDMARKS
    missing = lacks(picture.points, settings=settings.geometry)
    if missing:
        return missing
    image = read_image(picture.path)
    window = person_window(picture, image.shape[:2], settings)
    crop = np.ascontiguousarray(image[window])
    points = picture.points.moved(1, window[1].start, window[0].start)
    silhouette = find_silhouette(picture, crop, window)
    if silhouette is None:
        return NO_MASK
    unit = measure_body(points, settings=settings.geometry).unit
    if _share_inside(points, silhouette, unit, settings) < settings.inside:
        return MISSED
    return _reduce(crop, silhouette, points, settings)


def person_window(picture, shape, settings):
    """Return the rows and columns (slices) of a picture (height, width) around its person.

    Raises
    ------
    InputError
        If the landmarks are of a picture of another size.
    """
    height, width = shape
    if picture.size is not None and tuple(picture.size) != shape:
        raise InputError(
            f"{picture.path}: is {width}x{height}, its landmarks are of "
            f"{picture.size[1]}x{picture.size[0]} pixels; "
            "find landmarks in the pictures themselves"
        )
    points, geometry = picture.points, settings.geometry
    seen = points.xy[(points.visibility >= geometry.visible) & np.isfinite(points.xy).all(axis=1)]
    around = settings.around * measure_body(points, settings=geometry).unit
    low, high = (
        np.maximum(seen.min(axis=0) - around, 0),
        np.minimum(seen.max(axis=0) + around, (width, height)),
    )
    if ((seen >= -0.5) & (seen < (width - 0.5, height - 0.5))).all(
        axis=1
    ).mean() < settings.in_picture:
        raise InputError(
            f"{picture.path}: its landmarks lie outside of its {width}x{height} pixels; find "
            f"landmarks in the "
            "pictures themselves, in their size"
        )
    room = settings.margin * (high - low)
    left, top = np.maximum(np.floor(low - room), 0).astype(int)
    right, bottom = np.minimum(np.ceil(high + room), (width, height)).astype(int)
    return slice(top, bottom), slice(left, right)


def _share_inside(points, silhouette, unit, settings):
    """Share of the visible landmarks in a crop that lie in its silhouette, or near it."""
    reach = 2 * max(round(settings.near * unit), 1) + 1
    near = cv2.dilate(np.uint8(silhouette > 0), np.ones((reach, reach), np.uint8))
    seen = points.xy[points.visibility >= settings.geometry.visible]
    cols, rows = np.rint(seen).astype(int).T
    inside = (rows >= 0) & (cols >= 0) & (rows < near.shape[0]) & (cols < near.shape[1])
    return near[rows[inside], cols[inside]].mean() if inside.any() else 0.0


def _reduce(crop, silhouette, points, settings):
    """A crop and its labels at a size at which neither it nor its head is too large."""
    scale = min(1.0, settings.longest / max(crop.shape[:2]))
    head = head_size(_draw(crop, silhouette, points, scale, settings)[1])
    if head and head > settings.largest_head:
        scale *= settings.largest_head / head
    return _draw(crop, silhouette, points, scale, settings)


def _draw(crop, silhouette, points, scale, settings):
    height, width = (max(round(side * scale), 1) for side in crop.shape[:2])
    if scale < 1:
        crop = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)
        silhouette = cv2.resize(silhouette, (width, height), interpolation=cv2.INTER_NEAREST)
    return crop, draw_parts(points.moved(scale), silhouette, settings=settings.geometry)


def _write(out, picture, image, labels):
    """Write a picture and its labels; returns its row of the index."""
    write_image(out / f"{picture.name}.png", labels)
    write_image(out / f"{picture.name}.webp", image)
    head = head_size(labels)
    values = (picture.name, picture.path.name, *labels.shape[::-1], f"{head:.1f}" if head else "")
    return dict(zip(INDEX_FIELDS, values))
