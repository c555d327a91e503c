"""Paths that a command reads: whatever loads one need not be loaded to see that it is not there."""

import os
from pathlib import Path
from typing import Any

import click

from personalize.errors import InputError


class GivenPath(click.Path):
    """A file or folder that has to be there; one that is not is refused before anything else."""

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> Path:
        """Return the path.

        Parameters
        ----------
        value, param, context
            As click gives them to every type.

        Raises
        ------
        InputError
            If there is nothing at it.
        """
        path = Path(os.fsdecode(super().convert(value, param, context)))
        if not path.exists():
            named = param.opts[0] if isinstance(param, click.Option) else "the path"
            raise InputError(f"{path}: no such file or folder; check {named}")
        return path


GIVEN = GivenPath(path_type=Path)
"""The type of all paths that are read, but for videos, of which more is checked."""
