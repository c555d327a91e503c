"""Figures of the experiments, as PNG: bar charts and curves."""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from personalize.errors import PersonalizeError
from personalize.storage.atomic import atomic_write
from personalize.types import Array, PathLike

COLOURS = ("#3b6ea5", "#e08a2e", "#4f9d69", "#b8485a", "#8067a8", "#7a7a7a")
PALEST = 0.45  # opacity of the first of several bars of one colour
WIDTH = 0.82  # share of the width of a group that its bars fill

COLUMNS = 4
LEAST_SPAN = 0.05
"""Smallest range of a vertical axis that is fitted to its curves; less would magnify noise."""


def require_matplotlib() -> None:
    """Raise PersonalizeError if figures cannot be drawn; to be called before hours of work."""
    try:
        import matplotlib.figure  # noqa: F401  of the extra `training`; nothing else needs it
    except ImportError as error:
        raise PersonalizeError(
            "drawing a figure: matplotlib, of the extra `training`, is not installed; "
            "run pip install 'personalize[training]'"
        ) from error


def new_figure(width: float, height: float, **grid: Any) -> tuple[Any, Any]:
    """Return a new figure and its axes.

    Parameters
    ----------
    width, height : float
        In inches.
    **grid
        `nrows` and `ncols`, as for matplotlib's ``Figure.subplots``.

    Returns
    -------
    figure : Figure
    axes : (rows, cols) array of Axes
    """
    require_matplotlib()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(**grid, squeeze=False)


def save_figure(figure: Any, path: PathLike) -> None:
    """Write a figure to a PNG, whole or not at all."""
    with atomic_write(Path(path)) as partial:
        figure.savefig(partial, dpi=110, format="png")


def draw_bars(
    path: PathLike, names: Sequence[str], panels: Mapping[str, Mapping[str, Array]]
) -> None:
    """Draw bar charts, one below the other.

    Parameters
    ----------
    path : path-like
        A PNG.
    names : sequence of str
        Of the parts, from left to right.
    panels : dict of str to dict of str to (N,) float array
        Title of a panel -> series -> a value for each part; no bar where it is NaN.
        Series whose names agree up to the first comma have one colour, in darker and darker shades.
    """
    width, height = max(6.0, 0.75 * len(names)), 3.2 * len(panels)
    figure, grid = new_figure(width, height, nrows=len(panels))
    for axes, (title, series) in zip(grid.flat, panels.items()):
        draw_groups(axes, names, series)
        axes.set_title(title, loc="left")
    save_figure(figure, path)


def draw_groups(axes: Any, names: Sequence[str], series: Mapping[str, Array]) -> None:
    """Draw a group of bars for each name.

    Parameters
    ----------
    axes : Axes
    names : sequence of K str
    series : dict of str to (K,) array
        One bar in each group, by the label in the legend.
    """
    places, width = np.arange(len(names)), WIDTH / len(series)
    for number, ((label, values), colour) in enumerate(zip(series.items(), shades(series))):
        offset = (number - (len(series) - 1) / 2) * width
        axes.bar(places + offset, values, width, label=label, color=colour)
    axes.set_xticks(places, names, rotation=40, ha="right")
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)


def shades(labels: Iterable[str]) -> list[tuple[str, float]]:
    """Return a colour and its opacity for each label.

    Examples
    --------
    >>> shades(["a, own", "a, true", "b"])
    [('#3b6ea5', 0.45), ('#3b6ea5', 1.0), ('#e08a2e', 1.0)]
    """
    families = [label.split(", ")[0] for label in labels]
    colours = dict(zip(dict.fromkeys(families), itertools.cycle(COLOURS)))
    later = (families[number + 1 :].count(family) for number, family in enumerate(families))
    of = (max(families.count(family) - 1, 1) for family in families)
    return [
        (colours[family], PALEST + (1 - PALEST) * (1 - left / most))
        for family, left, most in zip(families, later, of)
    ]


def draw_curves(
    path: PathLike,
    panels: Mapping[str, Mapping[str, Any]],
    *,
    across: str,
    up: str,
    limits: tuple[float, float] | None,
) -> None:
    """Draw panels of curves, side by side.

    Parameters
    ----------
    path : path-like
        A `.png`.
    panels : dict of str to dict of str to (x, y)
        Title of a panel -> name of a curve -> its two sequences of numbers.
    across, up : str
        Labels of the horizontal and the vertical axis.
    limits : (float, float) or None
        Of the vertical axis, the same in all panels; None fits it to the curves.
    """
    columns = min(COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure, grid = new_figure(max(3.4 * columns, 5), 3.4 * rows, nrows=rows, ncols=columns)
    for axes, (title, curves) in zip(grid.flat, panels.items()):
        for name, (x, y) in curves.items():
            axes.plot(x, y, label=name, marker="o" if len(x) < 20 else None, markersize=3)
        axes.set(title=title, xlabel=across, ylabel=up, ylim=limits or widened(axes.get_ylim()))
        axes.grid(alpha=0.3)
        if len(curves) > 1:
            axes.legend(fontsize="small")
    save_figure(figure, path)


def widened(limits: tuple[float, float]) -> tuple[float, float]:
    """Return the limits of an axis, at least `LEAST_SPAN` apart."""
    low, high = limits
    room = max(LEAST_SPAN - (high - low), 0) / 2
    return low - room, high + room
