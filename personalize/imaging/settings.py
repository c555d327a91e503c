"""The numbers of cuts and filters; every number with its source."""

from dataclasses import dataclass

from personalize.ranges import require


@dataclass(frozen=True)
class GuideSettings:
    """Maps that are enlarged along edges (He, Sun and Tang, ECCV 2010; `guided`)."""

    radius: int = 8
    """Pixels around each pixel in which the map is fitted: about a cell."""
    smoothness: float = 1e-4
    """Added to the variance of colours in [0, 1]: edges whose contrast is below a hundredth are
    ignored."""
    coarse: int = 2
    """Pixels of a side that are taken together for the fit."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "radius", "coarse")
        require(self, "above 0", "smoothness")


@dataclass(frozen=True)
class SoftEdgeSettings:
    """Coverage at the edge of a silhouette (not in the paper; `soft_edges`)."""

    smoothness: float = 1e-4
    """Added to the variance of colours in [0, 1], as in `GuideSettings`."""
    haze: float = 0.15
    """Coverage up to which a pixel shows nothing of the person, and, as much below 1, from which it
    shows nothing else: a fit by colours never quite reaches either end. From 0.1 to 0.2 it is
    nearest to the truth of drawn shapes with hard and soft edges, in colours near the background's
    and far from it."""

    def __post_init__(self) -> None:
        require(self, "above 0", "smoothness")
        require(self, "from 0 to 1", "haze")

    def guide(self, radius: int) -> GuideSettings:
        """Return the settings of a filter of so many pixels around a pixel, at full size."""
        return GuideSettings(radius=radius, smoothness=self.smoothness, coarse=1)


@dataclass(frozen=True)
class DetailSettings:
    """Outlines in more pixels than the network sees (not in the paper; `detail`)."""

    side: int = 1024
    """Side of the square that has the area of the image that a person gets of their own, at most;
    0 leaves outlines as the canvas has them."""
    least: float = 1.5
    """Pixels of the frame for one of the canvas, from which outlines are drawn again."""
    reach: float = 2.0
    """Pixels of the canvas to either side of an outline within which it is looked for."""
    smoothness: float = 1e-4
    """Added to the variance of colours in [0, 1], as in `GuideSettings`."""
    steps: int = 4
    """Least pixels of the coarse fit that the reach has."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "side")
        require(self, "1 or more", "least", "steps")
        require(self, "above 0", "reach", "smoothness")


@dataclass(frozen=True)
class CutSettings:
    """Colour mixtures and the cut of one image (Rother et al., SIGGRAPH 2004; `grabcut`)."""

    components: int = 5
    """Gaussians on each side (GrabCut: 5)."""
    iterations: int = 8
    """Rounds of expectation maximisation of a mixture."""
    contrast: float = 3.0
    """Cost of cutting between two pixels of the same colour, in nats (GrabCut's gamma, 50).
    At 256 x 256 arms are three to five pixels wide, and 50 cuts them off."""
    colour_limit: float = 5.0
    """Limit of the evidence of the colour of one pixel, in nats; mixtures have thin tails."""
    belief_weight: float = 0.7
    """Weight of the log-odds of the belief beside those of the colour: a lower one mends more of a
    poor belief, and spoils more of a good one."""
    belief_limit: float = 4.6
    """Limit of the evidence of a belief, in nats: that of 0.99, the paper's confidence (section
    4.4)."""
    gaps: int = 5
    """Width in pixels of gaps that are closed; a crease or a strap is not the background. An odd
    number; 1 closes none."""
    margin: float = 0.15
    """How far around the believed person the cut is made, as a share of the person's size."""
    smallest_share: float = 0.005
    """Share of the image below which a side is too small to learn its colours."""
    accept_overlap: float = 0.5
    """Least intersection over union of cut and belief; else the belief is kept."""
    accept_growth: float = 2.0
    """Most by which the cut may be larger or smaller than the belief; else the belief is kept."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "components", "iterations")
        require(self, "odd", "gaps")
        require(
            self,
            "0 or more",
            "accept_overlap",
            "contrast",
            "colour_limit",
            "belief_weight",
            "belief_limit",
            "margin",
        )
        require(self, "from 0 to 1", "smallest_share")
        require(self, "1 or more", "accept_growth")
