"""What the colours of the parts are worth: joint errors of personal networks, by their weight.

    python -m benchmarks.part_colours ROOT RUNS

ROOT holds YouTube Pose; RUNS is the folder of `personalize evaluate youtube-pose ROOT
--out RUNS`. Every fifth label; the network was taught with the weight of the runs, only
what parses changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from benchmarks.adaptations import Opened

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.datasets.youtube_pose import LabelledVideo
    from personalize.settings import RunSettings
    from personalize.types import Array

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
STEP = 5


def errors_of(video: LabelledVideo, root: Path, base: Base, settings: RunSettings) -> Array:
    """Measure the joint errors of one video, by the weight of the colours of parts.

    Parameters
    ----------
    video : LabelledVideo
    root : Path
        Folder of the runs.
    base : Base
    settings : RunSettings

    Returns
    -------
    (len(WEIGHTS), 7) float array
        Mean errors in pixels.
    """
    from dataclasses import replace

    from personalize.procedures.evaluate.youtube_pose import learning_source
    from personalize.procedures.progress import silent
    from personalize.stages.joints import locate_joints

    source, _ = learning_source(video, None, silent)
    opened = Opened(source, root / video.name, base, settings)
    parser = opened.learned.personal.always()
    appearance, joints = parser.appearance, parser.settings.joints
    if appearance is None or appearance.worn is None:
        raise click.UsageError(f"{root / video.name}: no parts were learned in this run")
    worn = appearance.worn
    parser = replace(parser, appearance=replace(appearance, worn=None))
    labels = range(STEP // 2, len(video), STEP)
    errors = np.empty((len(labels), len(WEIGHTS), 7))
    parsed = parser.frames(map(video.read_frame, labels), numbers=labels)
    for label, (frame, result), row in zip(labels, parsed, errors):
        canvas = result.framing.apply(frame)
        for k, weight in enumerate(WEIGHTS):
            weighing = replace(settings.part_colours, weight=weight)
            parts = worn.weigh(canvas, result.parts, settings=weighing)
            cells = locate_joints(parts, result.person, settings=joints).xy[:7]
            row[k] = np.linalg.norm(result.framing.cells_to_source(cells) - video.xy[label], axis=1)
    return errors.mean(axis=0)


@click.command()
@click.argument("root", type=click.Path(path_type=Path))
@click.argument("runs", type=click.Path(path_type=Path))
def main(root: Path, runs: Path) -> None:
    """Print a Markdown table: a weight a line, means over videos."""
    from personalize.commands.loading import load_base
    from personalize.datasets.youtube_pose import videos
    from personalize.settings import RunSettings

    base = load_base(None, "auto")
    every = np.array([errors_of(video, runs, base, RunSettings()) for video in videos(root)])
    print("| weight | Head | Wrists | Elbows | Shoulders | all |\n|---|--:|--:|--:|--:|--:|")
    for weight, row in zip(WEIGHTS, every.mean(axis=0)):
        groups = [row[0], *row[1:].reshape(3, 2).mean(axis=1), row.mean()]
        print(f"| {weight} | " + " | ".join(f"{value:.2f}" for value in groups) + " |")


if __name__ == "__main__":
    main()
