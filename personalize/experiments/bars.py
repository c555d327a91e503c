"""Bar charts of scores of parts, as PNG."""

import itertools
from pathlib import Path

import numpy as np

from personalize.atomic import atomic_write
from personalize.errors import PersonalizeError

COLOURS = ("#3b6ea5", "#e08a2e", "#4f9d69", "#b8485a", "#8067a8", "#7a7a7a")
PALEST = 0.45  # opacity of the first of several bars of one colour
WIDTH = 0.82  # of the room of a part, for all its bars


def require_matplotlib():
    """Raise PersonalizeError if charts cannot be drawn: better before hours than after."""
    try:
        import matplotlib.figure  # noqa: F401  of the extra `training`; nothing else needs it
    except ImportError as error:
        raise PersonalizeError(
            "drawing a chart: matplotlib is not installed; run pip install 'personalize[training]'"
        ) from error


def draw_bars(path, names, panels):
    """Draw panels of bars below each other.

    Parameters
    ----------
    path : path-like
        A PNG.
    names : sequence of str
        Of the parts, from left to right.
    panels : dict of str to dict of str to (N,) float array
        Title of a panel -> series -> a value for each part; no bar where it is NaN.
        Series whose names agree up to the first comma share a colour, and get darker.
    """
    require_matplotlib()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(max(6.0, 0.75 * len(names)), 3.2 * len(panels)), layout="constrained")
    rows = figure.subplots(len(panels), squeeze=False)[:, 0]
    for axes, (title, series) in zip(rows, panels.items()):
        draw_panel(axes, names, series)
        axes.set_title(title, loc="left")
    with atomic_write(Path(path)) as partial:
        figure.savefig(partial, dpi=110)


def draw_panel(axes, names, series):
    """Draw a group of bars for each name."""
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


def shades(labels):
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
