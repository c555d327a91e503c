"""Videos of `personalize synthesize video`, with the truth of every frame."""

import csv
from collections.abc import Callable
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
FRAMES = "frames.csv"
SEEN = ("yes", "no", "doubt")


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
    seen : (T,) str array
        "yes", "no", or "doubt" where only a sliver of them shows.
    heads : (T,) float array
        Side of the square that has the area of the head, hidden or not, in pixels; NaN where
        it is not known.
    other_bits : (T, N) uint8 array or None
        Other people, painted ones among them, as `bits`; None in older videos, which
        have no such file.
    """

    name: str
    path: Path
    xy: Floats
    bits: NDArray[np.uint8]
    shape: tuple[int, int]
    seen: NDArray[np.str_]
    heads: Floats
    other_bits: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.bits)

    def read_mask(self, frame: int) -> Mask:
        """Return the true silhouette of a frame, a (height, width) bool array."""
        return self._unpack(self.bits[frame])

    def read_others(self, frame: int) -> Mask:
        """Return where other people are in a frame, a (height, width) bool array."""
        if self.other_bits is None:
            return np.zeros(self.shape, bool)
        return self._unpack(self.other_bits[frame])

    def _unpack(self, row):
        pixels = self.shape[0] * self.shape[1]
        return np.unpackbits(row, count=pixels).reshape(self.shape).astype(bool)


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
    complete = (root / FRAMES).is_file()  # and others with it
    bits, shape, others = _read_bits(root / SILHOUETTES, others=complete)
    xy = _read_joints(root / JOINTS, len(bits))
    seen = np.where(bits.any(axis=1), "yes", "no").astype("<U5")
    heads = np.full(len(bits), np.nan)
    if complete:
        _read_frames(root / FRAMES, seen, heads)
    return RenderedVideo(root.resolve().name, root / CLIP, xy, bits, shape, seen, heads, others)


def _read_bits(
    path: Path, *, others: bool
) -> tuple[NDArray[np.uint8], tuple[int, int], NDArray[np.uint8] | None]:
    """Packed silhouettes (T, N), their height and width, and those of other people."""
    names = ["bits", "shape", *(["others"] if others else [])]
    bits, shape, *more = read_arrays(path, names, kind=DatasetError, remedy=REMEDY)
    if bits.dtype != np.uint8 or bits.ndim != 2 or shape.dtype.kind not in "iu" or shape.size != 3:
        raise DatasetError(f"{path}: holds no packed silhouettes; {REMEDY}")
    count, height, width = shape.ravel().tolist()
    if min(count, height, width) < 1 or bits.shape != (count, (height * width + 7) // 8):
        raise DatasetError(
            f"{path}: has silhouettes of shape {bits.shape} for {count} frames of {width}x{height};"
            f" {REMEDY}"
        )
    for other in more:
        if other.dtype != np.uint8 or other.shape != bits.shape:
            raise DatasetError(
                f"{path}: has other people of shape {other.shape}, silhouettes of {bits.shape}; "
                f"{REMEDY}"
            )
    return bits, (height, width), more[0] if more else None


def _read_joints(path: Path, count: int) -> Floats:
    """Joints (T, J, 2) of `count` frames."""
    xy = np.full((count, len(parts.JOINTS), 2), np.nan)
    order = {joint: index for index, joint in enumerate(parts.JOINTS)}

    def read(frame: int, row: dict[str, str]) -> None:
        if int(row["visible"]):
            xy[frame, order[row["joint"]]] = float(row["x"]), float(row["y"])

    _read_rows(path, count, read)
    return xy


def _read_frames(path: Path, seen: NDArray[np.str_], heads: Floats) -> None:
    """Fill in what is recorded of each frame; in place."""

    def read(frame: int, row: dict[str, str]) -> None:
        seen[frame] = SEEN[SEEN.index(row["seen"])]
        heads[frame] = float(row["head"] or "nan")

    _read_rows(path, len(seen), read)


def _read_rows(path: Path, count: int, read: Callable[[int, dict[str, str]], None]) -> None:
    """Call `read(frame, row)` for every line of a table of `count` frames."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                frame = int(row["frame"])
                if not 0 <= frame < count:
                    raise DatasetError(f"{path}: has a frame {frame}, the silhouettes only {count}")
                read(frame, row)
    except (ValueError, LookupError, TypeError, csv.Error) as error:
        raise DatasetError(
            f"{path}: is damaged ({type(error).__name__}: {error}); {REMEDY}"
        ) from error
