"""The numbers of what a video tells of its person; every number with its source."""

from dataclasses import dataclass

from personalize.imaging.settings import CutSettings
from personalize.ranges import require


@dataclass(frozen=True)
class WindowColourSettings:
    """Colours of a whole window (Charles et al., BMVC 2017, section 4.4; `window_colours`)."""

    cut: CutSettings = CutSettings(components=8)
    """The cut of every frame, and its mixtures; a window shows more colours than an image."""
    samples: int = 20000
    """Pixels of the window that the colours of each side are learned from."""
    sure: float = 0.7
    """Belief from which a pixel is sure: it teaches colours, and is left unlabelled
    rather than overruled by the cut."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "samples")
        require(self, "from 0 to 1", "sure")


@dataclass(frozen=True)
class LocalColourSettings:
    """Colours near a place (not in the paper; `local_colours`)."""

    weight: float = 0.5
    """Share of their evidence in that of all colours; at 0 they are left out."""
    words: int = 64
    """Colours that are told apart."""
    samples: int = 5000
    """Pixels that these are chosen from."""
    size: int = 160
    """Side of the square that has the area of the person's surroundings where colours are counted.
    """
    reach: float = 0.12
    """Half the side of the square of pixels that are near, as a share of the side above."""
    prior: float = 0.05
    """Share of the pixels near that either side is taken to have a part in, before any is seen."""

    def __post_init__(self) -> None:
        require(self, "from 0 to 1", "weight", "reach")
        require(self, "1 or more", "words", "samples", "size")
        require(self, "above 0", "prior")


@dataclass(frozen=True)
class PartColourSettings:
    """Colours of the parts of one person (not in the paper; `part_colours`)."""

    weight: float = 0.5
    """Times the log-odds that the colours of a cell tell of a part; 0 leaves them out."""
    words: int = 200
    """Colours that are told apart."""
    side: int = 2
    """Pixels of each side of a cell, whose colours count alone: the mean of a cell hides an edge.
    """
    lightness: float = 0.4
    """Weight of the lightness beside that of the hue: folds and shadows change it."""
    samples: int = 20000
    """Pixels that the colours are chosen from."""
    prior: float = 20.0
    """Pixels of a part that are taken to look like everything, before any is seen."""
    limit: float = 3.0
    """Most nats that one pixel says of a part, before the weight."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "weight", "lightness", "limit")
        require(self, "1 or more", "words", "side", "samples")
        require(self, "above 0", "prior")


@dataclass(frozen=True)
class StillSceneSettings:
    """What was there all the time (not in the paper; `scene`)."""

    weight: float = 1.0
    """Times the log-odds that likeness to the scene says of a pixel; 0 leaves it out."""
    limit: float = 3.0
    """Most nats that it says, before the weight."""
    belief_limit: float = 4.6
    """Most nats of a belief in the person that it is weighed with: none is beyond doubt."""
    frames: int = 100
    """Of the window, of which the picture of the scene is the median."""
    soft: float = 1.0
    """Standard deviation, in pixels, of the blur that takes the noise away."""
    place: float = 0.7
    """Correlation of the edges behind the person with those of the picture, below which a frame is
    of another place. Of 20 videos of YouTube Pose it is 0.73 to 0.97 in ten, and 0.68 at most in
    the others."""
    edge: float = 20.0
    """Strength from which edges are all alike, in grey levels of a Sobel filter: the border of a
    picture within the picture would count more than all that is in it."""
    lightness: float = 0.6
    """Weight of the lightness beside that of the hue: shadows change it."""
    most: float = 60.0
    """Units of L*a*b* above which what is unlike is not told apart."""
    bins: int = 32
    """Steps in which unlikeness is told apart, equal on a logarithmic scale."""
    smooth: float = 1.5
    """Steps over which what is counted of them is smoothed."""
    prior: float = 50.0
    """Pixels of either side that are taken to be unlike the scene in any way, before any is seen.
    """
    blur: int = 5
    """Side of the square of pixels over which evidence is averaged."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "weight", "limit", "belief_limit", "soft", "lightness", "smooth")
        require(self, "1 or more", "frames", "bins")
        require(self, "odd", "blur")
        require(self, "above 0", "edge", "most", "prior")


@dataclass(frozen=True)
class ResidualMotionSettings:
    """What moves beside the scene (not in the paper; `residual_motion`)."""

    weight: float = 0.2
    """Times the log-odds that movement says of a pixel, beside those of seeds; 0 leaves it out.
    From 0.1 to 0.4 it matters little; at 1 what is still is taken for the scene."""
    reaches: tuple[int, ...] = (1, 2)
    """Frames either way that a frame is compared with."""
    points: int = 20
    """On each side of the grid of points that show how the scene moves."""
    near: float = 1.0
    """Pixels within which a point moves with the scene."""
    cut: float = 0.5
    """Share of a frame's variance that the flow to another may leave unexplained; above, that one
    is of another scene."""
    most: float = 30.0
    """Pixels of movement above which more says no more."""
    bins: int = 32
    """Steps in which movement is told apart, equal on a logarithmic scale."""
    smooth: float = 1.5
    """Steps over which what is learned of them is smoothed."""
    doubt: float = 1e-3
    """Share of the pixels of each side that may move in any way."""
    limit: float = 3.0
    """Most nats that movement says of a pixel, before the weight."""
    blur: int = 5
    """Side of the square of pixels over which evidence is averaged."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "weight", "near", "smooth", "limit")
        require(self, "1 or more", "points", "bins")
        require(self, "odd", "blur")
        require(self, "above 0", "most", "doubt")
