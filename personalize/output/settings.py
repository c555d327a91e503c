"""The numbers of what a run leaves for its user."""

from dataclasses import dataclass

from personalize.ranges import require


@dataclass(frozen=True)
class OverlaySettings:
    """Look of the overlay video (`overlay`)."""

    opacity: float = 0.5
    """Of the colours of the parts."""
    line: float = 0.004
    """Width of the lines, in parts of the frame's shorter side."""
    doubtful: float = 0.3
    """Joints of less confidence are drawn hollow, and without limbs."""
    hidden: float = 0.05
    """Joints of less confidence are not drawn: what is not in the picture."""

    def __post_init__(self) -> None:
        require(self, "from 0 to 1", "opacity", "doubtful", "hidden")
        require(self, "above 0", "line")
