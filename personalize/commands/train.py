"""`personalize train`: base weights from rendered people and photographs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.given import GIVEN
from personalize.commands.groups import Material, grouped
from personalize.commands.help import command
from personalize.commands.options import device_option, numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report, stage_bars
from personalize.network.device import choose_device
from personalize.network.settings import FACTORED, NETWORKS
from personalize.training.settings import RECIPES, Machine, TrainingSettings

if TYPE_CHECKING:
    from personalize.datasets.samples import MeasuredSample
    from personalize.training.compose.composer import Composer
    from personalize.types import PathLike


material_options = grouped(
    "material",
    Material,
    click.option(
        "--data",
        "kind",
        type=click.Choice(["rendered", "unite-the-people"]),
        default="rendered",
        help="What PEOPLE holds.",
    ),
    click.option(
        "--test-list",
        type=GIVEN,
        help="Photographs of Unite the People that are not learned from, one name a line; by "
        "default the project's list.",
    ),
    click.option(
        "--photographs",
        type=GIVEN,
        help="Clothing Co-Parsing; its silhouettes teach the X factor, and its garments the parts.",
    ),
    click.option(
        "--real-people",
        type=GIVEN,
        help="Real people with parts, a folder of DIR/GROUP/NAME.webp and .png; with --photographs "
        "its labels of these are used, too.",
    ),
)

machine_options = grouped(
    "machine",
    Machine,
    click.option("--minutes", type=float, default=5.0, help="Between checkpoints."),
    click.option(
        "--workers",
        type=click.IntRange(0),
        default=1,
        help="Processes that compose images on a CPU; a GPU composes its own.",
    ),
    click.option(
        "--compile",
        "compiled",
        is_flag=True,
        help="Compile the network first, for minutes; needs a C++ compiler, and trains twice as "
        "fast on a CPU.",
    ),
    click.option(
        "--bfloat16",
        is_flag=True,
        help="Compute steps in bfloat16; faster, and refused where the processor does not know it.",
    ),
    device_option,
)


@command()
@click.argument("people", type=GIVEN)
@click.option(
    "--out", type=FILE, required=True, help="Folder of the state, the log and the weights."
)
@click.option("--recipe", type=click.Choice(list(RECIPES)), default="quick")
@click.option(
    "--network",
    type=click.Choice(NETWORKS),
    default=FACTORED,
    help="What to train; the others are for comparison.",
)
@material_options
@click.option("--start", type=GIVEN, help="Base weights that a new training starts from.")
@click.option("--samples", type=click.IntRange(1), help="Images to see; by default the recipe's.")
@click.option("--batch", type=click.IntRange(1), help="Images a step; by default the recipe's.")
@click.option(
    "--minutes-total",
    type=click.FloatRange(0),
    help="End after this time, even if fewer samples were seen: the schedule follows what is "
    "further, samples or time. By default there is no such end.",
)
@click.option(
    "--train-size",
    "size",
    type=click.IntRange(64),
    help="Side of the images, rounded down to whole cells of 8 pixels; by default the recipe's.",
)
@click.option("--learning-rate", type=float, help="By default the recipe's.")
@click.option(
    "--end-to-end",
    type=click.FloatRange(0, 1),
    help="Share of the samples before the noise settings; by default the recipe's.",
)
@click.option(
    "--aggregation-alone",
    is_flag=True,
    default=None,
    help="Let nothing but the aggregation module learn; with --start.",
)
@click.option(
    "--true-share",
    type=click.FloatRange(0, 1),
    help="Share of the images whose true silhouette is injected; by default the recipe's.",
)
@click.option(
    "--cooldown",
    type=click.FloatRange(0, 1),
    help="Share of the training, at its end, in which the rate falls; by default the recipe's.",
)
@click.option(
    "--fall",
    type=click.Choice(["linear", "cosine"]),
    help="How the rate falls: linearly to 0, or as a cosine to 2 %; by default the recipe's.",
)
@click.option(
    "--averaging",
    type=click.IntRange(0),
    help="Images over which the weights that are written are averaged; by default the recipe's.",
)
@click.option(
    "--real-share",
    type=click.FloatRange(0, 1),
    help="Share of real pictures among the images, split between --photographs and the groups of "
    "--real-people by their weights (docs/training.md); by default the recipe's.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    help="Seed of all random numbers; by default the recipe's.",
)
@machine_options
@click.option(
    "--preview",
    type=FILE,
    help="Draw the first images and their labels to this PNG, and train nothing.",
)
@numbers_option
def train(
    people: Path,
    out: Path,
    recipe: str,
    material: Material,
    start: Path | None,
    machine: Machine,
    preview: Path | None,
    report: Path | None,
    **changes: Any,
) -> None:
    """Train base weights on PEOPLE, a folder that `synthesize people` made, or Unite the People.

    Goes on where it stopped.
    """
    from personalize.training.train import train as train_network

    given = {name: value for name, value in changes.items() if value is not None}
    if "size" in given:
        given["size"] = given["size"] // 8 * 8
    settings = replace(RECIPES[recipe], **given)
    if settings.aggregation_alone and (start is None or settings.network != FACTORED):
        raise click.UsageError(
            "--aggregation-alone goes on from factored weights; give them with --start"
        )
    machine = replace(machine, device=choose_device(machine.device))
    samples, validation = read_samples(people, material, settings, machine.device)
    if preview:
        from personalize.training.compose.preview import draw_preview

        draw_preview(samples, preview)
        give_report({"preview": preview}, str(preview), report)
        return
    if machine.device != "cpu":
        samples.fill()
    with stage_bars() as progress:
        train_network(
            out,
            samples,
            validation,
            settings,
            machine,
            start=start,
            progress=progress("train"),
        )
    give_trained(out, report)


def give_trained(out: Path, report: Path | None) -> None:
    """Report where the weights of a training are, and what was measured of them when they were
    written.

    Parameters
    ----------
    out : Path
        Folder of the training.
    report : Path or None
        JSON file to write; "-" is standard output.
    """
    from personalize.evaluation.markdown import or_none
    from personalize.network.checkpoints import digest, load_network
    from personalize.training.train import LOG_FIELDS, WEIGHTS

    network, facts = load_network(out / WEIGHTS)
    numbers = {
        "weights": out / WEIGHTS,
        "digest": digest(network.state_dict()),
        "samples": facts["samples"],
        **{name: or_none(facts[name]) for name in LOG_FIELDS if name != "samples"},
        "recipe": facts["recipe"],
    }
    give_report(numbers, str(out / WEIGHTS), report)


def read_samples(
    people: PathLike,
    material: Material,
    settings: TrainingSettings,
    device: str,
) -> tuple[Composer, list[MeasuredSample]]:
    """Read the training and the test set.

    Parameters
    ----------
    people : path-like
        Rendered people or photographs, with labels.
    material : Material
    settings : TrainingSettings
    device : str

    Returns
    -------
    samples : Composer
        What is learned from.
    measured : list of MeasuredSample

    Raises
    ------
    click.UsageError
        If photographs are to be mixed with photographs.
    """
    from personalize.training.prepare import training_data
    from personalize.training.prepare_photographs import photograph_training_data

    photographs, real_people = material.photographs, material.real_people
    if material.kind == "rendered":
        return training_data(people, photographs, settings, real_root=real_people, device=device)
    if photographs or real_people:
        option = "--photographs" if photographs else "--real-people"
        raise click.UsageError(f"{option} are mixed with rendered people only")
    return photograph_training_data(people, settings, material.test_list, device=device)
