"""Counts that are kept in a folder, so that an experiment that was stopped need not count again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from personalize.datasets.labelled import digest_of
from personalize.experiments.examples import Examples
from personalize.network.checkpoints import digest
from personalize.storage import manifest
from personalize.storage.atomic import atomic_write
from personalize.types import Array, Json, PathLike


def kept(folder: PathLike | None, name: str, facts: Json, count: Callable[[], Array]) -> Array:
    """Return counts: those in the folder if they are of the same facts, else new ones.

    Parameters
    ----------
    folder : path-like or None
        Where counts are kept; None keeps nothing.
    name : str
        Of the counts, part of the name of their file.
    facts : dict
        All that the counts depend on; of `facts_of`.
    count : callable
        Counts anew: () -> int array.

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
    """What a file of counts says; None where there is none, or a damaged one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        np.array(found["counts"], np.int64)
        return {"facts": found["facts"], "counts": found["counts"]}
    except (FileNotFoundError, ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return None


def facts_of(network: nn.Module, examples: Examples, **more: Any) -> Json:
    """Return all that the counts of a network's answers depend on.

    Parameters
    ----------
    network : Module
    examples : Examples
    **more
        Further settings.

    Returns
    -------
    dict
        As JSON has it.
    """
    return {
        **manifest.program(),
        "weights": digest(network.state_dict()),
        "examples": digest_of(examples.items),
        **manifest.plain(more),
    }
