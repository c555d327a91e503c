"""Make a folder of labelled pictures (`datasets.real_people`) from pictures and landmarks.

Every picture is cut to its person, its silhouette found, the parts drawn inside of it, and both
reduced to the size that training asks for. What cannot be labelled is left out, with the reason.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from personalize.datasets.body_frame import lacks
from personalize.datasets.landmark_fit import share_inside
from personalize.datasets.real_people import (
    INDEX,
    INDEX_FIELDS,
    add_to_index,
    head_size,
    read_index,
)
from personalize.datasets.settings import LabelSettings
from personalize.errors import DatasetError
from personalize.media.images import read_image, write_image
from personalize.procedures.label.crop import person_window, reduce_crop
from personalize.procedures.label.listing import Unlabelled
from personalize.procedures.label.target import check_target, remove_left_out
from personalize.storage.atomic import check_folder
from personalize.types import Frame, Labels, PathLike, Wrap

NO_LANDMARKS = "there are no landmarks of it"
NO_MASK = "there is no mask of it"
MISSED = "the silhouette is not where the landmarks are"


FindSilhouette: TypeAlias = Callable[[Unlabelled, Frame, tuple[slice, slice]], Labels | None]
"""``find_silhouette(picture, image, window)``: see `label_pictures`."""


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

    rows: list[dict[str, Any]]
    left_out: Counter[str]

    def __str__(self) -> str:
        total = len(self.rows) + self.left_out.total()
        counts = "".join(
            f"; {count} left out: {reason}" for reason, count in self.left_out.most_common()
        )
        return f"{len(self.rows)} of {total} pictures labelled{counts}"


def label_pictures(
    pictures: Sequence[Unlabelled],
    out: PathLike,
    find_silhouette: FindSilhouette,
    *,
    settings: LabelSettings = LabelSettings(),
    progress: Wrap = iter,
) -> Outcome:
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
    out = Path(out)
    rows: list[dict[str, Any]] = []
    left_out: Counter[str] = Counter()
    check_target(out)
    check_folder(out)
    read_index(out / INDEX)  # a damaged one is reported before any work
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


def _label(
    picture: Unlabelled, find_silhouette: FindSilhouette, settings: LabelSettings
) -> tuple[Frame, Labels] | str:
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
    inside = share_inside(points, silhouette, near=settings.near, geometry=settings.geometry)
    if inside < settings.inside:
        return MISSED
    return reduce_crop(crop, silhouette, points, settings)


def _write(out: Path, picture: Unlabelled, image: Frame, labels: Labels) -> dict[str, Any]:
    """Write a picture and its labels; returns its row of the index."""
    write_image(out / f"{picture.name}.png", labels)
    write_image(out / f"{picture.name}.webp", image)
    head = head_size(labels)
    values = (picture.name, picture.path.name, *labels.shape[::-1], f"{head:.1f}" if head else "")
    return dict(zip(INDEX_FIELDS, values))
