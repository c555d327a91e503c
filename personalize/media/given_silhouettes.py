"""Silhouettes that the user brings: a folder with a picture for any of a video's frames.

They are named and look as those that a run writes, ``silhouettes/000123.png``:
frames are numbered from 0, and whatever is not 0, or not transparent, is the person. Where the
video is a folder of frames, silhouettes that all have names of frames are of these frames, however
they are numbered. A one-hour video may have one for every frame, so each is looked at
once, up front, and read again where it is needed.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from personalize.errors import InputError
from personalize.imaging.framing import Framing, cell_shares
from personalize.imaging.track import Track
from personalize.media.images import read_mask
from personalize.media.source import Source
from personalize.types import Json, Map, Mask, PathLike, Window, Wrap


class Shaped(Protocol):
    """A video or a picture, which has a name and a size."""

    @property
    def name(self) -> str:
        """Name for messages."""

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""

    @property
    def width(self) -> int:
        """Pixels from left to right."""


@dataclass(frozen=True, eq=False)
class GivenSilhouettes:
    """Known silhouettes of some frames of a video.

    Attributes
    ----------
    files : dict of int to Path
        Frame number -> picture, in the order of the frames.
    digests : dict of int to str
        Frame number -> digest (sha256, hexadecimal) of the silhouette.
    height, width : int
        Of the video.
    """

    files: dict[int, Path]
    digests: dict[int, str]
    height: int
    width: int

    def __len__(self) -> int:
        return len(self.files)

    def get(self, number: int) -> Mask | None:
        """Return the (height, width) bool silhouette of a frame; None where none is given."""
        if number not in self.files:
            return None
        return self._read(number)

    def _read(self, number: int) -> Mask:
        return resize_mask(read_mask(self.files[number]), (self.height, self.width))

    def within(self, window: Window) -> "GivenSilhouettes":
        """Return only the silhouettes of the frames of a window."""
        files = {number: file for number, file in self.files.items() if number in window}
        digests = {number: self.digests[number] for number in files}
        return GivenSilhouettes(files, digests, self.height, self.width)

    def of_stretch(self, source: Source) -> "GivenSilhouettes":
        """Return only the silhouettes of a stretch of the video, by the places of its frames."""
        window = Window.between(source.first, source.first + source.frame_count)
        inside = self.within(window)
        files = {number - source.first: file for number, file in inside.files.items()}
        digests = {number - source.first: digest for number, digest in inside.digests.items()}
        return GivenSilhouettes(files, digests, self.height, self.width)

    def on_canvas(self, window: Window, track: Track) -> dict[int, Mask]:
        """Bring the silhouettes of a window to the canvas of the network.

        Returns
        -------
        dict of int to (rows, cols) bool array
            By the number of the frame in the window, from 0.
        """
        inside = list(self.within(window).files)
        return {
            place: canvas_mask(self._read(number), track[number])
            for place, number in zip(window.places(inside).tolist(), inside)
        }

    def describe(self) -> Json:
        """Return what a manifest keeps: how many, and the digest of numbers and pixels."""
        content = hashlib.sha256()
        for number, digest in self.digests.items():
            content.update(f"{number} {digest}\n".encode())
        return {"count": len(self), "digest": content.hexdigest()}


def read_silhouettes(
    folder: PathLike, source: Source, *, progress: Wrap = iter
) -> GivenSilhouettes:
    """Check a folder of silhouettes of a video.

    Parameters
    ----------
    folder : path-like
        Holds PNG files called like frames of a folder of frames, or whose names end in,
        or hold, the number of a frame; other files are left alone.
    source : Source
        The video.
    progress : callable
        Wraps the sequence of frame numbers.

    Returns
    -------
    GivenSilhouettes

    Raises
    ------
    InputError
        If the folder holds no silhouette, or one that cannot be read, has no
        number, that of another one or of no frame, or another shape than the video; or
        is of a frame behind damage, where numbers are not known.
    """
    files = number_files(Path(folder), source)
    digests = {}
    for number in progress(files):
        mask = read_mask(files[number])
        check_shape(files[number], mask.shape, source)
        content = f"{mask.shape}".encode() + np.packbits(mask).tobytes()
        digests[number] = hashlib.sha256(content).hexdigest()
    return GivenSilhouettes(files, digests, source.height, source.width)


def check_apart(given: GivenSilhouettes | None, root: PathLike) -> None:
    """Raise InputError if silhouettes that a user brings lie where a run would replace them."""
    folders = {file.parent for file in given.files.values()} if given else ()
    for folder in folders:
        if Path(root).resolve() in (folder.resolve(), *folder.resolve().parents):
            raise InputError(
                f"{folder}: these silhouettes lie in the folder of the results, {root}, where they"
                " would be replaced; copy them to another folder, and name that"
            )


def number_files(folder: Path, source: Source) -> dict[int, Path]:
    """Return the PNG files of a folder by the numbers of their frames, in order."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of silhouettes; check --silhouettes")
    pictures = sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() == ".png" and not file.name.startswith(".")
    )
    named = source.frame_names
    if not all(file.stem in named for file in pictures):
        named = {file.stem: known_number(file, source) for file in pictures}
    numbered: dict[int, Path] = {}
    for file in pictures:
        number = named[file.stem]
        if number in numbered:
            raise InputError(
                f"{file}: is of frame {number}, and so is {numbered[number].name}; remove one"
            )
        numbered[number] = file
    if not numbered:
        raise InputError(
            f"{folder}: holds no silhouette; they must be PNG, named by the number of their"
            " frame, such as 000123.png"
        )
    return dict(sorted(numbered.items()))


