"""`personalize report`: the page of a finished run, made again."""

from pathlib import Path

import click

from personalize.commands.help import command
from personalize.commands.options import numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report


@command("report")
@click.argument("folder", type=FILE)
@numbers_option
def report(folder: Path, report: Path | None) -> None:
    """Make report.html of a finished run in FOLDER again; needs neither video nor weights."""
    from personalize.report.page import rewrite_report

    page = rewrite_report(folder)
    give_report({"report": page}, str(page), report)
