"""The legend of the part maps: number, name and colour of every part."""

import json

from personalize import parts
from personalize.storage.atomic import atomic_write
from personalize.types import Json, PathLike


def legend() -> list[Json]:
    """Return the parts as a list for JSON.

    Returns
    -------
    list of dict
        In the order of their ids. ``id`` is the value of a pixel in a part map, ``colour`` the
        colour in overlays as ``#rrggbb``; ``name`` is that of `parts.NAMES`.
    """
    return [
        {"id": number, "name": name, "colour": "#{:02x}{:02x}{:02x}".format(*colour)}
        for number, (name, colour) in enumerate(zip(parts.NAMES, parts.COLOURS))
    ]


def write_legend(path: PathLike) -> None:
    """Write the legend as a JSON list, one part a line."""
    lines = ",\n".join(f"  {json.dumps(part)}" for part in legend())
    with atomic_write(path) as unfinished:
        unfinished.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
