"""Factors by name: anything that tells the person from the background may be the X factor.

A factor is a callable, ``factor(frames, *, progress=iter)``: (T, rows, cols, 3)
uint8 RGB frames in, (T, h, w) probabilities of the person out, of the shape of the
frames and any size. An installed package offers it as an entry point of the group
`personalize.factors`. What it returns is checked, since it comes from elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import numpy as np

from personalize.errors import FactorError, PersonalizeError
from personalize.imaging.framing import resize_maps
from personalize.types import Frames, Json, Map, Wrap

GROUP = "personalize.factors"


@dataclass(frozen=True)
class Factor:
    """What finds the person in the place of the generic network.

    Attributes
    ----------
    name : str
    origin : str
        The package that it is from, its version, and the callable.
    find : callable
    """

    name: str
    origin: str
    find: Callable[..., Any]

    def predict(self, frames: Frames, *, progress: Wrap = iter) -> Map:
        """Return how probable the person is.

        Parameters
        ----------
        frames : (T, rows, cols, 3) uint8 array
            RGB, on the canvas.
        progress : callable
            Wraps whatever the factor goes through.

        Returns
        -------
        (T, h, w) float32 array
            In [0, 1]; no larger than the canvas.

        Raises
        ------
        FactorError
            If the factor fails, or returns something else.
        """
        try:
            person = np.asarray(self.find(frames, progress=progress))
        except PersonalizeError:
            raise
        except Exception as error:  # a stranger's code may raise anything
            raise FactorError(
                f"--factor {self.name}: failed ({type(error).__name__}: {error}); mend it or leave"
                " --factor out"
            ) from error
        wrong = what_is_wrong(person, frames.shape)
        if wrong:
            raise FactorError(
                f"--factor {self.name}: returned {wrong}; it must return one map of"
                " probabilities in [0, 1] for every frame, so mend it or leave --factor out"
            )
        person = person.astype(np.float32)
        canvas = frames.shape[1:3]
        return person if person.shape[1] <= canvas[0] else resize_maps(person, *canvas)

    def describe(self) -> Json:
        """Return what a manifest keeps of a factor."""
        return {"name": self.name, "origin": self.origin}


def what_is_wrong(person: Any, frames: tuple[int, ...]) -> str | None:
    """Say what of an answer to frames of a shape is not as it must be; None if all is well."""
    count, rows, cols, _ = frames
    if person.ndim != 3 or 0 in person.shape:
        return f"an array of shape {person.shape}"
    if len(person) != count:
        return f"{len(person)} maps for {count} frames"
    height, width = person.shape[1:]
    if abs(height * cols - width * rows) > max(rows, cols):
        return f"maps of {height} rows and {width} columns for frames of {rows} and {cols}"
    if person.dtype.kind not in "fb":
        return f"values of the type {person.dtype}"
    if not (person.min() >= 0 and person.max() <= 1):  # NaN is neither
        return f"values from {person.min():g} to {person.max():g}"
    return None


def list_factors() -> dict[str, EntryPoint]:
    """Return the installed factors: name -> entry point, in the order of names."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    return dict(sorted(found.items()))


def check_factor(name: str) -> None:
    """Raise FactorError, with the names that there are, unless a factor is installed."""
    installed = list_factors()
    if name not in installed:
        known = ", ".join(installed) or "none, so install this project again"
        raise FactorError(f"--factor {name}: no such factor is installed; there are: {known}")


def load_factor(name: str) -> Factor:
    """Load an installed factor.

    Parameters
    ----------
    name : str

    Returns
    -------
    Factor

    Raises
    ------
    FactorError
        If none has that name, or it cannot be loaded.
    """
    check_factor(name)
    entry = list_factors()[name]
    try:
        find = entry.load()
    except Exception as error:  # whatever a package of somebody else does when it is imported
        raise FactorError(
            f"--factor {name}: {entry.value} cannot be loaded ({type(error).__name__}: {error});"
            " mend its installation"
        ) from error
    package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else "no package"
    return Factor(name, f"{package}, {entry.value}", find)
