"""`personalize label`: pictures of people become pictures with labels of their parts."""

from dataclasses import replace
from pathlib import Path

import click

from personalize.commands.given import GIVEN
from personalize.commands.help import command
from personalize.commands.options import device_option, numbers_option, weights_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report, stage_bars
from personalize.datasets.settings import LabelSettings

LABELS = LabelSettings()
SHEET = "contact_sheet.png"


@command()
@click.argument("pictures", type=GIVEN)
@click.option(
    "--landmarks",
    type=GIVEN,
    required=True,
    help="File of a pose estimator's landmarks, .npz or COCO .json, as in data/README.md.",
)
@click.option(
    "--masks",
    type=GIVEN,
    help="Folder of silhouettes, PNG, called as their pictures; without it the generic network's "
    "are used.",
)
@click.option(
    "--out",
    type=FILE,
    required=True,
    help="Gets GROUP/NAME.webp, GROUP/NAME.png, index.csv and contact_sheet.png; other groups "
    "there stay.",
)
@click.option(
    "--sure",
    type=click.FloatRange(0, 1),
    default=LABELS.geometry.sure,
    help="Visibility that nose and shoulders, or, from behind, shoulders and hips, must have.",
)
@weights_option
@device_option
@numbers_option
def label(
    pictures: Path,
    landmarks: Path,
    masks: Path | None,
    out: Path,
    sure: float,
    weights: Path | None,
    device: str,
    report: Path | None,
) -> None:
    """Label the parts of people in PICTURES, a folder or a folder of groups, by the landmarks of
    any pose estimator.
    """
    from personalize.commands.loading import load_base
    from personalize.datasets.landmarks import read_landmarks
    from personalize.media.images import write_image
    from personalize.procedures.label.listing import list_unlabelled
    from personalize.procedures.label.pictures import FindSilhouette, label_pictures
    from personalize.procedures.label.sheet import label_sheet
    from personalize.procedures.label.silhouettes import GivenMasks, NetworkSilhouettes
    from personalize.procedures.label.target import check_apart, check_target
    from personalize.settings import RunSettings

    settings = replace(LABELS, geometry=replace(LABELS.geometry, sure=sure))
    listed = list_unlabelled(pictures, landmarks, read_landmarks(landmarks))
    check_apart(listed, out, masks)
    check_target(out)
    silhouettes: FindSilhouette
    if masks:
        silhouettes = GivenMasks(masks, listed)
    else:
        silhouettes = NetworkSilhouettes(
            load_base(weights, device).network, RunSettings(), settings
        )
    with stage_bars() as progress:
        outcome = label_pictures(
            listed, out, silhouettes, settings=settings, progress=progress("label")
        )
    click.echo(outcome, err=True)
    sheet = label_sheet(out, [row["picture"] for row in outcome.rows], shown=settings.shown)
    write_image(out / SHEET, sheet)
    numbers = {
        "labelled": [row["picture"] for row in outcome.rows],
        "left_out": dict(outcome.left_out),
        "contact_sheet": out / SHEET,
    }
    give_report(numbers, str(out / SHEET), report)
