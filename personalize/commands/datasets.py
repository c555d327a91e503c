"""`personalize datasets`: which of the data sets that commands take are there."""

import sys
from pathlib import Path

import click

from personalize.commands.help import group
from personalize.commands.options import numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report, stage_bars


@group()
def datasets() -> None:
    """Look after data sets; data/README.md says where they come from."""


@datasets.command("check")
@click.argument("root", type=FILE)
@click.option(
    "--decode", is_flag=True, help="Decode every picture and read every label; takes minutes."
)
@numbers_option
def check(root: Path, decode: bool, report: Path | None) -> None:
    """Show which data sets lie in ROOT or directly below it; exit 1 if one is not complete."""
    from personalize.datasets.check import check_folder

    with stage_bars() as progress:
        findings = check_folder(root, decode=decode, progress=progress("check"))
    give_report([vars(finding) for finding in findings], "\n".join(map(str, findings)), report)
    if not all(finding.whole for finding in findings):
        sys.exit(1)
