"""Train the same network several times, each time without one thing, and compare the scores.

    python -m benchmarks.ablation PEOPLE PHOTOGRAPHS --out DIR [--samples N] [--size S]

PEOPLE is a folder of `synthesize people`, PHOTOGRAPHS one of Clothing
Co-Parsing. All trainings start from the same random weights, see the same
samples in the same order, and are measured on the same people and photographs,
held out. A training that was stopped goes on; finished ones are only read.
"""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from personalize.training.settings import RECIPES, SMALL_AUGMENT, Machine, TrainingSettings

QUICK = RECIPES["quick"]

VARIANTS: dict[str, dict[str, Any]] = {
    "the recipe": {},
    "no real silhouettes": {"real_share": 0.0},
    "photographs teach no regions": {"region_weight": 0.0},
    "true silhouettes are not injected": {"true_share": 0.0},
    "all parts weigh the same": {"joint_weight": 1.0, "wrist_weight": 1.0},
    "background weighs 1": {"background_weight": 1.0},
    "ENet's dropout": {"dropout": 1.0},
    "no changes of light and colour": {"augment": replace(SMALL_AUGMENT, photometric=0.0)},
    "garments are not dyed": {"augment": replace(SMALL_AUGMENT, dye=0.0)},
    "nobody blends in": {"augment": replace(SMALL_AUGMENT, blend_in=0.0)},
    "no occluders": {"augment": replace(SMALL_AUGMENT, occluder=0.0)},
    "end to end to the end": {"end_to_end": 1.0},
    "weights averaged over 2000 images": {"averaging": 2000},
}
"""What is changed -> the settings of `quick` that change."""

SCORES = ("parts_accuracy", "parts_iou", "person_iou")


def score(
    people: Path, photographs: Path, out: Path, settings: TrainingSettings, **how: Any
) -> dict[str, str]:
    """Train one variant unless it is done, and return the last line of its log.

    Parameters
    ----------
    people, photographs : Path
        Folders of rendered people and of photographs.
    out : Path
        Folder of the training.
    settings : TrainingSettings
    **how
        `compiled` and `bfloat16`, as for `Machine`.

    Returns
    -------
    dict of str to str
        Columns of the log.
    """
    from personalize.training.prepare import training_data
    from personalize.training.train import LOG, train

    log = out / LOG
    if not log.exists() or int(last_line(log)["samples"]) < settings.samples - settings.batch:
        samples, validation = training_data(people, photographs, settings)
        train(out, samples, validation, settings, Machine(minutes=60, **how))
    return last_line(log)


def last_line(log: Path) -> dict[str, str]:
    """Return the last line of a log of training."""
    with open(log, newline="") as file:
        return list(csv.DictReader(file))[-1]


@click.command()
@click.argument("people", type=click.Path(path_type=Path))
@click.argument("photographs", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--samples", default=6400, help="Images that each training sees.")
@click.option("--size", default=128, help="Side of the images.")
@click.option("--compile", "compiled", is_flag=True, help="As for `personalize train`.")
@click.option("--bfloat16", is_flag=True, help="As for `personalize train`.")
def main(people: Path, photographs: Path, out: Path, samples: int, size: int, **how: Any) -> None:
    """Print a Markdown table of all variants."""
    print(f"| {samples} samples of {size} x {size} | accuracy | IOU | person IOU |")
    print("|---|--:|--:|--:|")
    for name, changes in VARIANTS.items():
        settings = replace(QUICK, samples=samples, size=size, cooldown=0.5, **changes)
        line = score(people, photographs, out / name.replace(" ", "_"), settings, **how)
        print(f"| {name} | {' | '.join(f'{float(line[key]):.3f}' for key in SCORES)} |", flush=True)


if __name__ == "__main__":
    main()
