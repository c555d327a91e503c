"""`personalize experiment` 4 and 5: transfer to other images."""

from dataclasses import replace
from pathlib import Path

import click

from personalize.commands.experiment.options import KINDS, TO_LEARN, give_results, people_options
from personalize.commands.groups import options
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
    people: Path,
    kind: str,
    learn: int,
    epochs: int,
    test_list: Path | None,
    domain: str | None,
    count: int | None,
    size: int,
    weights: Path | None,
    device: str,
    seed: int,
    out: Path,
    report: Path | None,
) -> None:
    """Transfer by true silhouettes alone (Figure 5b, and Table 1 on Freiburg's photographs)."""
    from personalize.experiments.figures import draw_curves, require_matplotlib
    from personalize.experiments.sets import LabelledSet, open_experiment
    from personalize.experiments.supervised import curve_table, report_curve, supervised_transfer

    require_matplotlib()
    chosen = LabelledSet.read(
        kind, people, domain=domain_of(domain, kind), learn=learn, test=count, test_list=test_list
    )
    network = load_base(weights, device).network
    settings = transfer_settings(size, epochs, seed)
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
    people: Path,
    kind: str,
    epochs: int,
    test_list: Path | None,
    domain: str | None,
    count: int | None,
    size: int,
    weights: Path | None,
    device: str,
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
    from personalize.experiments.sets import LabelledSet, open_experiment

    chosen = LabelledSet.read(
        kind, people, domain=domain_of(domain, kind), learn=1, test=count, test_list=test_list
    )
    network = load_base(weights, device).network
    settings = transfer_settings(size, epochs, seed)
    with stage_bars() as progress:
        workspace = open_experiment(out, 5, chosen, network, settings)
        scores = semi_supervised_transfer(workspace, chosen, network, settings, progress=progress)
    give_results(report_recalls(scores, chosen), recall_table(scores, chosen), out, report)


def domain_of(domain: str | None, kind: str) -> str:
    """Return the domain asked for, or that of the kind of people."""
    return domain or ("poor" if kind == "rendered" else "as-is")


def transfer_settings(size: int, epochs: int, seed: int) -> TransferSettings:
    """Turn the options of a transfer into settings.

    Parameters
    ----------
    size : int
        Side of the canvas in pixels; rounded down to whole cells.
    epochs : int
        Of fine-tuning.
    seed : int

    Returns
    -------
    TransferSettings
    """
    settings = TransferSettings()
    factor = replace(settings.factor, epochs=epochs)
    return replace(settings, size=size // 8 * 8, factor=factor, seed=seed)
