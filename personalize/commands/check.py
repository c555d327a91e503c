"""`personalize check`: see that a run folder is as the run left it."""

import sys

import click

from personalize.commands.options import FILE

NOT_WHOLE = 1
"""Exit code where some run is damaged or not finished."""


@click.command()
@click.argument("folder", type=FILE)
def check(folder):
    """Read all that the runs in FOLDER left, a run's or a batch's, and compare it with its digests.

    Nothing is changed: the same run again makes anew what is damaged.
    """
    from personalize.procedures.check import BUSY, WHOLE, check_runs

    failed = False
    for run in check_runs(folder):
        for sentence in run.wrong:
            click.echo(sentence, err=True)
        click.echo(f"{run.root}: {run.state}, {run.outputs} outputs")
        failed |= run.state not in (WHOLE, BUSY)
    if failed:
        sys.exit(NOT_WHOLE)
