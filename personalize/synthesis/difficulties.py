"""Films that are difficult in one way each. A function for each difficulty writes a script.

Every function takes a numpy Generator, and the smallest and the largest size of a head in
the film, in pixels. Imports nothing heavy.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from personalize.errors import SettingsError
from personalize.synthesis.scripts import Keys, Pillar, Role, Script, Shot

if TYPE_CHECKING:
    from numpy.random import Generator
else:
    Generator = Any

Heads: TypeAlias = tuple[float, float]
"""Smallest and largest size of a head in a film, pixels."""


def still(random: Generator, heads: Heads) -> Script:
    """A person of constant size who talks: nothing is difficult."""
    return _film(Role(Keys((_between(random, heads, 0.3, 0.6),)), facing=random.normal(0, 20)))


def approach(random: Generator, heads: Heads) -> Script:
    """A person walks towards the camera, or away from it."""
    sizes = heads if random.random() < 0.7 else heads[::-1]
    return _film(
        Role(Keys(tuple(sizes)), _drift(random), does="walk"),
        outdoors=_coin(random),
        shake=random.choice([0.0, 0.5]),
    )


def zoom(random: Generator, heads: Heads) -> Script:
    """The camera zooms in on a person, or out."""
    low, high = heads
    factors = (1.0, 1.0, high / low, high / low)
    if random.random() < 0.4:
        factors = factors[::-1]
    role = Role(Keys((low,)), does=_restful(random), facing=random.normal(0, 25))
    return _film(role, zoom=Keys(factors, (0.0, 0.1, 0.85, 1.0)), outdoors=_coin(random), view=40.0)


def dolly(random: Generator, heads: Heads) -> Script:
    """The camera moves towards a person."""
    low, high = heads
    role = Role(Keys((low,)), does=_restful(random), facing=random.normal(0, 25))
    nearer = Keys((1.0, (high / low) ** 0.4, high / low))
    return _film(role, closer=nearer, shake=0.4, outdoors=_coin(random))


def ride(random: Generator, heads: Heads) -> Script:
    """A person rides a scooter or a bicycle, towards the camera or past it."""
    does = random.choice(["scooter", "bicycle"])
    side = random.choice([-1.0, 1.0])
    if random.random() < 0.6:
        sizes, across = Keys(tuple(heads)), Keys((0.25 * side, 0.05 * side))
    else:
        size = _between(random, heads, 0.2, 0.35)
        sizes, across = Keys((size, 1.3 * size)), Keys((0.4 * side, -0.4 * side))
    return _film(Role(sizes, across, does=str(does)), outdoors=True, shake=random.choice([0, 0.4]))


def touch(random: Generator, heads: Heads) -> Script:
    """A person sits on a chair, bounces a ball, or holds or stands beside an object."""
    thing = str(random.choice(["chair", "bounced ball", "bicycle", "pole", "scooter"]))
    does = "sit" if thing == "chair" else "talk"
    size = _between(random, heads, 0.15, 0.4)
    across = Keys((random.normal(0, 0.1),))
    return _film(
        Role(Keys((size,)), across, does=does, facing=random.normal(0, 25), thing=thing),
        outdoors=thing in ("bicycle", "scooter"),
    )


def cuts(random: Generator, heads: Heads) -> Script:
    """Several shots in several places; some of them show nobody."""
    first = Role(
        Keys((_between(random, heads, 0.1, 0.3), _between(random, heads, 0.3, 0.5))),
        _drift(random),
        does="walk",
    )
    near = Role(Keys((_between(random, heads, 0.7, 0.9),)), facing=random.normal(0, 25))
    aside = Role(
        Keys((_between(random, heads, 0.25, 0.45),)),
        Keys((random.uniform(-0.2, 0.2),)),
        facing=random.choice([-60, 60]),
    )
    outdoors = _coin(random)
    shots = [
        Shot((first,), 1.0, place=0, outdoors=outdoors),
        Shot((near,), 0.8, place=0, outdoors=outdoors),
        Shot((aside,), 1.0, place=1, outdoors=not outdoors),
    ]
    if random.random() < 0.6:
        shots.insert(int(random.integers(1, 3)), Shot((), 0.5, place=2, outdoors=outdoors))
    return Script(tuple(shots))


def absence(random: Generator, heads: Heads) -> Script:
    """A person leaves and comes back, walks behind a pillar, or the camera turns away."""
    size = _between(random, heads, 0.2, 0.45)
    side = random.choice([-1.0, 1.0])
    way = random.integers(3)
    if way == 0:
        across = Keys((0.1 * side, 0.8 * side, 0.8 * side, 0.0), (0.0, 0.35, 0.6, 1.0))
        return _film(Role(Keys((size,)), across, does="walk"), outdoors=_coin(random))
    if way == 1:
        size = _between(random, heads, 0.1, 0.25)
        across = Keys((0.38 * side, 0.0, 0.0, -0.38 * side), (0.0, 0.4, 0.6, 1.0))
        pillar = Pillar(1.5 * size, width=0.36)
        return _film(Role(Keys((size,)), across, does="walk"), pillar=pillar)
    turn = Keys((0.0, 0.0, 55.0 * side, 55.0 * side, 0.0), (0.0, 0.2, 0.4, 0.65, 0.9))
    return _film(Role(Keys((size,)), facing=random.normal(0, 20)), turn=turn, shake=0.3)


def crossing(random: Generator, heads: Heads) -> Script:
    """A second person enters, passes in front of or behind the main person, and leaves."""
    size = _between(random, heads, 0.25, 0.4)
    side = random.choice([-1.0, 1.0])
    nearer = random.choice([0.75, 1.3, 1.5])
    if random.random() < 0.5:
        meant = Role(Keys((size,)), Keys((-0.15 * side,)), facing=random.normal(0, 25))
    else:
        meant = Role(Keys((size,)), Keys((-0.28 * side, 0.28 * side)), does="walk")
    across = Keys((0.85 * side, 0.85 * side, -0.85 * side), (0.0, 0.15, 0.9))
    other = Role(Keys((nearer * size,)), across, does="walk", person=1)
    return _film(meant, other, outdoors=_coin(random))


def painting(random: Generator, heads: Heads) -> Script:
    """A person in front of a painting of people, who are as large or larger."""
    size = _between(random, heads, 0.15, 0.35)
    side = random.choice([-1.0, 1.0])
    if random.random() < 0.5:
        meant = Role(Keys((size,)), Keys((0.25 * side,)), facing=-20.0 * side)
    else:
        meant = Role(Keys((size,)), Keys((-0.3 * side, 0.3 * side)), does="walk")
    return _film(meant, outdoors=_coin(random), painted=int(random.integers(1, 4)))


def closeup(random: Generator, heads: Heads) -> Script:
    """Head and shoulders of a person, rendered large: for the accuracy of outlines."""
    role = Role(Keys((0.75 * heads[1],)), Keys((random.normal(0, 0.05),)), facing=0.0)
    return _film(role, view=30.0)


DIFFICULTIES: dict[str, Callable[[Generator, Heads], Script]] = {
    "still": still,
    "approach": approach,
    "zoom": zoom,
    "dolly": dolly,
    "ride": ride,
    "touch": touch,
    "cuts": cuts,
    "absence": absence,
    "crossing": crossing,
    "painting": painting,
    "closeup": closeup,
}
"""Name of a difficulty -> the function that writes its script."""

SMALLEST, LARGEST = 0.05, 0.4
"""Default sizes of heads, as shares of the height of the picture."""


def write_script(name: str, random: Generator, height: int, heads: Heads | None = None) -> Script:
    """Write the script of a film.

    Parameters
    ----------
    name : str
        Of `DIFFICULTIES`.
    random : numpy.random.Generator
    height : int
        Of the picture, pixels.
    heads : (float, float), optional
        Smallest and largest size of a head, pixels.

    Returns
    -------
    Script

    Raises
    ------
    SettingsError
        If no difficulty has that name.
    """
    if name not in DIFFICULTIES:
        raise SettingsError(
            f"no difficulty is called {name!r}; there are {', '.join(DIFFICULTIES)}"
        )
    return DIFFICULTIES[name](random, heads or (SMALLEST * height, LARGEST * height))


def _film(*roles: Role, **shot: Any) -> Script:
    return Script((Shot(roles, **shot),))


def _between(random: Generator, heads: Heads, least: float, most: float) -> float:
    """Draw a size between the smallest head (0) and the largest (1), on a logarithmic scale."""
    low, high = heads
    return low * (high / low) ** random.uniform(least, most)


def _drift(random: Generator) -> Keys:
    return Keys((random.normal(0, 0.12), random.normal(0, 0.05)))


def _restful(random: Generator) -> str:
    return "sit" if random.random() < 0.4 else "talk"


def _coin(random: Generator) -> bool:
    return bool(random.random() < 0.5)
