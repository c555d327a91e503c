"""Images of a data set as a worse camera would take them: a new domain.

Experiments of transfer need images unlike those of the training. Where there is no
second set with part labels, each image of a set is changed, in a way that depends on its name
alone, so that it is always the same; labels stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np

from personalize.datasets.items import Item
from personalize.types import Array, Frame, Labels


@dataclass(frozen=True)
class Domain:
    """How a camera is worse.

    Attributes
    ----------
    exposure : (float, float)
        Range of the share of the light that is left.
    blur : float
        Standard deviation in thousandths of the longer side.
    noise : float
        Standard deviation in grey levels, on cells of three thousandths of the longer side.
    quality : int or None
        Of JPEG, 1 to 95; None to leave it out.
    """

    exposure: tuple[float, float] = (1.0, 1.0)
    blur: float = 0.0
    noise: float = 0.0
    quality: int | None = None


DOMAINS = {
    "as-is": Domain(),
    "dark": Domain(exposure=(0.12, 0.35)),
    "noisy": Domain(noise=40.0),
    "blurred": Domain(blur=12.0),
    "recompressed": Domain(quality=6),
    "poor": Domain(exposure=(0.25, 0.6), blur=5.0, noise=15.0, quality=15),
}
"""Name -> what an option of that name does; "poor" is a bit of all."""


@dataclass(frozen=True, eq=False)
class ChangedImage:
    """An item of `labelled_people` as another camera would take it.

    Attributes
    ----------
    item
    domain : Domain
    """

    item: Item
    domain: Domain

    @property
    def name(self) -> str:
        """Name of the item."""
        return self.item.name

    @property
    def files(self) -> Sequence[Path]:
        """Those of the item."""
        return self.item.files

    def read_image(self) -> Frame:
        """Read the (H, W, 3) uint8 image, and change it."""
        generator = np.random.default_rng(crc32(self.name.encode()))
        return worsen(self.item.read_image(), self.domain, generator)

    def read_parts(self) -> Labels:
        """Read the labels, which stay."""
        return self.item.read_parts()


def in_domain(items: Sequence[Item], name: str) -> Sequence[Item]:
    """Show items in the domain of a name; the items themselves where nothing changes."""
    domain = DOMAINS[name]
    return items if domain == Domain() else [ChangedImage(item, domain) for item in items]


def worsen(image: Frame, domain: Domain, generator: np.random.Generator) -> Frame:
    """Change an image as the camera of a domain would: light, lens, sensor, file.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        RGB.
    domain : Domain
    generator : numpy.random.Generator
        Draws the exposure and the noise.

    Returns
    -------
    (H, W, 3) uint8 array
    """
    longer = max(image.shape[:2])
    values: Array = image * np.float32(generator.uniform(*domain.exposure))
    if domain.blur:
        values = cv2.GaussianBlur(values, (0, 0), domain.blur * longer / 1000)
    if domain.noise:
        grain = max(
            round(longer * 3 / 1000), 1
        )  # noise of single pixels would average out when the image shrinks
        rows, cols = (-(-length // grain) for length in image.shape[:2])
        noise = generator.standard_normal((rows, cols, 3), np.float32) * domain.noise
        values = values + noise.repeat(grain, 0).repeat(grain, 1)[: len(image), : image.shape[1]]
    changed = np.clip(values + 0.5, 0, 255).astype(np.uint8)
    if domain.quality:
        coded = cv2.imencode(".jpg", changed, (cv2.IMWRITE_JPEG_QUALITY, domain.quality))[1]
        changed = _decoded(coded)
    return changed


def _decoded(coded: Array) -> Frame:
    """The picture in the bytes of a file: three channels in, the same three out."""
    picture = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert picture is not None  # it was encoded here
    return picture.astype(np.uint8, copy=False)
