"""Freiburg Sitting People (Oliveira et al., ICRA 2016): seated people in 14 parts.

About 200 photographs of six people, seen from the front, 300 x 300 pixels: `img/*.jpg`, and
`masks/*.mat`, whose `M` has 0 for the background and 1 to 14 for the parts. The paper tests
on four of the people (Charles et al., BMVC 2017, section 4.3). Who is on which photograph is
not in the files that are read here, so a split is a list of names.
"""

from pathlib import Path

import numpy as np

from personalize import parts
from personalize.datasets.items import Photograph
from personalize.datasets.reading import list_files, read_numbers
from personalize.errors import DatasetError
from personalize.types import Floats, Labels, PathLike

CLASSES = len(parts.FREIBURG_NAMES)

STORED_PARTS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
"""Label of `parts.FREIBURG_NAMES` for each number of a mask. Which of two limbs is the left one
was not checked on the data: if it is the other, this line becomes that of `MIRRORED`."""

MIRRORED = (0, 1, 2, 6, 7, 8, 3, 4, 5, 12, 13, 14, 9, 10, 11)
"""Label of the same part in the mirrored image."""


class SeatedPhotograph(Photograph):
    """A photograph of one seated person."""

    def read_parts(self) -> Labels:
        """Read the (H, W) uint8 labels: ids as in `parts.FREIBURG_NAMES`."""
        stored = read_numbers(self.labels, "M", 2)
        if not (stored.min() >= 0 and stored.max() < CLASSES):  # nor NaN
            raise DatasetError(
                f"{self.labels}: expected a map of the labels 0 to {CLASSES - 1}, found "
                f"{stored.min()} to {stored.max()} in the shape {stored.shape}"
            )
        return np.array(STORED_PARTS, np.uint8)[stored.astype(np.uint8)]


def photographs(root: PathLike) -> list[SeatedPhotograph]:
    """List the photographs of Freiburg Sitting People.

    Parameters
    ----------
    root : path
        The folder that holds `img` and `masks`.

    Returns
    -------
    list of SeatedPhotograph
        In the order of their names.

    Raises
    ------
    DatasetError
        If a folder is missing or empty, or a photograph has no mask.
    """
    root = Path(root)
    images = {path.stem: path for path in list_files(root / "img", (".jpg", ".jpeg"))}
    masks = {path.stem: path for path in list_files(root / "masks", (".mat",))}
    if not images:
        raise DatasetError(f"{root / 'img'}: there are no photographs")
    alone = [name for name in images if name not in masks]
    if alone:
        raise DatasetError(
            f"{root / 'masks'}: {len(alone)} photographs have no mask, the first is {alone[0]}"
        )
    return [SeatedPhotograph(name, image, masks[name]) for name, image in images.items()]


def merge_probabilities(probabilities: Floats) -> Floats:
    """Add up the probabilities of the 31 parts that make one part here.

    They are added up before the most probable label is taken: the four small parts of a torso may
    be the most probable together where none of them is alone.

    Parameters
    ----------
    probabilities : (32, h, w) float array
        Of the labels of `parts.NAMES`.

    Returns
    -------
    (15, h, w) float array
        Of the labels of `parts.FREIBURG_NAMES`.
    """
    merged = np.zeros((CLASSES, *probabilities.shape[1:]), probabilities.dtype)
    np.add.at(merged, list(parts.FREIBURG_MERGE), probabilities)
    return merged
