"""Settings of the evidence for the person in a video; every number with its source."""

from dataclasses import dataclass

from personalize.imaging.settings import CutSettings
from personalize.ranges import require


@dataclass(frozen=True)
class WindowColourSettings:
    """Colours of a whole window (Charles et al., BMVC 2017, section 4.4; `window_colours`)."""

    cut: CutSettings = CutSettings(components=8)
    """The cut of every frame, and its mixtures; a window shows more colours than an image."""
    samples: int = 20000
    """Pixels of the window from which the colours of each side are learned."""
    sure: float = 0.7
    """Belief from which a pixel is sure: colours are learned from it, and where the cut contradicts
    it, it is left unlabelled."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "samples")
        require(self, "from 0 to 1", "sure")


@dataclass(frozen=True)
class LocalColourSettings:
    """Local colours (not in the paper; `local_colours`)."""

    weight: float = 0.5
    """Their share in the evidence of colours; 0 leaves them out."""
    words: int = 64
    """Greatest number of codewords."""
    samples: int = 5000
    """Pixels from which the codebook is made."""
    size: int = 160
    """Size at which colours are counted: side of the square with the area of the person's
    surroundings."""
    reach: float = 0.12
    """Half the side of the square around a pixel in which colours are near, as a share of `size`.
    """
    cell: int = 3
    """Side of the squares in which colours are counted together, in pixels at that size."""
    prior: float = 0.05
    """Share of the near pixels that is assumed for either side before any is counted."""

    def __post_init__(self) -> None:
        require(self, "from 0 to 1", "weight", "reach")
        require(self, "1 or more", "words", "samples", "size", "cell")
        require(self, "above 0", "prior")


@dataclass(frozen=True)
class PartColourSettings:
    """Colours of the parts of one person (not in the paper; `part_colours`)."""

    weight: float = 0.5
    """Weight of the log-odds of the parts by the colours of a cell; 0 leaves them out."""
    words: int = 200
    """Greatest number of codewords."""
    side: int = 2
    """Pixels per side of a cell whose colours are counted: the mean of a cell would hide edges."""
    lightness: float = 0.4
    """Weight of lightness relative to hue: folds and shadows change the lightness."""
    samples: int = 20000
    """Pixels from which the codebook is made."""
    prior: float = 20.0
    """Pixels of a part with the colours of everything that are assumed before any is counted."""
    limit: float = 3.0
    """Limit of the evidence of one pixel for a part, in nats, before the weight."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "weight", "lightness", "limit")
        require(self, "1 or more", "words", "side", "samples")
        require(self, "above 0", "prior")


@dataclass(frozen=True)
class StillSceneSettings:
    """What was there all the time (not in the paper; `still_scene`)."""

    weight: float = 1.0
    """Weight of the log-odds of a pixel by its likeness to the scene; 0 leaves them out."""
    limit: float = 3.0
    """Limit of this evidence, in nats, before the weight."""
    belief_limit: float = 4.6
    """Limit of the belief in the person that it is weighed against, in nats: none is beyond doubt.
    """
    frames: int = 100
    """Frames of the window whose median is the picture of the scene."""
    soft: float = 1.0
    """Standard deviation, in pixels, of the blur that takes the noise away."""
    place: float = 0.7
    """Correlation of the edges behind the person with those of the picture, below which a frame
    shows another place. Of 20 videos of YouTube Pose it is 0.73 to 0.97 in ten, and at most 0.68 in
    the others."""
    edge: float = 20.0
    """Strength at which edges are capped, in grey levels of a Sobel filter; else the border of a
    picture within the picture would count more than all that is in it."""
    lightness: float = 0.6
    """Weight of lightness relative to hue: shadows change the lightness."""
    most: float = 60.0
    """Difference from the scene at which it is capped, in units of L*a*b*."""
    bins: int = 32
    """Steps of the difference, equal on a logarithmic scale."""
    smooth: float = 1.5
    """Steps over which the counts are smoothed."""
    prior: float = 50.0
    """Pixels of either side that are assumed, over all steps, before any is counted."""
    blur: int = 5
    """Side of the square of pixels over which evidence is averaged."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "weight", "limit", "belief_limit", "soft", "lightness", "smooth")
        require(self, "1 or more", "frames", "bins")
        require(self, "odd", "blur")
        require(self, "above 0", "edge", "most", "prior")


@dataclass(frozen=True)
class ResidualMotionSettings:
    """What moves differently from the scene (not in the paper; `residual_motion`)."""

    weight: float = 0.2
    """Weight of the log-odds of a pixel by its movement, beside those of the seeds; 0 leaves them
    out. From 0.1 to 0.4 it matters little; at 1 whatever keeps still is taken for the scene."""
    reaches: tuple[int, ...] = (1, 2)
    """How many frames before and after a frame is compared with."""
    points: int = 20
    """Points per side of the grid that shows how the scene moves."""
    near: float = 1.0
    """Pixels within which a point moves with the scene."""
    cut: float = 0.5
    """Share of a frame's variance that the flow to another frame may leave unexplained; above it,
    the other frame shows another scene."""
    most: float = 30.0
    """Movement at which it is capped, in pixels."""
    bins: int = 32
    """Steps of the movement, equal on a logarithmic scale."""
    smooth: float = 1.5
    """Steps over which the learned log-odds are smoothed."""
    doubt: float = 1e-3
    """Share of the pixels of each side that may move in any way."""
    limit: float = 3.0
    """Limit of the evidence of movement for a pixel, in nats, before the weight."""
    blur: int = 5
    """Side of the square of pixels over which evidence is averaged."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "weight", "near", "smooth", "limit")
        require(self, "1 or more", "points", "bins")
        require(self, "odd", "blur")
        require(self, "above 0", "most", "doubt")
