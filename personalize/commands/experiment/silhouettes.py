"""`personalize experiment 2` and `3`: what true silhouettes are worth, in the open and occluded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.experiment.options import (
    AS_FINE_AS_LABELS,
    KINDS,
    give_results,
    people_options,
    result_options,
)
from personalize.commands.given import GIVEN
from personalize.commands.groups import LabelledPeople, options
from personalize.commands.help import command
from personalize.commands.options import (
    weights_option,
)
from personalize.commands.terminal import stage_bars
from personalize.errors import WeightsError
from personalize.network.device import choose_device

if TYPE_CHECKING:
    from torch import nn

    from personalize.types import Json

injection_options = options(
    people_options(KINDS[:2], AS_FINE_AS_LABELS),
    result_options,
    weights_option,
    click.option(
        "--person",
        type=GIVEN,
        help="A person.safetensors, to see what learning one person makes forget.",
    ),
    click.option(
        "--baseline",
        type=GIVEN,
        help="Weights of a network without an X factor, which is held to the true silhouettes; "
        "without them it is left out.",
    ),
)


@command("2")
@injection_options
def inject(**options: Any) -> None:
    """Inject true silhouettes (Figure 5a): IOU of every part, at 64 x 64 cells."""
    compare(**options)


@command("3")
@injection_options
def occlude(**options: Any) -> None:
    """Hide a random part behind a black box, and inject true silhouettes (Figures 4b and 6)."""
    compare(occluded=True, **options)


def compare(
    labelled: LabelledPeople,
    out: Path | None,
    report: Path | None,
    weights: Path | None,
    person: Path | None,
    baseline: Path | None,
    occluded: bool = False,
) -> None:
    """Compare what networks answer without and with true silhouettes, and give the results.

    Parameters
    ----------
    labelled : LabelledPeople
    out : Path or None
        Folder for the chart, the table and what was counted.
    report : Path or None
        JSON file for the numbers.
    weights, person, baseline : Path or None
        Files of the networks, as for `open_networks`.
    occluded : bool
        Hide a part of every person behind a black box.
    """
    from personalize import parts
    from personalize.experiments import injection
    from personalize.experiments.count_cache import cached_counts, facts_of
    from personalize.experiments.figures import draw_bars, require_matplotlib
    from personalize.experiments.labelled_images import load_test_set
    from personalize.experiments.predictions import ways_of

    if out:
        require_matplotlib()
    networks = open_networks(weights, person, baseline, choose_device(labelled.device))
    test_set = load_test_set(
        labelled.kind, labelled.people, count=labelled.count, test_list=labelled.test_list
    )
    gains = {}
    asked: Json = {"size": labelled.side, "occluded": occluded}
    for name, network in networks.items():
        facts = {"kind": labelled.kind, "answers": ways_of(network)}
        with stage_bars() as progress:
            counts = cached_counts(
                out,
                name,
                facts_of(network, test_set, **facts, **asked),
                lambda: injection.count_injection(
                    network, test_set, **asked, progress=progress(name)
                ),
            )
        gains[name] = injection.gain(network, counts)
    if out:
        draw_bars(out / "chart.png", parts.GROUP_NAMES[1:], injection.gain_panels(gains))
    give_results(injection.report_gain(gains), injection.gain_table(gains), out, report)


def open_networks(
    weights: Path | None, person: Path | None, baseline: Path | None, device: str
) -> dict[str, nn.Module]:
    """Return the networks to compare by their names: the factored one, and the baseline if given.

    Parameters
    ----------
    weights, person : Path or None
        Base weights, by default those that ship with the project, and a person on top of them.
    baseline : Path or None
        Weights of a network without a factored module.
    device : str

    Returns
    -------
    dict of str to Module

    Raises
    ------
    WeightsError
        If `baseline` holds the factored network.
    """
    from personalize.network.checkpoints import load_base, load_network, load_person
    from personalize.network.registry import has_factor, name_of
    from personalize.network.settings import SHIPPED

    factored, _ = load_base(weights or SHIPPED, device)
    networks: dict[str, nn.Module] = {
        "factored": load_person(person, factored) if person else factored
    }
    if baseline:
        network, _ = load_network(baseline, device)
        if has_factor(network):
            raise WeightsError(
                f"{baseline}: holds the factored network; --baseline takes weights of "
                "`personalize train --network baseline`"
            )
        networks[name_of(network)] = network
    return networks
