"""What the commands of `personalize evaluate` share: labelled items in turn, and their verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.terminal import give_report, stage_bars

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.settings import RunSettings
    from personalize.types import Json, PathLike


def measure_base(
    measure: Callable[..., Any], labelled: Sequence[Any], base: Base, settings: RunSettings
) -> dict[str, Any]:
    """Measure the base network on every labelled item, with its name on the terminal.

    Parameters
    ----------
    measure : callable
        ``measure(item, network, settings, progress=...)``.
    labelled : sequence
        Items with a `name`.
    base : Base
    settings : RunSettings

    Returns
    -------
    dict
        What `measure` returned, by the name of the item.
    """
    scores = {}
    for item in labelled:
        click.echo(item.name, err=True)
        with stage_bars() as progress:
            scores[item.name] = measure(item, base.engine, settings, progress=progress)
    return scores


def measure_personalized(
    measure: Callable[..., Any],
    gains: Callable[[Any], Mapping[str, Any]],
    labelled: Sequence[Any],
    out: PathLike,
    base: Base,
    settings: RunSettings,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run every labelled item, and measure it before and after.

    Parameters
    ----------
    measure : callable
        ``measure(item, folder, base, settings, progress=...)`` returns scores and a Verdict.
    gains : callable
        ``gains(scores)``: a `verdicts.Gain` by the module that it measures.
    labelled : sequence
        Items with a `name`.
    out : path-like
        Gets a run folder for each item.
    base : Base
    settings : RunSettings

    Returns
    -------
    scores, judged : dict
        What `measure` returned, and its verdict beside the gains (`Judged`), both by name.
    """
    from personalize.evaluation.verdicts import Judged

    scores, judged = {}, {}
    for item in labelled:
        click.echo(item.name, err=True)
        with stage_bars() as progress:
            scores[item.name], verdict = measure(
                item, out / item.name, base, settings, progress=progress
            )
        judged[item.name] = Judged(verdict, gains(scores[item.name]))
    return scores, judged


def give_judged(numbers: Json, table: str, judged: Mapping[str, Any], report: Path | None) -> None:
    """Print and write the results of an evaluation, and how often the verdicts were right.

    Parameters
    ----------
    numbers : dict
        As JSON has it.
    table : str
        Markdown.
    judged : dict of str to Judged
        By the name of the item.
    report : Path or None
        JSON file to write; "-" is standard output.
    """
    from personalize.evaluation.verdicts import report_verdicts, verdict_table

    numbers = {**numbers, "verdicts": report_verdicts(judged)}
    give_report(numbers, f"{table}\n\n{verdict_table(judged)}", report)
