"""How long to learn silhouettes: J by the number of epochs, and what can be known of it without
labels.

    python -m benchmarks.stopping ROOT RUNS

ROOT is in the layout of DAVIS; RUNS is the folder of `personalize evaluate
silhouettes ROOT --out RUNS`, whose labels are learned again, once for each number of epochs,
since the rate falls to 0 over all of them. A fifth of each window is held out, as in a run;
*agreement* and the mean of it and *steadiness* are of those frames
(`personalize/stages/judge.py`), J is of every fifth frame with a mask.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from benchmarks.adaptations import Opened

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.datasets.davis import Sequence
    from personalize.network.factored import FactoredNetwork
    from personalize.settings import RunSettings
    from personalize.stages.parse import Parser
    from personalize.types import Array, Frames, Labels

KINDS = ("agreement", "steadiness")
EPOCHS = (0, 1, 2, 4, 8, 16)
STEP = 5


def measure(sequence: Sequence, root: Path, base: Base, settings: RunSettings) -> Array:
    """Learn the silhouettes of a sequence once for each of `EPOCHS`, and measure.

    Parameters
    ----------
    sequence : Sequence
    root : Path
        Folder of the runs.
    base : Base
    settings : RunSettings

    Returns
    -------
    (len(EPOCHS), 4) float array
        J of the network alone and cut along the colours of the window, agreement and mean evidence.
    """
    from personalize.media.video import open_source
    from personalize.stages.appearance import Appearance
    from personalize.stages.judge import gather_evidence, hold_out
    from personalize.types import UNLABELLED

    opened = Opened(open_source(sequence.folder), root / sequence.name, base, settings)
    learned, frames = opened.learned, opened.frames
    held = hold_out(len(frames), settings.verdict)
    labels = np.where(held[:, None, None], UNLABELLED, learned.labels)
    rows = []
    for epochs in EPOCHS:
        network = learn(base.network, frames, labels, epochs, settings)
        networks = (base.network, network, network)
        evidence = gather_evidence(
            frames,
            learned.labels,
            held,
            networks,
            learned.personal.appearance or Appearance(None, None),
            scales=opened.track.scales(opened.window.numbers),
        )
        after = {kind: evidence[kind][1] for kind in KINDS}
        scores = [
            score(sequence, replace(learned.personal, network=network, appearance=appearance))
            for appearance in (None, learned.personal.appearance)
        ]
        rows.append((*scores, after["agreement"], np.nanmean([*after.values()])))
    return np.array(rows)


def learn(
    network: FactoredNetwork, frames: Frames, labels: Labels, epochs: int, settings: RunSettings
) -> FactoredNetwork:
    """Return the network after some epochs of learning silhouettes.

    Parameters
    ----------
    network : FactoredNetwork
        Left as it is, and returned where there are no epochs.
    frames : (T, rows, cols, 3) uint8 array
        RGB.
    labels : (T, H, W) uint8 array
        1 person, 0 background, 255 unlabelled.
    epochs : int
    settings : RunSettings

    Returns
    -------
    FactoredNetwork
    """
    import torch

    from personalize.adaptation.factor import finetune_factor

    if not epochs:
        return network
    return finetune_factor(
        network,
        frames,
        labels,
        settings=replace(settings.factor, epochs=epochs),
        generator=torch.Generator().manual_seed(settings.seed),
    )


def score(sequence: Sequence, parser: Parser) -> float:
    """Return mean J of a sequence by a parser."""
    from personalize.evaluation.segmentation import mean_j

    scored = sequence.annotated[::STEP]
    parsed = parser.frames(map(sequence.read_frame, scored))
    return mean_j(map(sequence.read_mask, scored), (one.silhouette for _, one in parsed))


@click.command()
@click.argument("root", type=click.Path(path_type=Path))
@click.argument("runs", type=click.Path(path_type=Path))
@click.option("--weights", type=click.Path(path_type=Path))
def main(root: Path, runs: Path, weights: Path | None) -> None:
    """Print a Markdown table: means over sequences, and what the best evidence of each would
    choose.
    """
    from personalize.commands.loading import load_base
    from personalize.datasets.davis import sequences
    from personalize.settings import RunSettings

    base = load_base(weights, "auto")
    every = np.array([measure(one, runs, base, RunSettings()) for one in sequences(root)])
    print(
        "| epochs | tuned, J | personalized, J | agreement | mean evidence |\n|---|--:|--:|--:|--:|"
    )
    for epochs, row in zip(EPOCHS, every.mean(axis=0)):
        print(f"| {epochs} | " + " | ".join(f"{value:.3f}" for value in row) + " |")
    for name, column in (("agreement", 2), ("evidence", 3)):
        chosen = every[:, :, column].argmax(axis=1)
        best = every[np.arange(len(every)), chosen].mean(axis=0)
        numbers = ", ".join(str(EPOCHS[choice]) for choice in chosen)
        print(f"| best {name} ({numbers}) | " + " | ".join(f"{value:.3f}" for value in best) + " |")


if __name__ == "__main__":
    main()
