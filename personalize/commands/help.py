"""Help that shows everyday commands and options first, and the others below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

LONGEST = 200
"""Greatest length of a command's description in the help of its group."""

EVERYDAY = frozenset(
    (
        *(
            "out",
            "start",
            "end",
            "person",
            "person_at",
            "silhouettes",
            "overlay",
            "export",
            "to",
            "report",
        ),
        *("dry_run", "device", "config", "progress", "quiet", "verbose", "help"),
    )
)
"""Names of the options that come first, as do those that a command requires."""


class Command(click.Command):
    """A command whose everyday options stand apart from its advanced ones in its help."""

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in two sections."""
        everyday: list[tuple[str, str]] = []
        advanced: list[tuple[str, str]] = []
        for parameter in self.get_params(context):
            record = parameter.get_help_record(context)
            if record and isinstance(parameter, click.Option):
                first = parameter.required or parameter.name in EVERYDAY
                (everyday if first else advanced).append(record)
        for title, records in (("Options", everyday), ("Advanced options", advanced)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Group(click.Group):
    """A group of such commands."""

    command_class = Command


class Sections(Group):
    """A group that lists its commands in sections.

    Parameters
    ----------
    *words, **named
        As for `Group`.
    sections : dict of str to sequence of str
        Names of commands by the title of their section.
    """

    sections: Mapping[str, Sequence[str]]

    def __init__(self, *words: Any, sections: Mapping[str, Sequence[str]], **named: Any) -> None:
        super().__init__(*words, **named)
        self.sections = sections

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names in the order of the sections."""
        listed = [name for names in self.sections.values() for name in names]
        return [name for name in listed if name in self.commands] + sorted(
            self.commands.keys() - set(listed)
        )

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections."""
        width = max(len(name) for name in self.commands)
        for title, names in self.sections.items():
            known = [self.commands[name] for name in names if name in self.commands]
            rows = [
                (f"{command.name or '':{width}}", command.get_short_help_str(LONGEST))
                for command in known
                if not command.hidden
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def command(*words: Any, **named: Any) -> Any:
    """Return the decorator that makes a function a `Command`."""
    return click.command(*words, cls=Command, **named)


def group(*words: Any, **named: Any) -> Any:
    """Return the decorator that makes a function a `Group`."""
    return click.group(*words, cls=Group, **named)
