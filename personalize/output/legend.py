"""The legend of the part maps: which number is which part, and its colour."""

import json

from personalize import parts
from personalize.storage.atomic import atomic_write
from personalize.types import Json, PathLike


def legend() -> list[Json]:
    """Return the parts as JSON has them.

    Returns
    -------
    list of dict
        In the order of their ids: ``id``, the value of a pixel in a part map; ``name``; and
        ``colour``, that of overlays, as ``#rrggbb``.
    """
    return [
        {"id": number, "name": name, "colour": "#{:02x}{:02x}{:02x}".format(*colour)}
        for number, (name, colour) in enumerate(zip(parts.NAMES, parts.COLOURS))
    ]


def write_legend(path: PathLike) -> None:
    """Write the legend, a part a line, as a list in JSON."""
    lines = ",\n".join(f"  {json.dumps(part)}" for part in legend())
    with atomic_write(path) as unfinished:
        unfinished.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
