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
        Largest motion looked for from one frame to the next, in pixels.
    displacements : int
        About how many motions are tried in full size; the rest of the window
        is ruled out at smaller sizes.  Enough for a radius of 6 to be searched
        whole.
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
    tolerance : float or None
        Root mean square difference, in units of the features (grey levels),
        at which a match is worth exp(-1/2) of a perfect one.  None trusts
        all matches alike.
    cut_share : float
        Two frames whose best matches leave more than this share of the
        variance of their pixels unexplained are taken for a cut, or for too
        far apart to match: no label passes between them.
    combination : {"mean", "product", "agreement"}
        How the beliefs of the two trees become one: their mean; their
        product without counting the seed twice; or their mean where both
        favour one label, and equal shares where they do not.
    """

    radius: int = 24
    displacements: int = 169
    patch: int = 5
    offsets: int = 5
    link_error: float = 0.005
    tolerance: float | None = None
    cut_share: float = 0.3
    combination: Literal["mean", "product", "agreement"] = "mean"

    def __post_init__(self) -> None:
        _require(self.radius >= 0, "radius", self.radius, "0 or more")
        _require(self.displacements > 0, "displacements", self.displacements, "1 or more")
        _require(self.patch > 0 and self.patch % 2 == 1, "patch", self.patch, "odd")
        _require(self.offsets in (1, 5, 9), "offsets", self.offsets, "1, 5 or 9")
        _require(
            1e-4 <= self.link_error < 0.5, "link_error", self.link_error, "from 0.0001 to below 0.5"
        )
        _require(
            self.tolerance is None or self.tolerance > 0,
            "tolerance",
            self.tolerance,
            "above 0, or None",
        )
        _require(self.cut_share > 0, "cut_share", self.cut_share, "above 0")
        _require(
            self.combination in COMBINATIONS,
            "combination",
            self.combination,
            "one of " + ", ".join(COMBINATIONS),
        )


def _require(kept: bool, name: str, found: object, wanted: str) -> None:
    if not kept:
        raise ValueError(f"propagation setting {name} is {found!r}, must be {wanted}")
