"""Find and load factors: anything that separates the person from the background.

A factor is a callable, ``factor(frames, *, progress=iter)``. It takes (T, rows, cols, 3) uint8
RGB frames and returns (T, h, w) probabilities of the person, of any size with the aspect ratio
of the frames. An installed package offers it as an entry point of the group
`personalize.factors`. Its output is checked, since it is not part of this project.
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
    """A loaded factor: it finds the person in place of the generic network.

    Attributes
    ----------
    name : str
        Name of the entry point.
    origin : str
        Package, version and callable.
    find : callable
        The factor itself.
    """

    name: str
    origin: str
    find: Callable[..., Any]

    def predict(self, frames: Frames, *, progress: Wrap = iter) -> Map:
        """Return the probability of the person.

        Parameters
        ----------
        frames : (T, rows, cols, 3) uint8 array
            RGB, on the canvas.
        progress : callable
            Wraps the loop of the factor.

        Returns
        -------
        (T, h, w) float32 array
            In [0, 1]; no larger than the canvas.

        Raises
        ------
        FactorError
            If the factor fails, or its output does not have this form.
        """
        try:
            person = np.asarray(self.find(frames, progress=progress))
        except PersonalizeError:
            raise
        except Exception as error:  # a plug-in may raise anything
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
        """Return the entries of a manifest."""
        return {"name": self.name, "origin": self.origin}


def what_is_wrong(person: Any, frames: tuple[int, ...]) -> str | None:
    """Return what is wrong with a person map for frames of a shape, or None."""
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
        If no factor has that name, or it cannot be loaded.
    """
    check_factor(name)
    entry = list_factors()[name]
    try:
        find = entry.load()
    except Exception as error:  # importing a plug-in may raise anything
        raise FactorError(
            f"--factor {name}: {entry.value} cannot be loaded ({type(error).__name__}: {error});"
            " mend its installation"
        ) from error
    package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else "no package"
    return Factor(name, f"{package}, {entry.value}", find)
