"""`personalize experiment` 4 and 5: transfer to other images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from personalize.commands.experiment.options import KINDS, TO_LEARN, give_results, people_options
from personalize.commands.groups import LabelledPeople, options
from personalize.commands.help import command
from personalize.commands.loading import load_base
from personalize.commands.options import (
    numbers_option,
    seed_option,
    weights_option,
)
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import stage_bars
from personalize.settings import TransferSettings

if TYPE_CHECKING:
    from personalize.experiments.sets import LabelledSet

DOMAIN_WORDS = ("as-is", "dark", "noisy", "blurred", "recompressed", "poor")
"""Of `datasets.domains`, which help must not import."""

SUPERVISED_EPOCHS = 8
SUPERVISED_IMAGES = 800
"""Their features are kept in memory: half a gigabyte at 256 x 256, 1.7 at 512 x 512."""

transfer_options = options(
    click.option(
        "--domain",
        type=click.Choice(DOMAIN_WORDS),
        help="Change all images to those of a worse camera, so that there is something to learn; "
        "by default poor for rendered people, and as-is for photographs.",
    ),
    weights_option,
    seed_option,
    click.option(
        "--out",
        type=FILE,
        required=True,
        help="Folder of the results; an experiment that was stopped goes on there.",
    ),
    numbers_option,
)


@command("4")
@people_options(KINDS, TO_LEARN)
@click.option(
    "--learn",
    type=click.IntRange(1),
    default=SUPERVISED_IMAGES,
    help="Most images to learn from, spread over the half for training.",
)
@click.option(
    "--epochs", type=click.IntRange(1), default=SUPERVISED_EPOCHS, help="Passes over them."
)
@transfer_options
def supervised(
    labelled: LabelledPeople,
    learn: int,
    epochs: int,
    domain: str | None,
    weights: Path | None,
    seed: int,
    out: Path,
    report: Path | None,
) -> None:
    """Transfer by true silhouettes alone (Figure 5b, and Table 1 on Freiburg's photographs)."""
    from personalize.experiments.figures import draw_curves, require_matplotlib
    from personalize.experiments.sets import open_experiment
    from personalize.experiments.supervised import curve_table, report_curve, supervised_transfer

    require_matplotlib()
    chosen = read_set(labelled, domain, learn=learn)
    network = load_base(weights, labelled.device).network
    settings = transfer_settings(labelled.side, epochs, seed)
    with stage_bars() as progress:
        workspace = open_experiment(out, 4, chosen, network, settings)
        curve = supervised_transfer(workspace, chosen, network, settings, progress=progress)
    found = report_curve(curve, chosen)
    steps = [point["steps"] for point in found["curve"]]
    lines = {
        title: (steps, [point[key] for point in found["curve"]])
        for title, key in (("silhouettes", "person_iou"), ("parts", "parts_iou"))
    }
    panels = {title: {"IOU": line} for title, line in lines.items()}
    draw_curves(out / "figure5b.png", panels, across="steps of fine-tuning", up="IOU", limits=None)
    give_results(found, curve_table(curve, chosen), out, report)


@command("5")
@people_options(KINDS[:2], TO_LEARN)
@click.option(
    "--epochs",
    type=click.IntRange(1),
    default=TransferSettings().factor.epochs,
    help="Passes over the images.",
)
@transfer_options
def semi_supervised(
    labelled: LabelledPeople,
    epochs: int,
    domain: str | None,
    weights: Path | None,
    seed: int,
    out: Path,
    report: Path | None,
) -> None:
    """Transfer by the network's own confident silhouettes, and by refined ones (Table 2)."""
    from personalize.experiments.semi_supervised import (
        recall_table,
        report_recalls,
        semi_supervised_transfer,
    )
    from personalize.experiments.sets import open_experiment

    chosen = read_set(labelled, domain, learn=1)
    network = load_base(weights, labelled.device).network
    settings = transfer_settings(labelled.side, epochs, seed)
    with stage_bars() as progress:
        workspace = open_experiment(out, 5, chosen, network, settings)
        scores = semi_supervised_transfer(workspace, chosen, network, settings, progress=progress)
    give_results(report_recalls(scores, chosen), recall_table(scores, chosen), out, report)


def read_set(labelled: LabelledPeople, domain: str | None, *, learn: int) -> LabelledSet:
    """Read the people to learn from and to test on.

    Parameters
    ----------
    labelled : LabelledPeople
    domain : str or None
        One of `DOMAIN_WORDS`; by default that of the kind of people.
    learn : int
        Most images to learn from.

    Returns
    -------
    LabelledSet
    """
    from personalize.experiments.sets import LabelledSet

    return LabelledSet.read(
        labelled.kind,
        labelled.people,
        domain=domain or ("poor" if labelled.kind == "rendered" else "as-is"),
        learn=learn,
        test=labelled.count,
        test_list=labelled.test_list,
    )


def transfer_settings(size: int, epochs: int, seed: int) -> TransferSettings:
    """Turn the options of a transfer into settings.

    Parameters
    ----------
    size : int
        Side of the canvas in pixels.
    epochs : int
        Of fine-tuning.
    seed : int

    Returns
    -------
    TransferSettings
    """
    settings = TransferSettings()
    factor = replace(settings.factor, epochs=epochs)
    return replace(settings, size=size, factor=factor, seed=seed)
