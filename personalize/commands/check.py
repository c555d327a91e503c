"""`personalize check`: check that a run folder is as the run left it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from personalize.commands.help import command
from personalize.commands.options import numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report, tell

NOT_WHOLE = 1
"""Exit code where some run is damaged or not finished."""


@command()
@click.argument("folder", type=FILE)
@numbers_option
def check(folder: Path, report: Path | None) -> None:
    """Read all results in FOLDER, of a run or of a batch, and compare them with their digests.

    Nothing is changed: the same run again makes anew what is damaged.
    """
    from personalize.procedures.check import BUSY, WHOLE, check_runs

    runs = []
    for run in check_runs(folder):  # each is shown when it is known: folders may be large
        for sentence in run.wrong:
            tell(sentence)
        runs.append(run)
    lines = [f"{run.root}: {run.state}, {run.outputs} outputs" for run in runs]
    give_report([vars(run) for run in runs], "\n".join(lines), report)
    if any(run.state not in (WHOLE, BUSY) for run in runs):
        sys.exit(NOT_WHOLE)
