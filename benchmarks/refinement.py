"""What movement, and each choice of blending and refining, is worth: mean J on sequences with
masks.

    python -m benchmarks.refinement ROOT RUNS

ROOT is in the layout of DAVIS; RUNS is the folder of `personalize evaluate
silhouettes ROOT --out RUNS`, whose person maps are used again, or made.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from benchmarks.adaptations import Opened

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.datasets.davis import Sequence
    from personalize.settings import RunSettings
    from personalize.types import Array

MOVEMENT = (0.0, 0.1, 0.4, 1.0)
OWN = (0.0, 0.35, 0.5, 0.65, 1.0)
SURE = (0.6, 0.7, 0.8, 0.9)
BELIEF_WEIGHT = (0.25, 0.45, 1.0)
CONTRAST = (5.0, 10.0)
GAPS = (1, 3, 7)


class Measured:
    """A sequence with all that comes before blending.

    Parameters
    ----------
    sequence : Sequence
    root : Path
        Folder of the runs.
    base : Base
    settings : RunSettings
    """

    def __init__(self, sequence: Sequence, root: Path, base: Base, settings: RunSettings) -> None:
        from personalize.media.video import open_source

        self.sequence, self.settings = sequence, settings
        source = open_source(sequence.folder)
        opened = Opened(source, root / sequence.name, base, settings)
        self.track, self.frames = opened.track, opened.frames
        self.person, self.annotated = opened.learned.person, sequence.annotated
        self.propagated = cache(self.propagate)

    def propagate(self, own: float, weight: float) -> Array:
        """Return beliefs with these shares of the network's own answer and of movement."""
        from personalize.stages.propagate import propagate_person

        seeds = self.settings.seeds
        seeds = replace(
            seeds, own=own, residual_motion=replace(seeds.residual_motion, weight=weight)
        )
        return propagate_person(
            self.frames, self.person, settings=seeds, scene=self.settings.still_scene
        )[0]

    def score(
        self, own: float | None = None, movement: float | None = None, **changes: Any
    ) -> tuple[float, float]:
        """Return mean J of the blended beliefs, and of what they are refined to.

        Parameters
        ----------
        own, movement : float, optional
            Weights of the network's own answer and of movement; by default those of the settings.
        **changes : float
            Numbers of `RefineSettings` or of its `CutSettings`.

        Returns
        -------
        believed, refined : float
        """
        from personalize.evaluation.segmentation import mean_j
        from personalize.evidence.window_colours import learn_colours
        from personalize.procedures.evaluate.learning import restore_masks
        from personalize.stages.refine import person_masks, refine_silhouettes
        from personalize.stages.silhouette import find_silhouette

        seeds = self.settings.seeds
        beliefs = self.propagated(
            seeds.own if own is None else own,
            seeds.residual_motion.weight if movement is None else movement,
        )
        refine = self.settings.refine
        cut = {key: value for key, value in changes.items() if hasattr(refine.cut, key)}
        rest = {key: value for key, value in changes.items() if key not in cut}
        refine = replace(refine, cut=replace(refine.cut, **cut), **rest)
        colours = learn_colours(self.frames, beliefs, settings=refine)
        labels = refine_silhouettes(self.frames, beliefs, colours, settings=refine)
        masks = person_masks(labels, beliefs, settings=refine).astype(np.float32)
        truth, known = (
            [self.sequence.read_mask(frame) for frame in self.annotated],
            list(self.annotated),
        )
        framings = [self.track[frame] for frame in known]
        believed = map(find_silhouette, self.frames[known], beliefs[known], framings)
        return mean_j(truth, believed), mean_j(truth, restore_masks(masks[known], framings))


@click.command()
@click.argument("root", type=click.Path(path_type=Path))
@click.argument("runs", type=click.Path(path_type=Path))
@click.option("--weights", type=click.Path(path_type=Path))
def main(root: Path, runs: Path, weights: Path | None) -> None:
    """Print a Markdown table: one number changed at a time."""
    from personalize.commands.loading import load_base
    from personalize.datasets.davis import sequences
    from personalize.settings import RunSettings

    base = load_base(weights, "auto")
    measured = [Measured(one, runs, base, RunSettings()) for one in sequences(root)]
    changes: list[dict[str, Any]] = [{}, *({"movement": value} for value in MOVEMENT)]
    changes += [*({"own": value} for value in OWN), *({"sure": value} for value in SURE)]
    changes += [{"belief_weight": value} for value in BELIEF_WEIGHT]
    changes += [{"contrast": value} for value in CONTRAST]
    changes += [{"gaps": value} for value in GAPS]
    print("| changed | propagated, J | refined, J |\n|---|--:|--:|")
    for change in changes:
        name = ", ".join(f"{key} {value}" for key, value in change.items()) or "nothing"
        scores = np.mean([one.score(**change) for one in measured], axis=0)
        print(f"| {name} | {scores[0]:.3f} | {scores[1]:.3f} |", flush=True)


if __name__ == "__main__":
    main()
