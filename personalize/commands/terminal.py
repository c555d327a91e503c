"""What a user sees: bars on stderr, results on stdout."""

import json
from contextlib import contextmanager
from operator import length_hint

import click


def report_run(workspace):
    """Tell where the results are, how long each stage took, and what had to be computed anew."""
    tell_anew(workspace)
    for name, stage in workspace.manifest["stages"].items():
        again = "  (from an earlier run)" if name in workspace.reused else ""
        click.echo(f"{name:10} {stage['seconds']:8.1f} s{again}")
    if "verdict" in workspace.manifest:
        click.echo(verdict_line(workspace.manifest["verdict"]), err=True)
    click.echo(workspace.root)


def tell_anew(workspace):
    """Tell which outputs of an earlier run were not as it had left them."""
    for sentence in workspace.anew:
        click.echo(sentence, err=True)


def verdict_line(verdict):
    """Return in one line which network was kept, and why."""
    scores = [
        f"{kind} {score['generic']:.3f} -> {score['personal']:.3f}"
        for kind, score in verdict["evidence"].items()
    ]
    if not scores:
        return "no frame was held out to prove what was learned; it is kept"
    on = f"on {verdict['held_out']} frames held out, without labels: {', '.join(scores)}"
    if verdict["kept"] == "personal":
        return f"the personal network is better {on}"
    return (
        f"what the network learned did not hold up ({verdict['why']}) {on}; the generic one is kept"
    )


def give_report(numbers, table, path):
    """Print a table, and write its numbers as JSON if a path is given."""
    click.echo(table)
    if path:
        write_text(path, json.dumps(numbers, indent=1))


def write_text(path, text):
    """Write lines to a file, whole or not at all."""
    from personalize.storage.atomic import atomic_write

    with atomic_write(path) as partial:
        partial.write_text(text + "\n")


@contextmanager
def stage_bars():
    """Yield ``progress(stage)``, which wraps a sequence in a bar of that name on stderr."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:>12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def progress(stage):
            def wrap(items):
                task = tasks[stage] if stage in tasks else bars.add_task(stage, total=None)
                tasks[stage] = task
                total = (bars.tasks[task].total or 0) + length_hint(items)  # a stage may loop twice
                bars.update(task, total=total or None)
                for item in items:
                    yield item
                    bars.advance(task)
                if bars.tasks[task].total is None:  # nobody knew how many there would be
                    bars.update(task, total=bars.tasks[task].completed)

            return wrap

        yield progress
