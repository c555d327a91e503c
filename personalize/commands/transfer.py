"""`personalize transfer`: the X factor learns images of another kind."""

from dataclasses import replace
from pathlib import Path

import click

from personalize.commands.given import GIVEN
from personalize.commands.help import command
from personalize.commands.options import device_option, numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report, stage_bars
from personalize.network.device import choose_device
from personalize.settings import TransferSettings

TRANSFER = TransferSettings()
WEIGHTS, PREVIEW = "transferred.safetensors", "preview.png"


@command()
@click.argument("images", type=GIVEN)
@click.option("--out", type=FILE, required=True, help=f"Folder of {WEIGHTS} and {PREVIEW}.")
@click.option(
    "--silhouettes",
    type=GIVEN,
    help="Folder of known silhouettes, PNG, called as their images; without it the network's own "
    "confident ones are learned.",
)
@click.option("--weights", type=GIVEN, help="Base weights to start from; by default those shipped.")
@click.option(
    "--epochs",
    type=click.IntRange(1),
    default=TRANSFER.factor.epochs,
    help="Passes over the images.",
)
@click.option(
    "--no-grabcut",
    is_flag=True,
    help="Learn the confident answers as they are, not cut by the colours of each image.",
)
@click.option(
    "--size",
    type=click.IntRange(64),
    default=TRANSFER.size,
    help="Side of the square that has the area of the network's input.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=TRANSFER.seed, help="Seed of all random numbers."
)
@device_option
@numbers_option
def transfer(
    images: Path,
    out: Path,
    silhouettes: Path | None,
    weights: Path | None,
    epochs: int,
    no_grabcut: bool,
    size: int,
    seed: int,
    device: str,
    report: Path | None,
) -> None:
    """Fit the network to IMAGES, a folder of people of a new kind; the weights are for run and
    parse.

    Only the module that finds the person learns; everything else stays as it is, to the last bit.
    """
    from personalize.media.images import write_image
    from personalize.network.checkpoints import digest, load_base, save_base
    from personalize.network.settings import SHIPPED
    from personalize.output.preview import draw_sheet
    from personalize.procedures.transfer import (
        describe_transfer,
        given_labels,
        list_pictures,
        own_labels,
    )
    from personalize.procedures.transfer import transfer as transfer_network
    from personalize.storage.atomic import check_folder

    settings = replace(
        TRANSFER,
        size=size,
        grabcut=not no_grabcut,
        factor=replace(TRANSFER.factor, epochs=epochs),
        seed=seed,
    )
    pictures = list_pictures(images)
    network, facts = load_base(weights or SHIPPED, choose_device(device))
    with stage_bars() as progress:
        labels = given_labels(silhouettes, pictures, size) if silhouettes else None
        check_folder(out)
        canvases = [picture.on_canvas(size) for picture in progress("read")(pictures)]
        labels = labels or own_labels(network, canvases, settings, progress=progress("silhouettes"))
        done = transfer_network(network, canvases, labels, settings, progress=progress("learn"))
    described = describe_transfer(
        done, canvases, settings, given=bool(silhouettes), base=digest(network.state_dict())
    )
    save_base(done.network, out / WEIGHTS, {**facts, "transfer": described})
    write_image(out / PREVIEW, draw_sheet(canvases, labels, network, done.network))
    lines = (
        f"{done.taught} of {len(canvases)} images learned from, with silhouettes: "
        f"{described['silhouettes']}",
        f"overlap with these silhouettes: {done.before:.3f} -> {done.after:.3f}",
        str(out / WEIGHTS),
        str(out / PREVIEW),
    )
    numbers = {"weights": out / WEIGHTS, "preview": out / PREVIEW, **described}
    give_report(numbers, "\n".join(lines), report)
