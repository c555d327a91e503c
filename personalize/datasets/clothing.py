"""Clothing Co-Parsing (Yang, Luo and Lin, CVPR 2014): photographs of people in the street.

`photos/*.jpg`, and for some of them `pixel-level/*.mat` (in the repository of its authors
`annotations/pixel-level/*.mat`), whose `groundtruth` gives a garment, skin or hair for
every pixel. They give the silhouette, and of every pixel the region of the body (`parts.REGIONS`):
what is trousers is some part of a leg. Bags are no part of a person, yet the person
may be behind them: they are left open, label 255, neither learned from nor scored.
"""

from pathlib import Path

import numpy as np

from personalize import parts
from personalize.datasets.items import Photograph
from personalize.datasets.reading import list_files, read_numbers
from personalize.errors import DatasetError
from personalize.types import UNLABELLED, Labels, PathLike

BAGS = (2, 33, 56)
"""bag, purse and wallet in `label_list.mat`, which counts from 0, the background."""

REGIONS = {
    "head": (17, 20, 47),  # glasses, hat, sunglasses
    "hair": (19,),
    "upper garment": (4, 5, 8, 11, 22, 24, 26, 29, 37, 38, 48, 49, 51, 52, 54, 55),
    "long garment": (6, 10, 13, 14, 23, 35, 46, 50),
    "lower garment": (25, 27, 30, 31, 40, 42, 45, 53),
    "shoes": (7, 12, 16, 21, 28, 32, 36, 39, 43, 44, 58),
    "gloves": (18,),
}
"""Region of the body -> numbers in `label_list.mat`; what is in none, such as skin, is somebody's.
"""


def _labels_of_regions():
    table = np.full(256, parts.REGION_LABELS["somebody"], np.uint8)
    table[parts.BACKGROUND] = parts.BACKGROUND
    table[list(BAGS)] = UNLABELLED
    for region, numbers in REGIONS.items():
        table[list(numbers)] = parts.REGION_LABELS[region]
    return table


TO_REGIONS = _labels_of_regions()


class ClothingPhotograph(Photograph):
    """A photograph of one person, and its regions."""

    def read_silhouette(self) -> Labels:
        """Read the silhouette, an (H, W) uint8 array: 1 person, 0 background, 255 ignored."""
        regions = self.read_regions()
        return np.where(regions == UNLABELLED, regions, np.uint8(regions > 0))

    def read_regions(self) -> Labels:
        """Read the regions, an (H, W) uint8 array: 0 background, `parts.REGION_LABELS`, 255
        ignored.
        """
        stored = read_numbers(self.labels, "groundtruth", 2)
        if not (stored.min() >= 0 and stored.max() < len(TO_REGIONS)):
            raise DatasetError(
                f"{self.labels}: expected a map of the labels 0 to {len(TO_REGIONS) - 1}, found "
                f"{stored.min()} to {stored.max()}"
            )
        return TO_REGIONS[stored.astype(np.intp)]


def photographs(root: PathLike) -> list[ClothingPhotograph]:
    """List the photographs of Clothing Co-Parsing that have labels for every pixel.

    Parameters
    ----------
    root : path
        The folder that holds `photos` and `pixel-level`.

    Returns
    -------
    list of ClothingPhotograph
        In the order of their names.

    Raises
    ------
    DatasetError
        If a folder is missing or empty, or labels have no photograph.
    """
    root = Path(root)
    published = root / "annotations" / "pixel-level"
    folder = published if published.is_dir() else root / "pixel-level"
    images = {path.stem: path for path in list_files(root / "photos", (".jpg", ".jpeg"))}
    labels = list_files(folder, (".mat",))
    if not labels:
        raise DatasetError(f"{folder}: there are no labels")
    alone = [path.stem for path in labels if path.stem not in images]
    if alone:
        raise DatasetError(
            f"{root / 'photos'}: {len(alone)} photographs that have labels are missing, "
            f"the first is {alone[0]}.jpg"
        )
    return [ClothingPhotograph(path.stem, images[path.stem], path) for path in labels]