def known_number(file: Path, source: Source) -> int:
    """Return the number of the frame in the name of a file, if the video has that frame."""
    number = frame_number(file)
    if number >= source.frame_count:
        raise InputError(
            f"{file}: is of frame {number}, but {source.name} has frames 0 to"
            f" {source.frame_count - 1}; number silhouettes from 0, or remove this one"
        )
    if source.broken_at is not None and number >= source.broken_at:
        raise InputError(
            f"{file}: is of frame {number}, but {source.name} is damaged at frame"
            f" {source.broken_at}, behind which numbers are not known; remove this one"
        )
    return number


def frame_number(file: Path) -> int:
    """Return the number of the frame in the name of a file: the last digits there."""
    digits = re.findall(r"[0-9]+", file.stem)
    if not digits:
        raise InputError(
            f"{file}: has no number in its name; name silhouettes by the number of their frame,"
            " such as 000123.png"
        )
    return int(digits[-1])


def check_shape(file: Path, shape: tuple[int, ...], source: Shaped) -> None:
    """Raise InputError unless a picture has the shape of a video.

    Parameters
    ----------
    file : Path
        Of the picture, for the message.
    shape : (int, int)
        Its rows and columns; may differ from the video's by a scale, and by half a pixel.
    source : Shaped
    """
    (rows, cols), height, width = shape, source.height, source.width
    if abs(rows * width - cols * height) > max(height, width):
        raise InputError(
            f"{file}: is {cols}x{rows}, but {source.name} is {width}x{height}; silhouettes must"
            " have the size of the video, or its shape"
        )


def resize_mask(mask: Mask, size: Sequence[int]) -> Mask:
    """Bring a bool mask to (rows, cols): a pixel that is half covered is in the mask."""
    if mask.shape == tuple(size):
        return mask
    smooth = cv2.INTER_AREA if size[0] < mask.shape[0] else cv2.INTER_LINEAR
    return cv2.resize(mask.astype(np.float32), tuple(size)[::-1], interpolation=smooth) >= 0.5


def cells_covered(mask: Mask, framing: Framing) -> Map:
    """Return how much of each cell of the canvas a (height, width) bool mask covers: (h, w)
    float32.
    """
    return cell_shares(canvas_mask(mask, framing).astype(np.uint8), framing.cells)


def canvas_mask(mask: Mask, framing: Framing) -> Mask:
    """Bring a (height, width) bool mask of a source frame to the canvas: (rows, cols) bool."""
    return framing.apply(mask.astype(np.uint8) * 255) >= 128
