"""Videos with silhouettes in the layout of DAVIS (Perazzi et al., CVPR 2016).

`JPEGImages/<sequence>/*.jpg` and `Annotations/<sequence>/*.png`, or both with a level of
resolution between, as in the archives of DAVIS 2016 and 2017 (`JPEGImages/480p/...`).
Anything that is not 0 in an annotation is foreground: where several objects are told apart,
as in DAVIS 2017, their union is read. What a person holds is foreground in some sequences
(`tennis`, `hockey`, `hike`), and counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from personalize.datasets.reading import choose_names, list_files
from personalize.errors import DatasetError
from personalize.media.images import read_image, read_mask
from personalize.types import Frame, Mask, PathLike

IMAGES = "JPEGImages"
ANNOTATIONS = "Annotations"
LEVELS = ("480p", "1080p", "Full-Resolution")
"""Folders of resolution, in the order of preference; results are published at 480p."""


@dataclass(frozen=True)
class Sequence:
    """One video, and the silhouettes of those of its frames that have one.

    Attributes
    ----------
    name : str
        Name of its folder.
    images : tuple of T paths
        Frames, in the order of time.
    masks : tuple of T paths or None
        Their annotations; None where a frame has none.
    """

    name: str
    images: tuple[Path, ...]
    masks: tuple[Path | None, ...]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def folder(self) -> Path:
        """Folder of the frames."""
        return self.images[0].parent

    @property
    def annotated(self) -> tuple[int, ...]:
        """Tuple of int: the frames that have a mask."""
        return tuple(frame for frame, mask in enumerate(self.masks) if mask is not None)

    def read_frame(self, frame: int) -> Frame:
        """Read a frame, an (H, W, 3) uint8 array (RGB)."""
        return read_image(self.images[frame])

    def read_mask(self, frame: int) -> Mask:
        """Read the (H, W) bool mask of an annotated frame: the union of all its objects."""
        path = self.masks[frame]
        if path is None:
            raise DatasetError(f"{self.name}: frame {frame} has no mask; see `annotated`")
        return read_mask(path)


def sequences(root: PathLike, names: Iterable[str] | None = None) -> list[Sequence]:
    """List the sequences of a data set in the layout of DAVIS.

    Parameters
    ----------
    root : path
        The folder that holds `JPEGImages` and `Annotations`.
    names : sequence of str, optional
        Only these, in this order.

    Returns
    -------
    list of Sequence
        In the order of their names, or in that of `names`.

    Raises
    ------
    DatasetError
        If a folder is missing or empty, a name unknown, or an annotation has no frame.
    """
    images, annotations = (_level(Path(root) / kind) for kind in (IMAGES, ANNOTATIONS))
    available = sorted(folder.name for folder in images.iterdir() if folder.is_dir())
    if not available:
        raise DatasetError(f"{images}: there are no sequences")
    return [
        _sequence(images / name, annotations / name)
        for name in choose_names(available, names, images)
    ]


def _level(folder):
    if not folder.is_dir():
        raise DatasetError(
            f"{folder}: no such folder; the layout of DAVIS is {IMAGES}/SEQUENCE/*.jpg "
            f"and {ANNOTATIONS}/SEQUENCE/*.png"
        )
    levels = (folder / level for level in LEVELS)
    return next((level for level in levels if level.is_dir()), folder)


def _sequence(image_folder, mask_folder):
    images = list_files(image_folder, (".jpg", ".jpeg", ".png"))
    if not images:
        raise DatasetError(f"{image_folder}: there are no frames")
    masks = {path.stem: path for path in list_files(mask_folder, (".png",))}
    if not masks:
        raise DatasetError(f"{mask_folder}: there are no annotations")
    alone = sorted(masks.keys() - {image.stem for image in images})
    if alone:
        raise DatasetError(
            f"{mask_folder}: {len(alone)} annotations have no frame in {image_folder}, "
            f"the first is {alone[0]}.png"
        )
    return Sequence(
        name=image_folder.name,
        images=tuple(images),
        masks=tuple(masks.get(image.stem) for image in images),
    )
