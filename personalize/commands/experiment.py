"""`personalize experiment`: the experiments of the paper, by their numbers."""

import click

from personalize.commands.opening import load_base
from personalize.commands.options import FILE
from personalize.commands.terminal import give_report, stage_bars

TRAINED = 192
"""Side of the images that the shipped weights were trained on."""


@click.group()
def experiment():
    """Repeat an experiment of the paper on labelled people."""


def on_people(command):
    """Give a command the options of an experiment on rendered people."""
    for decorator in reversed(
        (
            click.argument("people", type=FILE),
            click.option("--count", type=click.IntRange(1), default=160, help="The last so many people of the set."),
            click.option("--size", type=click.IntRange(64), default=TRAINED, help="Side of the network's input."),
            click.option("--weights", type=FILE, help="Base weights; by default those shipped."),
            click.option("--person", type=FILE, help="A person.safetensors, to see what learning one person makes forget."),
            click.option("--device", default="auto"),
            click.option("--json", "report", type=FILE, help="File for the numbers."),
        )
    ):  # fmt: skip
        command = decorator(command)
    return command


@experiment.command("2")
@on_people
def inject(**options):
    """Inject true silhouettes (Figure 5a): IOU of every part, at 64 x 64 cells."""
    compare(**options)


@experiment.command("3")
@on_people
def occlude(**options):
    """Hide a random part behind a black box, and inject true silhouettes (Figures 4b and 6)."""
    compare(occluded=True, **options)


def compare(people, count, size, weights, person, device, report, occluded=False):
    """Compare own and true silhouettes, and give the table."""
    from personalize.experiments.injection import gain_table, inject_silhouettes, report_gain
    from personalize.experiments.labelled import held_out_people
    from personalize.network.checkpoints import load_person

    network = load_base(weights, device).network
    network = load_person(person, network) if person else network
    with stage_bars() as progress:
        gain = inject_silhouettes(
            network,
            held_out_people(people, count),
            size=size // 8 * 8,
            occluded=occluded,
            progress=progress("parse"),
        )
    give_report(report_gain(gain), gain_table(gain), report)
