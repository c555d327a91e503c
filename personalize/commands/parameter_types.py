"""The types of options and arguments: how click reads a path, a size, a moment, a point."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from personalize.errors import PersonalizeError
from personalize.media.moment import Moment
from personalize.settings import AUTO

FILE = click.Path(path_type=Path)

LARGEST = 2048
"""Side of the largest input that the network is given; a window of such frames takes 4 GB."""


class CanvasSize(click.ParamType):
    """An integer, or "auto" for a size that fits the person."""

    name = "integer or auto"
    whole = click.IntRange(64, LARGEST)

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> int | Literal["auto"]:
        """Return `AUTO` or the integer."""
        return AUTO if value == AUTO else self.whole.convert(value, param, context)


class MomentType(click.ParamType):
    """A frame number, or seconds followed by s."""

    name = "frame or seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> Moment:
        """Return the Moment."""
        try:
            return value if isinstance(value, Moment) else Moment.read(value)
        except PersonalizeError as error:
            self.fail(str(error), param, context)


class PersonAt(click.ParamType):
    """A frame and a point in it: FRAME,X,Y."""

    name = "frame,x,y"

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> tuple[int, float, float]:
        """Return (frame, x, y)."""
        if isinstance(value, tuple):
            return value
        try:
            number, x, y = value.split(",")
            return int(number), float(x), float(y)
        except ValueError:
            self.fail(f"{value!r} is not a frame and a point in it, such as 0,320.5,180")


MOMENT = MomentType()
