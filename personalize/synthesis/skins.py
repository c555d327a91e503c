"""Colours of the bare body: skin, from pictures where there are any, eyes, brows, lips."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from personalize.errors import DatasetError
from personalize.synthesis.outfits import Surface
from personalize.synthesis.textures import sample_picture
from personalize.types import Floats, Frame

TONES = np.array(
    [
        (0.96, 0.80, 0.70),
        (0.89, 0.69, 0.56),
        (0.78, 0.57, 0.43),
        (0.60, 0.41, 0.29),
        (0.42, 0.27, 0.19),
        (0.27, 0.17, 0.12),
    ]
)


@dataclass(frozen=True, eq=False)
class Complexion:
    """Colours of one person's skin.

    Attributes
    ----------
    picture : (h, w, 3) uint8 array or None
        Skin by texture coordinates.
    tone : (3,) float array
        RGB in [0, 1] of skin without a picture; with one, the gains of its colours.
    lips, brows, iris : (3,) float array
        RGB in [0, 1].
    glasses : (3,) float array or None
        RGB of their rims.
    """

    picture: Frame | None
    tone: Floats
    lips: Floats
    brows: Floats
    iris: Floats
    glasses: Floats | None

    def colour_at(self, uv: Floats, surface: Surface) -> Floats:
        """Return RGB (N, 3) of points with texture coordinates (N, 2) and a `Surface`."""
        colour = np.tile(self.tone, (len(uv), 1))
        face = surface.face > 0.5
        aside = np.abs(surface.rest[:, 0])
        if self.picture is not None:
            colour = colour * sample_picture(self.picture, uv)
        else:
            mouth = (aside / 0.026) ** 2 + ((surface.eye_level + 0.068) / 0.010) ** 2 < 1
            colour[face & mouth & (surface.front > 0.09)] = self.lips
        arch = surface.eye_level - 0.020 - 0.1 * (0.02 - np.abs(aside - 0.03))
        brow = (np.abs(arch) < 0.004) & (np.abs(aside - 0.032) < 0.021)
        colour[face & brow & (surface.front > 0.07)] = self.brows
        if self.glasses is not None:
            colour[face & _on_rims(surface, aside)] = self.glasses
        return colour

    def eye_colour_at(self, rest: Floats, centres: Floats) -> Floats:
        """Return RGB (N, 3) of points on eyeballs with centres (2, 3); all in the rest pose."""
        nearest = np.where(rest[:, :1] > 0, centres[1], centres[0])
        offset = rest - nearest
        angle = np.hypot(offset[:, 0], offset[:, 1]) / np.linalg.norm(offset, axis=1)
        colour = np.where((angle < 0.48)[:, None], self.iris, (0.85, 0.83, 0.8))
        return np.where((angle < 0.2)[:, None], 0.02, colour)


def draw_complexion(
    random: np.random.Generator, pictures: Sequence[Frame], hair: Floats
) -> Complexion:
    """Draw a complexion.

    Parameters
    ----------
    random : numpy.random.Generator
    pictures : sequence of (h, w, 3) uint8 array
        RGB, from `read_skins`; may be empty.
    hair : (3,) float array
        RGB in [0, 1]; brows are slightly darker.

    Returns
    -------
    Complexion
    """
    iris = np.array([(0.25, 0.14, 0.07), (0.3, 0.35, 0.2), (0.3, 0.42, 0.55)])[random.integers(3)]
    tone = TONES[random.integers(len(TONES))] * random.uniform(0.85, 1.1)
    lips = np.clip(tone * (0.95, 0.62, 0.62), 0, 1)
    picture = None
    if len(pictures) and random.random() < 0.85:
        picture = pictures[int(random.integers(len(pictures)))]
        tone = random.uniform(0.65, 1.1) + random.normal(0, 0.03, 3)
    glasses = random.uniform(0.02, 0.5, 3) * (1, 0.8, 0.7) if random.random() < 0.2 else None
    return Complexion(picture, tone, lips, 0.8 * hair, iris, glasses)


def _on_rims(surface, aside):
    """The rims of glasses: around the eyes, over the nose and along the temples."""
    out = np.hypot((aside - 0.033) / 1.2, surface.eye_level + 0.004)
    rims = (np.abs(out - 0.022) < 0.0025) & (surface.front > 0.06)
    temples = (np.abs(surface.eye_level - 0.004) < 0.003) & (aside > 0.055) & (surface.front > 0)
    return rims | temples


def read_skins(folder: Path) -> list[Frame]:
    """Read the skin pictures of a folder, in the order of their names: (h, w, 3) uint8 RGB each.

    Raises
    ------
    DatasetError
        If a picture cannot be read.
    """
    pictures = []
    for path in sorted(folder.glob("*diffuse*.png")):
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            raise DatasetError(f"{path}: not a picture that can be read; remove or replace it")
        pictures.append(np.array(picture[..., ::-1], np.uint8, order="C"))
    return pictures
