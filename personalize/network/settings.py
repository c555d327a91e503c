"""Names of the networks and of their engines, and the views that frames are looked at in."""

from dataclasses import dataclass
from pathlib import Path

from personalize.ranges import require

ENGINES = ("auto", "torch", "openvino", "cuda")
"""Names of the engines of a network; "auto" is the fastest that is available."""

NETWORKS = ("factored", "baseline", "enet", "fcn")
"""Names of the network of the paper, and of those that it is compared with."""

FACTORED = NETWORKS[0]

SHIPPED = Path(__file__).resolve().parents[1] / "weights" / "base.safetensors"
"""The weights that come with the project; see the model card beside them."""


@dataclass(frozen=True)
class View:
    """One way to look at a frame (not in the paper; `predict`)."""

    scale: float = 1.0
    """Factor of the sides of the canvas."""
    mirrored: bool = False
    """Whether the frame is mirrored."""

    def __post_init__(self) -> None:
        require(self, "above 0", "scale")


VIEWS = {
    "1": (View(),),
    "2": (View(), View(mirrored=True)),
    "4": (View(), View(mirrored=True), View(0.75, mirrored=True), View(1.25)),
}
"""Views whose mean is taken, by their number."""

DEFAULT_VIEWS = "2"
"""Views of a frame that is parsed: four take twice the time, and err as much
(docs/notebook/personalization.md)."""
