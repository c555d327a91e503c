"""Pictures without people, used as backgrounds of the rendered ones.

Photographs are cropped, and panoramas are viewed in several directions. Where there are
neither, rooms are invented.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from personalize.errors import DatasetError, PersonalizeError
from personalize.synthesis.rooms import draw_room, look_at_room
from personalize.synthesis.settings import AssetFolders
from personalize.types import Array, Floats, Frame, Map

WIDTH, HEIGHT = 512, 384
_DIRECTIONS = 6  # views of each panorama
_INVENTED = 64
_PHOTOGRAPHS = (".jpg", ".jpeg", ".png")


def list_backgrounds(assets: AssetFolders) -> list[Callable[[], Frame]]:
    """List the backgrounds that can be made.

    Parameters
    ----------
    assets : AssetFolders

    Returns
    -------
    list of callables without arguments
        Each returns a (384, 512, 3) uint8 RGB array. Their order depends on file names only.
    """
    makers: list[Callable[[], Frame]] = []
    if assets.backgrounds:
        for path in sorted(assets.backgrounds.iterdir()):
            if path.suffix.lower() in _PHOTOGRAPHS:
                makers.append(partial(_photograph, path))
    if assets.panoramas:
        for path in sorted(assets.panoramas.glob("*.exr")):
            for look in range(_DIRECTIONS):
                makers.append(partial(_panorama, path, look))
    if not makers:
        makers = [partial(_invented, seed) for seed in range(_INVENTED)]
    return makers


def read_panorama(path: Path) -> Map:
    """Read an equirectangular OpenEXR picture as linear RGB, (h, w, 3) float32.

    Raises
    ------
    PersonalizeError
        If OpenEXR is not installed.
    DatasetError
        If the file cannot be read.
    """
    try:
        import OpenEXR
    except ImportError as error:
        raise PersonalizeError(
            f"reading {path} needs the package OpenEXR, which is not installed; "
            "run pip install 'personalize[synthetic]'"
        ) from error
    try:
        with OpenEXR.File(str(path)) as file:
            channels = file.channels()
            picture = next(channels[name].pixels for name in ("RGB", "RGBA") if name in channels)
    except Exception as error:  # the package raises plain exceptions of many kinds
        raise DatasetError(f"{path}: not a panorama that can be read ({error})") from error
    # lamps overflow the half floats of the files, and resampling left negative rings around them
    picture = np.nan_to_num(picture[..., :3].astype(np.float32), nan=1e4, posinf=1e4)
    ring = (picture < 0).any(axis=2, keepdims=True)
    return np.where(ring, cv2.dilate(picture, np.ones((3, 3), np.uint8)), picture)


def look_into(panorama: Map, look: int, *, view: float = 80.0) -> Frame:
    """Take a perspective view of a panorama, tone-mapped.

    Parameters
    ----------
    panorama : (h, w, 3) float32 array
        Linear RGB, equirectangular.
    look : int
        Number of the direction; successive numbers turn around the vertical.
    view : float
        Horizontal angle, degrees.

    Returns
    -------
    (384, 512, 3) uint8 array
    """
    focal = 0.5 * WIDTH / np.tan(np.radians(view / 2))
    x, y = np.meshgrid(np.arange(WIDTH) - WIDTH / 2, np.arange(HEIGHT) - HEIGHT / 2)
    longitude = np.arctan2(x, focal) + 2 * np.pi * look / _DIRECTIONS
    latitude = np.arctan2(-y, np.hypot(x, focal))
    height, width = panorama.shape[:2]
    across = ((longitude / (2 * np.pi) + 0.5) % 1.0) * width - 0.5
    down = (0.5 - latitude / np.pi) * height - 0.5
    crop: Array = cv2.remap(
        panorama,
        across.astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    return tone_map(crop)


def tone_map(linear: Floats) -> Frame:
    """Convert linear RGB to uint8: the log mean becomes middle grey, highlights are rolled off."""
    brightness = np.maximum(linear.mean(axis=2), 1e-5)
    scaled = np.maximum(linear, 0) * (0.25 / np.exp(np.log(brightness).mean()))
    return np.rint(255 * (scaled / (1 + scaled)) ** (1 / 2.2)).astype(np.uint8)


def invent_background(random: np.random.Generator) -> Frame:
    """Render a random room, sometimes out of focus: (384, 512, 3) uint8 array."""
    picture = look_at_room(draw_room(random), random, WIDTH, HEIGHT, view=random.uniform(40, 80))
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), random.choice([0.4, 1.0, 2.5])), np.uint8)


def _photograph(path: Path) -> Frame:
    return _crop(_read_photograph(path))


def _panorama(path: Path, look: int) -> Frame:
    return look_into(read_panorama(path), look)


def _invented(seed: int) -> Frame:
    return invent_background(np.random.default_rng(seed))


def _read_photograph(path):
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise DatasetError(f"{path}: not a picture that can be read; remove or replace it")
    return picture[..., ::-1]


def _crop(picture):
    """The middle of a picture at the common size."""
    height, width = picture.shape[:2]
    scale = max(WIDTH / width, HEIGHT / height)
    cut_width, cut_height = min(width, round(WIDTH / scale)), min(height, round(HEIGHT / scale))
    left, top = (width - cut_width) // 2, (height - cut_height) // 2
    cut = np.ascontiguousarray(picture[top : top + cut_height, left : left + cut_width])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(cut, (WIDTH, HEIGHT), interpolation=way)
