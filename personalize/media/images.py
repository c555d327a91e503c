"""Single images on disk: RGB, masks and part maps, whole or not at all.

They are read and written with Pillow, which keeps the order RGB and raises an error on damage,
where other readers print a warning and fill the rest with grey.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from personalize.errors import InputError
from personalize.media.limits import PIXELS
from personalize.storage.atomic import atomic_write
from personalize.types import Array, Frame, Mask, PathLike

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")
"""Images that may be frames of a video."""

_ENCODERS: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG", "compress_level": 3},
    ".jpg": {"format": "JPEG", "quality": 92},
    ".jpeg": {"format": "JPEG", "quality": 92},
    ".webp": {"format": "WEBP", "quality": 92},
}


def read_image(path: PathLike, *, colour: bool = True) -> Frame:
    """Read one image.

    Parameters
    ----------
    path : path-like
    colour : bool
        True for RGB; False for one channel with the stored values (masks,
        part maps, also of palette images).

    Returns
    -------
    (H, W, 3) or (H, W) uint8 array

    Raises
    ------
    InputError
        If the file is missing, damaged or no image.
    """
    with _opened(path) as image:
        if colour:
            return np.array(_rgb(ImageOps.exif_transpose(image)))
        return np.array(image if image.mode in "LP" else image.convert("L"))


def read_cutout(path: PathLike) -> Frame:
    """Read an image with its transparency, an (H, W, 4) uint8 array (RGBA).

    Raises
    ------
    InputError
        As `read_image`.
    """
    with _opened(path) as image:
        return np.array(image.convert("RGBA"))


def read_mask(path: PathLike) -> Mask:
    """Read the (H, W) bool mask that an image holds.

    If any pixel is transparent, the mask holds those that are not; else it holds the pixels that
    are not 0 in some channel.

    Raises
    ------
    InputError
        As `read_image`.
    """
    with _opened(path) as image:
        if image.has_transparency_data:
            cutout = image.convert("RGBA")
            opaque: Mask = np.array(cutout.getchannel("A")) > 0
            if not opaque.all():
                return opaque
            values = np.array(cutout.convert("RGB"))
        else:
            values = np.array(image)
        return np.asarray(values.any(axis=2) if values.ndim == 3 else values > 0)


def image_size(path: PathLike) -> tuple[int, int]:
    """(height, width) of an image as it will be read, from its header alone.

    Raises
    ------
    InputError
        As `read_image`.
    """
    turned = (5, 6, 7, 8)  # Exif orientations that swap the sides
    with _opened(path) as image:
        width, height = image.size
        swapped = (
            image.getexif().get(0x0112) in turned and image.format != "TIFF"
        )  # Pillow swaps those
        return (width, height) if swapped else (height, width)


def write_image(path: PathLike, array: Array) -> None:
    """Write one image in the format of the suffix, .png or .jpg.

    Parameters
    ----------
    path : path-like
    array : (H, W, 3) or (H, W) uint8 array, or (H, W) bool array
        RGB, stored values, or a mask (stored as 0 and 255).

    Raises
    ------
    WorkspaceError
        If the disk refuses.
    """
    if array.dtype == bool:
        array = array.astype(np.uint8) * 255
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)):
        raise ValueError(f"cannot write {array.dtype} {array.shape} as an image")
    encoded = io.BytesIO()
    encoder = _ENCODERS[Path(path).suffix.lower()]
    Image.fromarray(np.ascontiguousarray(array)).save(encoded, **encoder)
    with atomic_write(path) as unfinished:
        unfinished.write_bytes(encoded.getbuffer())


@contextmanager
def _opened(path: PathLike) -> Iterator[Image.Image]:
    """Open an image whose header promises no more pixels than are read; nothing is decoded yet."""
    with _damage_named(path), Image.open(path) as image:
        width, height = image.size
        PIXELS.check(width * height, f"{path}: is {width}x{height}", remedy="make it smaller")
        yield image


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits; Pillow would clip them instead of scaling
        grey = (np.array(image) >> 8).clip(0, 255).astype(np.uint8)
        image = Image.fromarray(grey)
    return image.convert("RGB")


class _damage_named:
    """Context that turns Pillow's many exceptions for damaged files into one sentence."""

    def __init__(self, path: PathLike) -> None:
        self.path = path

    def __enter__(self) -> None:
        self.caught = warnings.catch_warnings()
        self.caught.__enter__()
        warnings.simplefilter("ignore")  # of odd metadata; the pixels are what counts

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.caught.__exit__(kind, error, trace)
        if isinstance(error, FileNotFoundError):
            raise InputError(f"{self.path}: no such image; check the path") from error
        if isinstance(error, UnidentifiedImageError):
            raise InputError(
                f"{self.path}: not an image, or too damaged to be read; remove or replace it"
            ) from error
        if isinstance(error, Image.DecompressionBombError):  # before `PIXELS` can be asked
            raise InputError(
                f"{self.path}: has more pixels than any picture that is read; make it smaller"
            ) from error
        broken = (OSError, ValueError, SyntaxError, EOFError)
        if isinstance(error, broken):
            raise InputError(
                f"{self.path}: the image is damaged ({error}); remove or replace it"
            ) from error
