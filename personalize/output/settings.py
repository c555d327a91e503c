"""Settings of the outputs of a run."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from personalize.errors import SettingsError
from personalize.ranges import require

Style = Literal["parts", "outline", "skeleton", "none"]
OVERLAYS: Final[tuple[str, ...]] = get_args(Style)
"""Styles of an overlay: parts, outline and joints; outline and joints; joints only; or none, so
that no overlay is written."""


@dataclass(frozen=True)
class OverlaySettings:
    """Style of the overlay video (`overlay`)."""

    style: Style = "parts"
    """One of `OVERLAYS`."""
    opacity: float = 0.5
    """Opacity of the colours of the parts."""
    line: float = 0.004
    """Width of the lines, as a share of the frame's shorter side."""
    doubtful: float = 0.3
    """Confidence below which joints are drawn hollow, and without limbs."""
    hidden: float = 0.05
    """Confidence below which joints are not drawn, since they are not in the picture."""

    def __post_init__(self) -> None:
        if self.style not in OVERLAYS:
            raise SettingsError(
                f"OverlaySettings(style={self.style!r}): style must be one of {', '.join(OVERLAYS)}"
            )
        require(self, "from 0 to 1", "opacity", "doubtful", "hidden")
        require(self, "above 0", "line")
