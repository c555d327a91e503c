"""Scripts of rendered films: the shots, the roles in them, and the motion of the camera.

A script is written in terms of the picture: the size of a head in pixels, and the distance of
a role from the middle in widths of the picture. `blocking` finds the places in the world that
give such a picture. Imports nothing heavy.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from personalize.errors import SettingsError

ACTIONS = ("talk", "sit", "walk", "scooter", "bicycle")
"""What a role does. The speed of "walk" follows from the path; it may be 0."""


@dataclass(frozen=True)
class Keys:
    """A number that changes through a shot, interpolated linearly between moments.

    Attributes
    ----------
    values : tuple of float
    moments : tuple of float or None
        Rising shares of the shot, from 0 to 1; None spreads the values evenly.

    Raises
    ------
    SettingsError
        If there is not a moment for each value, or they do not rise.
    """

    values: tuple[float, ...]
    moments: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        moments = self.moments
        if not self.values or (moments is not None and len(moments) != len(self.values)):
            raise SettingsError(f"{len(self.values)} values at {len(moments or ())} moments")
        if moments is not None and any(a >= b for a, b in pairwise(moments)):
            raise SettingsError(f"moments {moments}: they must rise")

    def at(self, moment: float) -> float:
        """Return the value at a moment; it is constant before the first and after the last."""
        count = len(self.values)
        moments = self.moments or tuple(k / max(count - 1, 1) for k in range(count))
        after = bisect_right(moments, moment)
        if after in (0, count):
            return self.values[min(after, count - 1)]
        before = after - 1
        share = (moment - moments[before]) / (moments[after] - moments[before])
        return self.values[before] + share * (self.values[after] - self.values[before])


@dataclass(frozen=True)
class Role:
    """A role in a shot.

    Attributes
    ----------
    heads : Keys
        Size of the head: side in pixels of a square with its area, seen by the camera as it is
        when the shot begins.
    across : Keys
        Widths of the picture from its middle; -0.5 and 0.5 are its edges.
    does : str
        One of `ACTIONS`.
    person : int
        Number of the actor; 0 is the main person.
    facing : float or None
        Degrees from facing the camera; None is the direction of motion.
    thing : str or None
        What they hold or touch: "bounced ball", or a name of `thing_shapes.MAKERS`.
    """

    heads: Keys
    across: Keys = Keys((0.0,))
    does: str = "talk"
    person: int = 0
    facing: float | None = None
    thing: str | None = None

    def __post_init__(self) -> None:
        if self.does not in ACTIONS:
            raise SettingsError(f"nobody can {self.does!r} in a film; known are {ACTIONS}")
        if min(self.heads.values) <= 0:
            raise SettingsError(f"heads of {self.heads.values} pixels: they must be above 0")


@dataclass(frozen=True)
class Pillar:
    """An upright block between camera and people.

    Attributes
    ----------
    heads : float
        Size that the head of a person beside it would have, pixels.
    across, width : float
        Its middle and its width, in widths of the picture.
    """

    heads: float
    across: float = 0.0
    width: float = 0.4


@dataclass(frozen=True)
class Shot:
    """A part of a film without a cut.

    Attributes
    ----------
    roles : tuple of Role
        May be empty: then nobody is seen.
    length : float
        Relative to the other shots.
    place : int
        Number of the place; shots of the same number have the same place.
    outdoors : bool
        A street; otherwise a hall.
    view : float
        Vertical angle of view at the start of the shot, degrees.
    zoom : Keys
        Enlargement by the lens.
    closer : Keys
        Enlargement of the first role by a camera that moves towards them.
    turn : Keys
        Degrees that the camera turns to the right.
    shake : float
        Shake of a camera held by hand, degrees.
    pillar : Pillar or None
    painted : int
        Number of people in a painting on the back wall.
    """

    roles: tuple[Role, ...]
    length: float = 1.0
    place: int = 0
    outdoors: bool = False
    view: float = 40.0
    zoom: Keys = Keys((1.0,))
    closer: Keys = Keys((1.0,))
    turn: Keys = Keys((0.0,))
    shake: float = 0.0
    pillar: Pillar | None = None
    painted: int = 0


@dataclass(frozen=True)
class Script:
    """A film: shots one after the other.

    Attributes
    ----------
    shots : tuple of Shot
    """

    shots: tuple[Shot, ...]

    def lengths(self, frames: int) -> tuple[int, ...]:
        """Return the number of frames of each shot; their sum is `frames`."""
        whole = sum(shot.length for shot in self.shots)
        ends, reached = [0], 0.0
        for shot in self.shots:
            reached += shot.length
            ends.append(round(frames * reached / whole))
        return tuple(b - a for a, b in pairwise(ends))
