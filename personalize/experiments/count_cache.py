"""A cache of counts in a folder, so that a stopped experiment does not count again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from personalize.datasets.labelled import digest_of
from personalize.experiments.labelled_images import LabelledImages
from personalize.network.checkpoints import digest
from personalize.storage import manifest
from personalize.storage.atomic import atomic_write
from personalize.types import Array, Json, PathLike


def cached_counts(
    folder: PathLike | None, name: str, facts: Json, count: Callable[[], Array]
) -> Array:
    """Return counts from the folder if they have the same facts, and else count anew.

    Parameters
    ----------
    folder : path-like or None
        Folder of the cache; None for no cache.
    name : str
        Part of the name of the file.
    facts : dict
        All that the counts depend on, from `facts_of`.
    count : callable
        Computes the counts: () -> int array.

    Returns
    -------
    int64 array
    """
    if folder is None:
        return count()
    path = Path(folder) / f"counts-{name}.json"
    found = _read(path)
    if found is not None and found["facts"] == facts:
        return np.array(found["counts"], np.int64)
    counts = count()
    with atomic_write(path) as partial:
        partial.write_text(json.dumps({"facts": facts, "counts": counts.tolist()}))
    return counts


def _read(path: Path) -> Json | None:
    """Read a file of counts; None if it is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        np.array(found["counts"], np.int64)
        return {"facts": found["facts"], "counts": found["counts"]}
    except (FileNotFoundError, ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return None


def facts_of(network: nn.Module, test_set: LabelledImages, **more: Any) -> Json:
    """Return all that the counts of a network's predictions depend on.

    Parameters
    ----------
    network : Module
    test_set : LabelledImages
    **more
        Further settings.

    Returns
    -------
    dict
        For JSON.
    """
    return {
        **manifest.program(),
        "weights": digest(network.state_dict()),
        "examples": digest_of(test_set.items),
        **manifest.plain(more),
    }
