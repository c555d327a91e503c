"""`personalize train`: base weights from rendered people and photographs."""

from dataclasses import replace

import click

from personalize.commands.options import FILE
from personalize.commands.terminal import stage_bars
from personalize.network.device import choose_device
from personalize.network.settings import FACTORED, NETWORKS
from personalize.training.settings import RECIPES


@click.command()
@click.argument("people", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the state, the log and the weights.")
@click.option("--recipe", type=click.Choice(list(RECIPES)), default="quick")
@click.option("--network", type=click.Choice(NETWORKS), default=FACTORED, help="What to train; the others are for comparison.")
@click.option("--data", "kind", type=click.Choice(["rendered", "unite-the-people"]), default="rendered", help="What PEOPLE holds.")
@click.option("--test-list", type=FILE, help="Photographs of Unite the People that are not learned from, one name a line; by default the project's list.")
@click.option("--photographs", type=FILE, help="Clothing Co-Parsing; its silhouettes teach the X factor.")
@click.option("--start", type=FILE, help="Base weights that a new training starts from.")
@click.option("--samples", type=click.IntRange(1), help="Images to see; by default the recipe's.")
@click.option("--train-size", "size", type=click.IntRange(64), help="Side of the images, rounded down to whole cells of 8 pixels; by default the recipe's.")
@click.option("--learning-rate", type=float, help="By default the recipe's.")
@click.option("--end-to-end", type=click.FloatRange(0, 1), help="Share of the samples before the noise settings; by default the recipe's.")
@click.option("--aggregation-alone", is_flag=True, default=None, help="Let nothing but the aggregation module learn; with --start.")
@click.option("--true-share", type=click.FloatRange(0, 1), help="Share of the images whose true silhouette is told; by default the recipe's.")
@click.option("--cooldown", type=click.FloatRange(0, 1), help="Share of the samples in which the rate falls; by default the recipe's.")
@click.option("--averaging", type=click.IntRange(0), help="Images over which the weights that are written are averaged; by default the recipe's.")
@click.option("--real-share", type=click.FloatRange(0, 1), help="Share of photographs among the images; by default the recipe's.")
@click.option("--seed", type=click.IntRange(0), help="Of all that is drawn at random; by default the recipe's.")
@click.option("--minutes", type=float, default=5.0, help="Between checkpoints.")
@click.option("--workers", type=click.IntRange(0), default=1, help="Processes that compose images.")
@click.option("--compile", "compiled", is_flag=True, help="Compile the network first, for minutes; needs a C++ compiler, and trains twice as fast on a CPU.")
@click.option("--bfloat16", is_flag=True, help="Compute steps in bfloat16; faster, and refused where the processor does not know it.")
@click.option("--device", default="auto")
def train(people, out, recipe, kind, test_list, photographs, start, minutes, workers, compiled, bfloat16, device, **changes):
    """Train base weights on PEOPLE, a folder that `synthesize people` made, or Unite the People.

    Goes on where it stopped.
    """
    from personalize.training.prepare import training_data
    from personalize.training.prepare_photographs import photograph_training_data
    from personalize.training.train import train as train_network

    given = {name: value for name, value in changes.items() if value is not None}
    if "size" in given:
        given["size"] = given["size"] // 8 * 8
    settings = replace(RECIPES[recipe], **given)
    if settings.aggregation_alone and (start is None or settings.network != FACTORED):
        raise click.UsageError("--aggregation-alone goes on from factored weights; give them with --start")
    if kind == "rendered":
        samples, validation = training_data(people, photographs, settings)
    elif photographs:
        raise click.UsageError("--photographs are mixed with rendered people only")
    else:
        samples, validation = photograph_training_data(people, settings, test_list)
    with stage_bars() as progress:
        train_network(
            out,
            samples,
            validation,
            settings,
            start=start,
            device=choose_device(device),
            workers=workers,
            minutes=minutes,
            compiled=compiled,
            bfloat16=bfloat16,
            progress=progress("train"),
        )
    click.echo(out / "base.safetensors")
