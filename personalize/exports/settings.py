"""Settings of exports."""

import re
from dataclasses import dataclass

from personalize.errors import SettingsError
from personalize.exports.formats import FORMATS
from personalize.output.settings import OverlaySettings
from personalize.ranges import require

CODECS = ("vp9", "prores")
"""Codecs of transparent cutouts: VP9 in WebM for browsers, ProRes 4444 in MOV for editors."""

TRANSPARENT, BLUR = "transparent", "blur"
"""Backgrounds of a cutout other than plain colours."""


@dataclass(frozen=True)
class ExportSettings:
    """Settings of exports, for all formats."""

    background: str = TRANSPARENT
    """Background of a cutout: "transparent", "blur", or a colour as ``#rrggbb``."""
    codec: str = CODECS[0]
    """Codec of a transparent cutout: one of `CODECS`."""
    images: bool = False
    """Whether coco and yolo write the frames as well as the labels."""
    hidden: float = OverlaySettings.hidden
    """Confidence below which joints are absent: their place is a guess."""
    doubtful: float = OverlaySettings.doubtful
    """Confidence below which joints are marked as occluded, in formats with such a mark."""
    softness: float = 0.5
    """Greatest distance of the true edge from that of a silhouette, in cells of the network."""
    blur: float = 0.03
    """Standard deviation of the blur of a background, as a share of the frame's shorter side."""

    def __post_init__(self) -> None:
        require(self, "from 0 to 1", "hidden", "doubtful")
        require(self, "above 0", "softness", "blur")
        if self.codec not in CODECS:
            raise SettingsError(f"no codec {self.codec!r}; there are {', '.join(CODECS)}")
        if self.background not in (TRANSPARENT, BLUR) and self.colour is None:
            raise SettingsError(
                f"--background {self.background}: must be {TRANSPARENT}, {BLUR} or a colour such"
                " as #00ff00"
            )

    @property
    def colour(self) -> tuple[int, int, int] | None:
        """RGB of a plain background; None for other backgrounds."""
        found = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", self.background)
        if found is None:
            return None
        red, green, blue = (int(value, 16) for value in found.groups())
        return red, green, blue

    def needs_frames(self, name: str) -> bool:
        """Return whether a format needs the frames of the video."""
        return FORMATS[name].frames or (self.images and name in WITH_IMAGES)


WITH_IMAGES = ("coco", "yolo")
"""Formats whose tools read pictures together with labels."""
