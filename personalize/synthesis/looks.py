"""Colours of one picture: skin, cloth, hair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from personalize.synthesis import outfits
from personalize.synthesis.fabrics import (
    Fabric,
    draw_cloth_colour,
    draw_fabric,
    draw_hair_colour,
)
from personalize.synthesis.garments import Garment
from personalize.synthesis.outfits import Outfit, Surface
from personalize.synthesis.skins import Complexion, draw_complexion
from personalize.synthesis.textures import sample_picture
from personalize.types import Floats, Frame


@dataclass(frozen=True, eq=False)
class Look:
    """The colours of the skin, the hair and each piece of an outfit.

    Attributes
    ----------
    complexion : Complexion
    top, bottom : Fabric
    shoes, gloves, hair, hat : (3,) float array
        RGB in [0, 1].
    strands : (4,) float array
        Frequencies and phase of the brightness along the hair.
    dyed : bool
        Whether modelled garments take the colours of the fabrics instead of their own.
    """

    complexion: Complexion
    top: Fabric
    bottom: Fabric
    shoes: Floats
    gloves: Floats
    hair: Floats
    hat: Floats
    strands: Floats
    dyed: bool

    def colour_at(
        self, outfit: Outfit, surface: Surface, uv: Floats, sewn: NDArray[np.uint8]
    ) -> Floats:
        """Return the colours of points.

        Parameters
        ----------
        outfit : Outfit
        surface : Surface
        uv : (N, 2) float array
            Texture coordinates.
        sewn : (N,) uint8 array
            As `Tailored.sewn`.

        Returns
        -------
        (N, 3) float array
            RGB, in [0, 1].
        """
        piece = np.where(sewn == outfits.PAINTED, outfits.cover(outfit, surface), sewn)
        colour = self.complexion.colour_at(uv, surface)
        for name, fabric in ((outfits.TOP, self.top), (outfits.BOTTOM, self.bottom)):
            colour[piece == name] = fabric.colour_at(surface.rest[piece == name])
        for name, plain in (
            (outfits.SHOES, self.shoes),
            (outfits.GLOVES, self.gloves),
            (outfits.HAT, self.hat),
        ):
            colour[piece == name] = plain
        hair = piece == outfits.HAIR
        strands = np.sin(surface.rest[hair] @ self.strands[:3] + self.strands[3])
        colour[hair] = self.hair * (1 + 0.18 * strands[:, None])
        return colour

    def garment_colour_at(self, garment: Garment, surface: Surface, uv: Floats) -> Floats:
        """Return the colours of points on a modelled garment.

        Parameters
        ----------
        garment : Garment
        surface : Surface
            The N points.
        uv : (N, 2) float array
            Their texture coordinates.

        Returns
        -------
        (N, 3) float array
            RGB, in [0, 1].
        """
        if garment.picture is None:
            picture = np.full((len(uv), 3), garment.brightness)
        else:
            picture = sample_picture(garment.picture, uv)[:, :3]
        if garment.kind != "hair" and not self.dyed:
            return picture
        folds = picture.mean(axis=1, keepdims=True) / garment.brightness
        folds = np.clip(folds, 0.25, 1.4 if garment.kind == "hair" else 1.8)
        if garment.kind == "suit":
            colour = np.where(
                surface.height[:, None] > _WAIST,
                self.top.colour_at(surface.rest),
                self.bottom.colour_at(surface.rest),
            )
        else:
            colour = {"hair": self.hair, "shoes": self.shoes, "hat": self.hat}[garment.kind]
        return colour * folds


_WAIST = 0.18  # border of top and bottom of a dyed suit: hips are at 0, the neck begins at 1


def draw_look(random: np.random.Generator, skins: Sequence[Frame]) -> Look:
    """Draw a look; `skins` are pictures from `skins.read_skins`, and may be empty."""
    hair = draw_hair_colour(random)
    return Look(
        complexion=draw_complexion(random, skins, hair),
        top=draw_fabric(random),
        bottom=draw_fabric(random),
        shoes=draw_cloth_colour(random),
        gloves=draw_cloth_colour(random),
        hair=hair,
        hat=draw_cloth_colour(random),
        strands=np.append(random.normal(0, (350, 60, 350)), random.uniform(0, 6.3)),
        dyed=random.random() < 0.85,
    )
