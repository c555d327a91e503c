"""How training images are varied; every number with its source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AugmentSettings:
    """How training images are varied (Charles et al., BMVC 2017, section 4.1; `datasets.augment`)."""

    rotation: float = 80.0
    """Greatest rotation, degrees either way."""
    shift: float = 200 / 512
    """Greatest shift either way, in parts of the image's side (paper: 200 of 512 pixels)."""
    scale: tuple[float, float] = (0.8, 1.2)
    """Range of the scale, on top of bringing the picture to the image's size."""
    occluder: float = 0.0
    """Probability of an object before the person (not in the paper)."""
    shadow: float = 0.0
    """Probability of the person's shadow on what is behind (not in the paper)."""
    dye: float = 0.0
    """Probability that a garment gets another colour, or a pattern (not in the paper)."""
    blend_in: float = 0.0
    """Probability that a person is lit like what is behind (not in the paper)."""
    photometric: float = 0.0
    """Strength of changes of light, colour, sharpness and noise, 0 to 1 (not in the paper)."""
