"""`personalize doctor`: does this machine have what a run needs, and how fast is it?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from personalize.commands.help import command
from personalize.commands.options import numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report, stage_bars, table_of


@command()
@click.argument("folder", type=FILE, default=".")
@click.option("--device", default="auto", help="auto, cpu, cuda, cuda:1 ...")
@numbers_option
def doctor(folder: Path, device: str, report: Path | None) -> None:
    """Show versions, processor, engines and their speed, codecs, memory, disk and locks in FOLDER,
    where results would go; exit 1 if something would make a run fail.
    """
    with stage_bars() as progress:
        with progress.during("load"):
            from personalize.procedures.doctor import examine

        findings = list(examine(folder, device, progress=progress("examine")))
    failing = [finding for finding in findings if finding.remedy]
    rows = {
        finding.name: f"{finding.value}{f'  << {finding.remedy}' if finding.remedy else ''}"
        for finding in findings
    }
    give_report([vars(finding) for finding in findings], table_of(rows), report)
    if failing:
        names = ", ".join(finding.name for finding in failing)
        click.echo(f"A run would fail: {names}", err=True)
        sys.exit(1)
