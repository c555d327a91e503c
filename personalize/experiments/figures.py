"""The figures of the paper's experiments, as PNG; matplotlib is of the extra `training`."""

import math
from importlib.util import find_spec
from pathlib import Path

from personalize.atomic import atomic_write

COLUMNS = 4
LEAST_SPAN = 0.05
"""Of an upright axis that follows its curves; less would make mountains of noise."""


def can_draw():
    """Whether matplotlib is here."""
    return find_spec("matplotlib") is not None


def draw_panels(path, panels, *, across, up, limits):
    """Draw panels of curves beside each other.

    Parameters
    ----------
    path : path-like
        A `.png`.
    panels : dict of str to dict of str to (x, y)
        Title of a panel -> name of a curve -> its two sequences of numbers.
    across, up : str
        What the axes are.
    limits : (float, float) or None
        Of the upright axis, the same in all panels; None for that of the curves.
    """
    from matplotlib.figure import Figure

    columns = min(COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(max(3.4 * columns, 5), 3.4 * rows), layout="constrained")
    for axes, (title, curves) in zip(
        figure.subplots(rows, columns, squeeze=False).flat, panels.items()
    ):
        for name, (x, y) in curves.items():
            axes.plot(x, y, label=name, marker="o" if len(x) < 20 else None, markersize=3)
        axes.set(title=title, xlabel=across, ylabel=up, ylim=limits or widened(axes.get_ylim()))
        axes.grid(alpha=0.3)
        if len(curves) > 1:
            axes.legend(fontsize="small")
    with atomic_write(Path(path)) as partial:
        figure.savefig(partial, dpi=110, format="png")


def widened(limits):
    """Return the limits of an axis, at least `LEAST_SPAN` apart."""
    low, high = limits
    room = max(LEAST_SPAN - (high - low), 0) / 2
    return low - room, high + room
