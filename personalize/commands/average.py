"""`personalize average`: the mean of several base weights of one training."""

from pathlib import Path

import click

from personalize.commands.given import GIVEN
from personalize.commands.help import command
from personalize.commands.options import numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report
from personalize.errors import WeightsError


@command()
@click.argument("weights", type=GIVEN, nargs=-1, required=True)
@click.option("--out", type=FILE, required=True, help="File of the mean.")
@numbers_option
def average(weights: tuple[Path, ...], out: Path, report: Path | None) -> None:
    """Average base WEIGHTS that one training left on its way; a file given twice counts twice."""
    from personalize.adaptation.blend import average as average_networks
    from personalize.network.checkpoints import digest, load_network, save_base
    from personalize.network.registry import name_of

    networks = [load_network(path)[0] for path in weights]
    for path, network in zip(weights, networks):
        if name_of(network) != name_of(networks[0]):
            raise WeightsError(
                f"{path}: holds the network {name_of(network)}, and {weights[0]} the network "
                f"{name_of(networks[0])}; give weights of one training"
            )
    mean_of = [digest(network.state_dict()) for network in networks]
    mean = average_networks(networks)
    save_base(mean, out, {"mean_of": mean_of})
    results = {"weights": out, "digest": digest(mean.state_dict()), "mean_of": mean_of}
    give_report(results, str(out), report)
