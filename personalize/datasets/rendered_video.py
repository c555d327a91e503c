"""Videos of `personalize synthesize video`, with the truth of every frame."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from personalize import parts
from personalize.errors import DatasetError
from personalize.storage.arrays import read_arrays
from personalize.types import Floats, Mask, PathLike

CLIP, JOINTS, SILHOUETTES = "clip.mp4", "joints.csv", "silhouettes.npz"
REMEDY = "render the video again"


@dataclass(frozen=True, eq=False)
class RenderedVideo:
    """One rendered person, and where they are.

    Attributes
    ----------
    name : str
    path : Path
        The video file, of T frames.
    xy : (T, J, 2) float array
        Joints in the order of `parts.JOINTS`, (x, y) in pixels; NaN where a
        joint is hidden or outside the frame.
    bits : (T, N) uint8 array
        Silhouettes, row by row, as `numpy.packbits` packs them.
    shape : (int, int)
        Height and width.
    """

    name: str
    path: Path
    xy: Floats
    bits: NDArray[np.uint8]
    shape: tuple[int, int]

    def __len__(self) -> int:
        return len(self.bits)

    def read_mask(self, frame: int) -> Mask:
        """Return the true silhouette of a frame, a (height, width) bool array."""
        pixels = self.shape[0] * self.shape[1]
        return np.unpackbits(self.bits[frame], count=pixels).reshape(self.shape).astype(bool)


def rendered_video(root: PathLike) -> RenderedVideo:
    """Read the truth of a rendered video; its frames are read later.

    Parameters
    ----------
    root : path-like
        A folder of `personalize synthesize video`.

    Returns
    -------
    RenderedVideo

    Raises
    ------
    DatasetError
        If the folder is not one, or its files do not fit each other.
    """
    root = Path(root)
    missing = [name for name in (CLIP, JOINTS, SILHOUETTES) if not (root / name).is_file()]
    if missing:
        raise DatasetError(
            f"{root}: {missing[0]} is missing; a rendered video is a folder that "
            "`personalize synthesize video` wrote"
        )
    bits, shape = _read_bits(root / SILHOUETTES)
    xy = _read_joints(root / JOINTS, len(bits))
    return RenderedVideo(root.resolve().name, root / CLIP, xy, bits, shape)


def _read_bits(path: Path) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Packed silhouettes (T, N), and their height and width."""
    bits, shape = read_arrays(path, ["bits", "shape"], kind=DatasetError, remedy=REMEDY)
    if bits.dtype != np.uint8 or bits.ndim != 2 or shape.dtype.kind not in "iu" or shape.size != 3:
        raise DatasetError(f"{path}: holds no packed silhouettes; {REMEDY}")
    count, height, width = shape.ravel().tolist()
    if min(count, height, width) < 1 or bits.shape != (count, (height * width + 7) // 8):
        raise DatasetError(
            f"{path}: has silhouettes of shape {bits.shape} for {count} frames of {width}x{height};"
            f" {REMEDY}"
        )
    return bits, (height, width)


def _read_joints(path: Path, count: int) -> Floats:
    """Joints (T, J, 2) of `count` frames."""
    xy = np.full((count, len(parts.JOINTS), 2), np.nan)
    order = {joint: index for index, joint in enumerate(parts.JOINTS)}
    try:
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                frame = int(row["frame"])
                if not 0 <= frame < count:
                    raise DatasetError(f"{path}: has a frame {frame}, the silhouettes only {count}")
                if int(row["visible"]):
                    xy[frame, order[row["joint"]]] = float(row["x"]), float(row["y"])
    except (ValueError, LookupError, TypeError, csv.Error) as error:
        raise DatasetError(
            f"{path}: is damaged ({type(error).__name__}: {error}); {REMEDY}"
        ) from error
    return xy
