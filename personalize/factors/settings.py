"""Settings of the factors that are included."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StillCameraSettings:
    """Background subtraction (`still_camera`); pixels are those of the canvas."""

    looks: int = 12
    """Number of frames that are checked for motion of the camera."""
    still: float = 0.5
    """A feature of the scene that moves by less, in pixels, is still."""
    least_still: float = 0.15
    """Least share of features that are still if the camera is; the others may lie on the person."""
    least_moving: float = 0.002
    """Least mean share of a frame that differs clearly from the background."""
    frames: int = 61
    """Greatest number of frames in the median that is the background."""
    difference: float = 22.0
    """A pixel that differs more from the background is foreground: grey levels, norm over RGB."""
    shadow: float = 0.6
    """Least brightness of a shadow, as a share of the background's."""
    smallest: float = 0.0005
    """Foreground components below this share of the picture are noise."""
    reach: int = 7
    """Half the width of gaps in the foreground that are closed."""
    margin: int = 3
    """Width of the uncertain band along the edge of the foreground."""
    surroundings: int = 31
    """Side of the square in which the foreground is compared with its surroundings."""
    there: float = 0.5
    """Least share of the frame's contrast in the sum of the frame's and the background's."""
    sure: float = 0.995
    """Probability where the evidence is clear: a seed (`SeedSettings.confidence`)."""
    enclosed: float = 0.6
    """Probability of holes in the foreground."""
    around: float = 0.4
    """Probability between limbs: in the convex hull of the foreground."""
    edge: float = 0.5
    """Probability along the edge of the foreground."""
    seen: float = 0.05
    """A pixel is person (or a hole) at times if it is in at least this share of the frames."""
