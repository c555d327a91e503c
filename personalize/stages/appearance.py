"""What a person looks like: the colours of a window, which the network does not learn.

They help to parse a frame. The probability of the person is lowered where the still scene shows;
the person is cut out along the colours of person and background; and parts are distinguished by
the colours of their clothes.
"""

from dataclasses import dataclass, replace

from personalize.evidence.part_colours import PartColours
from personalize.evidence.settings import PartColourSettings
from personalize.evidence.still_scene import Scene
from personalize.evidence.window_colours import Colours
from personalize.stages.refine import sharpen_silhouette
from personalize.stages.settings import RefineSettings
from personalize.types import Array, Frame, Mask


@dataclass(frozen=True, eq=False)
class Appearance:
    """Colours of one person before one scene.

    Attributes
    ----------
    colours : Colours or None
        Of the person and of what is behind.
    worn : PartColours or None
        Of the parts.
    scene : Scene or None
        What is behind, if the camera keeps still.
    refine : RefineSettings
    part_colours : PartColourSettings
    """

    colours: Colours | None
    worn: PartColours | None
    scene: Scene | None = None
    refine: RefineSettings = RefineSettings()
    part_colours: PartColourSettings = PartColourSettings()

    def of(self, *, silhouettes: bool, parts: bool) -> "Appearance":
        """Return what helps to find silhouettes, or parts, or both, alone."""
        return replace(
            self,
            colours=self.colours if silhouettes else None,
            scene=self.scene if silhouettes else None,
            worn=self.worn if parts else None,
        )

    def doubt(self, canvas: Frame, person: Array) -> Array:
        """Weigh the person map (h, w) of a canvas, as `Scene.weigh` does."""
        return self.scene.weigh(canvas, person) if self.scene else person

    def cut_out(self, canvas: Frame, person: Array, scale: float = 1.0) -> Mask | None:
        """Cut the person out of a canvas, as `refine.sharpen_silhouette`; None without colours.

        Parameters
        ----------
        canvas : (rows, cols, 3) uint8 array
            RGB.
        person : (h, w) float array
            Probability of the person, in cells.
        scale : float
            Pixels of the canvas for one of the source.
        """
        if self.colours is None:
            return None
        return sharpen_silhouette(canvas, person, self.colours, scale=scale, settings=self.refine)

    def weigh(self, canvas: Frame, parts: Array) -> Array:
        """Weigh the parts (32, h, w) of a canvas, as `PartColours.weigh`."""
        return self.worn.weigh(canvas, parts, settings=self.part_colours) if self.worn else parts
