"""`personalize person`: what a person file holds."""

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
    """Show from which video the person in FILE was learned, with what verdict, and on what base."""
    from personalize.network.person_file import describe_person

    facts = describe_person(file)
    give_report(facts, table_of(rows_of(facts)), report)


def rows_of(facts: Json) -> dict[str, str]:
    """Return the description of a person file as rows: name -> text."""
    from personalize.types import Window

    rows = {"source": str(facts.get("source", "unknown"))}
    if facts.get("digest"):
        rows["digest"] = str(facts["digest"])
    for clip in facts.get("clips", ()):
        first, stop = clip["frames"]
        rows[f"  {clip['name']}"] = f"frames {first} to {stop - 1}, {clip['digest']}"
    if facts.get("size"):
        rows["video"] = "x".join(map(str, facts["size"]))
    if facts.get("window"):
        rows["learned from"] = f"frames {spell_window(Window.read(facts['window']))}"
    if facts.get("verdict"):
        rows["verdict"] = verdict_line(facts["verdict"])
    rows["base"] = facts["base"]
    rows["size"] = f"{facts['parameters']:,} parameters, {facts['bytes']:,} bytes"
    return rows
