"""The group of all experiments."""

from personalize.commands.experiment.complexity import complexity
from personalize.commands.experiment.networks import compare_networks
from personalize.commands.experiment.personalization import personalization
from personalize.commands.experiment.silhouettes import inject, occlude
from personalize.commands.experiment.transfer import semi_supervised, supervised
from personalize.commands.help import group


@group()
def experiment() -> None:
    """Repeat an experiment of the paper on labelled people."""


for command in (
    *(compare_networks, inject, occlude, supervised, semi_supervised, personalization),
    complexity,
):
    experiment.add_command(command)
