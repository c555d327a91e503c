"""`personalize person`: what a person file tells about itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from personalize.commands.help import group
from personalize.commands.options import numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report, table_of, verdict_line
from personalize.commands.window import spell_window

if TYPE_CHECKING:
    from personalize.types import Json


@group()
def person() -> None:
    """Look at the files of persons who were learned."""


@person.command("show")
@click.argument("file", type=FILE)
@numbers_option
def show(file: Path, report: Path | None) -> None:
    """Tell from which video the person in FILE was learned, with what verdict, and on what base."""
    from personalize.network.person_file import describe_person

    told = describe_person(file)
    give_report(told, table_of(rows_of(told)), report)


def rows_of(told: Json) -> dict[str, str]:
    """Return the description of a person file as rows: name -> text."""
    from personalize.types import Window

    rows = {"source": str(told.get("source", "not told"))}
    if told.get("digest"):
        rows["digest"] = str(told["digest"])
    for clip in told.get("clips", ()):
        first, stop = clip["frames"]
        rows[f"  {clip['name']}"] = f"frames {first} to {stop - 1}, {clip['digest']}"
    if told.get("size"):
        rows["video"] = "x".join(map(str, told["size"]))
    if told.get("window"):
        rows["learned from"] = f"frames {spell_window(Window.read(told['window']))}"
    if told.get("verdict"):
        rows["verdict"] = verdict_line(told["verdict"])
    rows["base"] = told["base"]
    rows["size"] = f"{told['parameters']:,} parameters, {told['bytes']:,} bytes"
    return rows
