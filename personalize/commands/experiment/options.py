"""Options that experiments share, and how results are given."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.given import GIVEN
from personalize.commands.groups import Decorator, LabelledPeople, grouped, options
from personalize.commands.options import device_option, numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import STDOUT, give_report, write_text
from personalize.training.settings import RECIPES

if TYPE_CHECKING:
    from personalize.types import Json

AS_RUNS_SEE = 304
"""Side at which heads of rendered people are as large as a run sees them
(`LocateSettings.head`)."""

AS_FINE_AS_LABELS = 512
"""Side at which a cell of the answer is a cell of the labels (paper): what is injected is as fine
as what a network is held to."""

TO_LEARN = RECIPES["quick"].size
"""Side of the training images of the recipe "quick": what is learned, and how long it takes."""

KINDS = ("rendered", "unite-the-people", "freiburg")
"""Kinds of `datasets.labelled`, which help must not import; the last has other parts than the
others."""

FILE_NAME = re.compile(r"[\w.-]+")


class NamedFile(click.ParamType):
    """NAME=FILE: a name that may be part of a file's, and a path."""

    name = "name=file"

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> tuple[str, Path]:
        """Return (name, path)."""
        if isinstance(value, tuple):
            return value
        name, sign, path = value.partition("=")
        if not (sign and path and FILE_NAME.fullmatch(name)):
            self.fail(f"{value!r}: give NAME=FILE, the name of letters, digits, '.', '-' and '_'")
        return name, GIVEN.convert(path, param, context)


def people_options(kinds: Sequence[str], size: int) -> Decorator:
    """Options of an experiment on labelled people of some kinds of data sets, seen at a size; their
    values are its argument `labelled`.
    """
    return grouped(
        "labelled",
        LabelledPeople,
        click.argument("people", type=GIVEN),
        click.option(
            "--data",
            "kind",
            type=click.Choice(kinds),
            default=kinds[0],
            help="What PEOPLE holds; see data/README.md.",
        ),
        click.option(
            "--test-list",
            type=GIVEN,
            help="Names of the photographs to test on, one a line; Unite the People has one, "
            "Freiburg needs one.",
        ),
        click.option(
            "--count",
            type=click.IntRange(1),
            help="Most people to test on, spread over those that are for testing; by default all.",
        ),
        click.option(
            "--size", type=click.IntRange(64), default=size, help="Side of the network's input."
        ),
        device_option,
    )


result_options = options(
    click.option(
        "--out",
        type=FILE,
        help="Folder of the table, the numbers, the chart, and of what was counted, so that a "
        "stopped experiment goes on.",
    ),
    numbers_option,
)


def give_results(
    numbers: Json, table: str, out: Path | None = None, report: Path | None = None
) -> None:
    """Print a table, write its numbers, and write both to a folder if one is given.

    Parameters
    ----------
    numbers : dict
        As JSON has it.
    table : str
        Markdown.
    out : Path, optional
        Folder for table.md and report.json.
    report : Path, optional
        JSON file for the numbers; "-" is standard output.
    """
    give_report(numbers, table, report)
    if out:
        write_text(out / "table.md", table)
        write_text(out / "report.json", json.dumps(numbers, indent=1))
        click.echo(f"\n{out}", err=report == STDOUT)
