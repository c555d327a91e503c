"""`personalize report`: the page of a finished run, made again."""

from pathlib import Path

import click

from personalize.commands.help import command
from personalize.commands.options import FILE


@command("report")
@click.argument("folder", type=FILE)
def report(folder: Path) -> None:
    """Make report.html of a finished run in FOLDER again; needs neither video nor weights."""
    from personalize.report.page import rewrite_report

    click.echo(rewrite_report(folder))
