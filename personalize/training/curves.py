"""Draw the log of a training: losses on the left, scores on the right, against samples seen."""

import csv
from pathlib import Path

from personalize.storage.atomic import atomic_write
from personalize.types import PathLike

LOSSES = ("parts_loss", "person_loss")
SCORES = ("parts_iou", "parts_accuracy", "person_iou")


def draw_curves(log: PathLike, picture: PathLike) -> None:
    """Draw a CSV log of `train` to a PNG.

    Parameters
    ----------
    log, picture : path-like
    """
    from matplotlib.figure import Figure  # of the extra `training`; nothing else needs it

    with open(log, newline="") as file:
        lines = list(csv.DictReader(file))
    samples = [int(line["samples"]) for line in lines]
    figure = Figure(figsize=(10, 4), layout="constrained")
    for axes, names in zip(figure.subplots(1, 2), (LOSSES, SCORES)):
        for name in names:
            axes.plot(samples, [float(line[name]) for line in lines], label=name.replace("_", " "))
        axes.set_xlabel("samples seen")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.legend()
    with atomic_write(Path(picture)) as partial:
        figure.savefig(partial, dpi=110)
