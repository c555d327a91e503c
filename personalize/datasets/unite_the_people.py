"""Unite the People, UP-S31 (Lassner et al., CVPR 2017): people in 31 parts.

8515 photographs that are scaled so that a person is about 500 pixels tall and cropped to at
most 513. Beside the photographs lie four lists, `train`, `val`, `trainval` and `test`
`_31_500_pkg_dorder.txt`; a line holds the path of a photograph, that of its labels, and the
scale. The paths are those of the authors' disk: where the files are unpacked elsewhere, they
are looked for beside the list.

Labels are the ids of `parts.NAMES` (`%05d_ann.png`), or, as the archive of the 3D fits
renders them, colours. A rendering has one colour more, at the crotch, which its authors
count to the person's right lower body.

The paper draws its own 6812 photographs for training and 1703 for testing and does not
publish them (Charles et al., BMVC 2017, section 4); `splits/` has a list of as many.
"""

from pathlib import Path

import numpy as np

from personalize import parts
from personalize.datasets.items import Photograph
from personalize.errors import DatasetError
from personalize.media.images import read_image
from personalize.types import Frame, Labels, PathLike

LIST = "{}_31_500_pkg_dorder.txt"
SPLITS = ("trainval", "test")
"""Lists that hold all photographs, of which the paper draws a split of its own."""

CROTCH = parts.NAMES.index("rlbody")

RENDERED = np.array(
    [
        *[(255, 255, 255), (253, 107, 0), (253, 90, 97), (249, 178, 3), (79, 22, 30)],
        *[(255, 218, 0), (84, 81, 17), (211, 228, 94), (154, 165, 46), (110, 43, 84)],
        *[(66, 28, 43), (165, 72, 26), (249, 111, 72), (219, 155, 60), (82, 104, 125)],
        *[(98, 233, 115), (3, 165, 122), (28, 28, 48), (38, 159, 36), (35, 67, 48)],
        *[(253, 228, 94), (181, 151, 103), (45, 49, 72), (84, 28, 37), (249, 153, 86)],
        *[(102, 229, 66), (248, 206, 74), (225, 22, 23), (149, 1, 23), (10, 77, 22)],
        *[(38, 26, 24), (167, 207, 29), (191, 175, 95)],
    ]
)
"""RGB of each label in a rendering, and at the end that of the crotch."""

TOLERANCE = 3
"""Largest distance of a colour from its label's: renderings are rounded from floats."""


class LabelledImage(Photograph):
    """A photograph of one person, and its parts as ids or colours."""

    def read_parts(self) -> Labels:
        """Read the (H, W) uint8 labels: ids as in `parts.NAMES`."""
        colours = read_image(self.labels)
        if (colours == colours[..., :1]).all() and colours.max() < parts.CLASSES:
            return colours[..., 0]
        try:
            return parts_of_colours(colours)
        except ValueError as error:
            raise DatasetError(f"{self.labels}: {error}") from error


def images(root: PathLike) -> list[LabelledImage]:
    """List the photographs.

    Parameters
    ----------
    root : path
        The folder of the lists, or the one above it (`s31`).

    Returns
    -------
    list of LabelledImage
        In the order of the lists.

    Raises
    ------
    DatasetError
        If a list is missing or of another form, or a file is missing.
    """
    by_name = {}
    for split in SPLITS:
        by_name.update(_read_list(_find_list(Path(root), LIST.format(split))))
    return [LabelledImage(name, *map(_find_file, files)) for name, files in by_name.items()]


def parts_of_colours(colours: Frame) -> Labels:
    """Read labels off the colours of a rendering.

    Parameters
    ----------
    colours : (H, W, 3) uint8 array
        RGB, white where no person is.

    Returns
    -------
    (H, W) uint8 array
        Labels, ids as in `parts.NAMES`.

    Raises
    ------
    ValueError
        If a colour is farther than `TOLERANCE` from that of every label.
    """
    found, where = np.unique(colours.reshape(-1, 3), axis=0, return_inverse=True)
    offsets = np.linalg.norm(found[:, None].astype(int) - RENDERED, axis=-1)  # (found, 33)
    strange = found[offsets.min(axis=1) > TOLERANCE]
    if len(strange):
        raise ValueError(f"{len(strange)} colours belong to no part, such as {strange[0].tolist()}")
    labels = np.append(np.arange(parts.CLASSES, dtype=np.uint8), np.uint8(CROTCH))
    return labels[offsets.argmin(axis=1)][where].reshape(colours.shape[:2])


def _find_list(root, name):
    candidates = (root / name, root / "s31" / name)
    path = next((path for path in candidates if path.is_file()), None)
    if path is None:
        raise DatasetError(f"{root}: looked for the list {name} of UP-S31, and found none")
    return path


def _read_list(path):
    """Name of each photograph in a list -> candidates for its own path and that of its labels."""
    listed = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        fields = line.split()
        if len(fields) != 3:
            raise DatasetError(
                f"{path}: line {number} has {len(fields)} fields; expected the paths of an image "
                "and its labels, and a scale"
            )
        name = Path(fields[0]).name[:5]
        listed[name] = [
            (path.parent / field.lstrip("/"), path.parent / Path(field).name)
            for field in fields[:2]
        ]
    return listed


def _find_file(candidates):
    path = next((path for path in candidates if path.is_file()), None)
    if path is None:
        raise DatasetError(f"{candidates[0]}: the file is in a list of UP-S31, but missing")
    return path
