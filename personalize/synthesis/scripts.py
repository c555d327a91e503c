"""What happens when in a rendered film: its shots, who is in them, what the camera does.

A script is told in terms of the picture: how large a head is, in pixels, and how far from
the middle somebody is, in widths of the picture. `blocking` finds the places in the world
where that is so. Imports nothing heavy.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from personalize.errors import SettingsError

ACTIONS = ("talk", "sit", "walk", "scooter", "bicycle")
"""What somebody does; who walks goes as fast as their way is long, or stands."""


@dataclass(frozen=True)
class Keys:
    """A number through a shot: told at some moments, and in straight lines between.

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
        """The value at a moment; before the first and after the last it rests."""
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
    """Somebody in a shot.

    Attributes
    ----------
    heads : Keys
        How large the head is where they are, for the camera as the shot begins: side of the
        square that has the head's area, pixels.
    across : Keys
        Widths of the picture from its middle; from -0.5 to 0.5 lies in the picture.
    does : str
        One of `ACTIONS`.
    person : int
        Who of the cast; 0 is the one who is meant.
    facing : float or None
        Degrees from facing the camera; None looks where they go.
    thing : str or None
        "bounced ball", or a name of `thing_shapes.MAKERS`: what they hold or touch.
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
        How large the head of somebody beside it would be, pixels.
    across, width : float
        Its middle and its width, in widths of the picture.
    """

    heads: float
    across: float = 0.0
    width: float = 0.4


@dataclass(frozen=True)
class Shot:
    """What one camera sees without a cut.

    Attributes
    ----------
    roles : tuple of Role
        May be empty: then nobody is there.
    length : float
        Relative to the other shots.
    place : int
        Which place of the film; shots of the same number are in the same.
    outdoors : bool
        A street, or else a hall.
    view : float
        Vertical angle of view, degrees, as the shot begins.
    zoom : Keys
        Enlargement by the lens.
    closer : Keys
        Enlargement of the first role by a camera that moves to them.
    turn : Keys
        Degrees that the camera turns to the right.
    shake : float
        Of a camera in the hand, degrees.
    pillar : Pillar or None
    painted : int
        People in a painting on the wall behind.
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
        """Frames of each shot, a tuple of int whose sum is `frames`."""
        whole = sum(shot.length for shot in self.shots)
        ends, reached = [0], 0.0
        for shot in self.shots:
            reached += shot.length
            ends.append(round(frames * reached / whole))
        return tuple(b - a for a, b in pairwise(ends))
