"""How training images are varied; every number with its source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AugmentSettings:
    """How training images are varied (Charles et al., BMVC 2017, section 4.1; `training.compose`)."""

    rotation: float = 80.0
    """Greatest rotation, degrees either way."""
    shift: float = 200 / 512
    """Greatest shift either way, in parts of the image's side (paper: 200 of 512 pixels)."""
    scale: tuple[float, float] = (0.8, 1.2)
    """Range of the scale, on top of bringing the picture to the image's size."""
    occluder: float = 0.0
    """Probability of an object before the person (not in the paper)."""
    clutter: float = 0.0
    """Probability of a thing behind or beside a person who is cut out (not in the paper)."""
    shadow: float = 0.0
    """Probability of the person's shadow on what is behind (not in the paper)."""
    dye: float = 0.0
    """Probability that a garment gets another colour, or a pattern (not in the paper)."""
    blend_in: float = 0.0
    """Probability that a person is lit like what is behind (not in the paper)."""
    photometric: float = 0.0
    """Strength of changes of light, colour, sharpness and noise, 0 to 1 (not in the paper)."""


GROUP_WEIGHTS = {
    "ccp": 1.0,
    "ccp_known": 0.6,
    "ccp_regions": 0.3,
    "asl": 0.5,
    "gesture_body": 0.45,
    "gesture_hand": 0.4,
    "hagrid": 0.35,
    "fall_rooms": 0.3,
    "congress": 0.2,
    "london": 0.1,
    "slovo": 0.1,
    "sports2d": 0.1,
}
"""How often each group of real pictures is drawn, beside each other: by people rather than by
pictures, for some groups show few people many times (docs/TRAINING.md, "Real people"). Of
`--photographs`, "ccp_known" are those whose parts were labelled, too, and "ccp_regions" the
others, which teach half as much (a guess); both weigh as far as they are a part of the photographs."""
OTHER_WEIGHT = 0.5
"""Of a group that has no name here."""


@dataclass(frozen=True)
class RealSettings:
    """How real people with parts are shown (docs/TRAINING.md, "Real people")."""

    head: float = 42 / 304
    """Side of a head in parts of the image's side: as a run shows it."""
    larger: float = 0.12
    """Mean of the logarithm of what a head is larger."""
    spread: float = 0.38
    """Deviation of this logarithm."""
    rotation: float = 20.0
    """Greatest rotation, degrees either way."""
    shift: float = 0.2
    """Greatest shift, either way, of a place of the person from the image's middle, in parts of its side."""
    occluder: float = 0.15
    """Probability of an object before the person."""
    alone: float = 0.4
    """Probability that the person is cut out."""
    portraits: tuple[str, ...] = ("congress", "london")
    """Groups before plain walls."""
    portraits_alone: float = 0.85
    """Probability that a person of these is cut out."""
