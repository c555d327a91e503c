"""Draw what the verdict expected of each video against what was truly gained."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.verdict_rows import Row

Estimates = Mapping[str, Sequence[tuple[float, float]]]
"""By module: the expected gain of each row, and its standard deviation."""


def draw_calibration(rows: Sequence[Row], estimates: Estimates, path: Path) -> None:
    """Draw a PNG: a panel of each module, a bar of each video.

    A bar is one standard deviation to either side of what was expected. On the diagonal the gain is
    what was expected; what lies right of the dotted line is kept.

    Parameters
    ----------
    rows : sequence of Row
    estimates : dict of str to sequence of (float, float)
    path : Path
    """
    from matplotlib.figure import Figure  # of the extra `training`

    from personalize.stages.settings import VerdictSettings
    from personalize.stages.verdict import UNITS
    from personalize.storage.atomic import atomic_write

    figure = Figure(figsize=(10, 4.8), layout="constrained")
    for axes, (module, found) in zip(figure.subplots(1, len(estimates)), estimates.items()):
        gains = np.array([row.gain(module) for row in rows])
        means, deviations = np.array(found).T
        for number, name in enumerate(dict.fromkeys(row.set for row in rows)):
            own = np.isfinite(gains) & [row.set == name for row in rows]
            if own.any():
                style = {"fmt": "o", "color": f"C{number}", "alpha": 0.7, "label": name}
                axes.errorbar(means[own], gains[own], xerr=deviations[own], **style)
        reach = 1.1 * max(np.nanmax(np.abs(gains)), np.abs(means).max())
        axes.plot([-reach, reach], [-reach, reach], color="grey", linewidth=1)
        axes.axhline(0, color="grey", linewidth=0.5)
        axes.axvline(VerdictSettings().least_gain, color="grey", linestyle=":")
        axes.set(title=module, xlabel=f"expected gain, {UNITS[module]}", ylabel="true gain")
        axes.grid(alpha=0.3)
        axes.legend()
    with atomic_write(path) as partial:
        figure.savefig(partial, dpi=110)
