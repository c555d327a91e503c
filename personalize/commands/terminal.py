"""What a user sees: bars on stderr, results on stdout."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import length_hint
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from personalize.storage.workspace import Workspace
    from personalize.types import Json, Progress


def report_run(workspace: Workspace) -> None:
    """Tell where the results are, how long each stage took, and what had to be computed anew."""
    tell_anew(workspace)
    for name, stage in workspace.manifest["stages"].items():
        again = "  (from an earlier run)" if name in workspace.reused else ""
        click.echo(f"{name:10} {stage['seconds']:8.1f} s{again}")
    if "verdict" in workspace.manifest:
        click.echo(verdict_line(workspace.manifest["verdict"]), err=True)
    tell_unseen(workspace.root)
    click.echo(workspace.root)


def tell_unseen(root: Path) -> None:
    """Tell in how many frames the person was not in view, and where, if in any."""
    from personalize.output.finished import read_seen

    seen = read_seen(root)
    for word, meaning in (("no", "not seen"), ("doubt", "in doubt")):
        spans = spans_of([said == word for said in seen])
        if spans:
            count = sum(stop - start for start, stop in spans)
            click.echo(f"{meaning} in {count} of {len(seen)} frames ({in_words(spans)})", err=True)


def spans_of(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Return where a sequence is true, as a list of (start, stop)."""
    spans: list[tuple[int, int]] = []
    for number, flag in enumerate(flags):
        if flag and spans and spans[-1][1] == number:
            spans[-1] = spans[-1][0], number + 1
        elif flag:
            spans.append((number, number + 1))
    return spans


def in_words(spans: Sequence[tuple[int, int]], most: int = 3) -> str:
    """Return spans of frames as text, the longest ones where there are many."""
    named = sorted(sorted(spans, key=lambda span: span[0] - span[1])[:most])
    text = ", ".join(
        f"from {start} to {stop - 1}" if stop > start + 1 else f"{start}" for start, stop in named
    )
    return text + (f", and {len(spans) - most} more times" if len(spans) > most else "")


def tell_anew(workspace: Workspace) -> None:
    """Tell which outputs of an earlier run were not as it had left them."""
    for sentence in workspace.anew:
        click.echo(sentence, err=True)


def verdict_line(verdict: Json) -> str:
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


def give_report(numbers: Json, table: str, path: Path | None) -> None:
    """Print a table, and write its numbers as JSON if a path is given."""
    click.echo(table)
    if path:
        write_text(path, json.dumps(numbers, indent=1))


def write_text(path: Path, text: str) -> None:
    """Write lines to a file, whole or not at all."""
    from personalize.storage.atomic import atomic_write

    with atomic_write(path) as partial:
        partial.write_text(text + "\n")


@contextmanager
def stage_bars() -> Iterator[Progress]:
    """Yield ``progress(stage)``, which wraps a sequence in a bar of that name on stderr."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
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
        tasks: dict[str, TaskID] = {}

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
