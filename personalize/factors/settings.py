"""The numbers of the factors that come with the project."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StillCameraSettings:
    """Background subtraction (`still_camera`); pixels are those of the canvas."""

    looks: int = 12
    """Frames that are looked at for motion of the camera."""
    still: float = 0.5
    """Pixels below which a feature of the scene has not moved."""
    least_still: float = 0.15
    """Share of the features that do not move before a still camera; a person may hold the rest."""
    least_moving: float = 0.002
    """Mean share of the frames that must differ from the background for certain."""
    frames: int = 61
    """Most frames that the background is the median of."""
    difference: float = 22.0
    """Grey levels, over the three colours together, from which a pixel differs."""
    shadow: float = 0.6
    """Least brightness of the background in a shadow."""
    smallest: float = 0.0005
    """Share of the picture below which what differs is a speck."""
    reach: int = 7
    """Half the width of gaps that are bridged."""
    margin: int = 3
    """Width of the edge in which nothing is sure."""
    surroundings: int = 31
    """Side of the square in which what differs is compared with its surroundings."""
    there: float = 0.5
    """The frame's share of that contrast, beside the background's, above which it is there."""
    sure: float = 0.995
    """Probability where all speaks for one side: a seed (`SeedSettings.confidence`)."""
    enclosed: float = 0.6
    """Probability of what is enclosed by what differs."""
    around: float = 0.4
    """Probability of what lies between its limbs."""
    edge: float = 0.5
    """Probability at its edge."""
    seen: float = 0.05
    """Share of the frames that must be a person for certain where, in others, there is none."""
