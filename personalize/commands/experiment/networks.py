"""`personalize experiment 1`: networks side by side on labelled people."""

from pathlib import Path

import click

from personalize.commands.experiment.options import (
    AS_RUNS_SEE,
    KINDS,
    NamedFile,
    give_results,
    people_options,
    result_options,
)
from personalize.commands.groups import LabelledPeople
from personalize.commands.help import command
from personalize.commands.terminal import stage_bars
from personalize.network.device import choose_device


@command("1")
@people_options(KINDS, AS_RUNS_SEE)
@result_options
@click.option(
    "--network",
    "files",
    type=NamedFile(),
    multiple=True,
    help="A column: its name, and weights of any network; may be given often. By default the "
    "weights shipped.",
)
def compare_networks(
    labelled: LabelledPeople,
    out: Path | None,
    report: Path | None,
    files: tuple[tuple[str, Path], ...],
) -> None:
    """Compare networks on PEOPLE (Figure 4c, Table 1): accuracy and IOU of every part."""
    from personalize.datasets.labelled import FREIBURG
    from personalize.experiments import comparison
    from personalize.experiments.count_cache import cached_counts, facts_of
    from personalize.experiments.figures import draw_bars, require_matplotlib
    from personalize.experiments.labelled_images import load_test_set
    from personalize.network.checkpoints import load_network
    from personalize.network.settings import SHIPPED

    if out:
        require_matplotlib()
    if len(dict(files)) < len(files):
        raise click.UsageError("two networks have the same name; give every --network its own")
    device = choose_device(labelled.device)
    chosen = dict(files) or {"factored": SHIPPED}
    networks = {name: load_network(path, device)[0] for name, path in chosen.items()}
    test_set = load_test_set(
        labelled.kind, labelled.people, count=labelled.count, test_list=labelled.test_list
    )
    classes = comparison.FREIBURG if labelled.kind == FREIBURG else comparison.UNITE_THE_PEOPLE
    scores, size = {}, labelled.side
    for name, network in networks.items():
        with stage_bars() as progress:
            counts = cached_counts(
                out,
                name,
                facts_of(network, test_set, kind=labelled.kind, size=size),
                lambda: comparison.count_predictions(
                    network, test_set, classes, size=size, progress=progress(name)
                ),
            )
        scores[name] = comparison.Scores.of(counts, classes)
    numbers = comparison.report_comparison(scores, classes, len(test_set))
    table = comparison.comparison_table(scores, classes, len(test_set))
    if out:
        draw_bars(out / "chart.png", classes.names, comparison.comparison_panels(scores))
    give_results({"data": labelled.kind, "size": size, **numbers}, table, out, report)
