"""The numbers of the model, each with where it comes from."""

from dataclasses import dataclass
from typing import Literal

COMBINATIONS = ("mean", "product", "agreement")


@dataclass(frozen=True, kw_only=True)
class PropagationSettings:
    """How labels travel.

    Attributes
    ----------
    radius : int
        Largest motion searched from one frame to the next, in pixels.  Wide
        windows do not help where nothing moves that far: they add wrong
        matches.
    patch : int
        Side of the compared patches, odd, in pixels.
    offsets : int
        How many shifted patches explain a pixel: 1, 5 or 9.  A pixel is the
        mean of the overlapping patches that cover it (Badrinarayanan et al.,
        CVPR 2010, equation 4); more is smoother and slower.
    link_error : float
        Probability that two linked pixels differ in label, above 0 and below
        0.5.  It settles how fast certainty fades with time, hardly which
        label wins.
    cut_ratio : float
        A pair of frames that matches this many times worse than the median
        pair is a cut: no label crosses it.
    combination : {"mean", "product", "agreement"}
        How the beliefs of the two trees become one: their mean; their
        product without counting the seed twice; or their mean where both
        favour one label, and equal shares where they do not.
    """

    radius: int = 8
    patch: int = 7
    offsets: int = 5
    link_error: float = 0.005
    cut_ratio: float = 4.0
    combination: Literal["mean", "product", "agreement"] = "mean"

    def __post_init__(self):
        _require(self.radius >= 0, "radius", self.radius, "0 or more")
        _require(self.patch > 0 and self.patch % 2 == 1, "patch", self.patch, "odd")
        _require(self.offsets in (1, 5, 9), "offsets", self.offsets, "1, 5 or 9")
        _require(1e-4 <= self.link_error < 0.5, "link_error", self.link_error,
                 "from 0.0001 to below 0.5")
        _require(self.cut_ratio > 1, "cut_ratio", self.cut_ratio, "above 1")
        _require(self.combination in COMBINATIONS, "combination", self.combination,
                 "one of " + ", ".join(COMBINATIONS))


def _require(kept, name, found, wanted):
    if not kept:
        raise ValueError(f"propagation setting {name} is {found!r}, must be {wanted}")
