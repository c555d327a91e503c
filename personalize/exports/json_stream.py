"""Write JSON with a long list item by item: an hour of video has millions of labels."""

import json
from collections.abc import Iterable
from pathlib import Path

from personalize.types import Json


def write_with_list(path: Path, head: Json, name: str, items: Iterable[Json]) -> None:
    """Write an object whose last entry is a list; its items are written one by one.

    Parameters
    ----------
    path : Path
    head : dict
        The other entries; at least one.
    name : str
        Name of the list.
    items : iterable of dict
    """
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{json.dumps(head)[:-1]}, {json.dumps(name)}: [")
        for number, item in enumerate(items):
            file.write(f"{',' if number else ''}\n{json.dumps(item)}")
        file.write("]}\n")
