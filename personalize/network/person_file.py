"""Read and check the description of a person file, without torch."""

import json
from pathlib import Path

from safetensors import safe_open

from personalize.errors import WeightsError
from personalize.network.weights_file import PERSON, read_metadata
from personalize.types import Json


def facts_of(manifest: Json) -> Json:
    """Return the description of a person file, made from the manifest of its stages.

    It has no time of day and no path, so that the same input gives the same bytes.
    """
    source = manifest["source"]
    verdict = {name: value for name, value in manifest["verdict"].items() if name != "settings"}
    return {
        "source": source["name"],
        "digest": source["digest"],
        "clips": source.get("clips", []),
        "size": [source["width"], source["height"]],
        "window": manifest["window"],
        "verdict": verdict,
        "program": manifest["facts"],
    }


def is_written(manifest: Json, path: Path) -> bool:
    """Return whether a person file was written from the finished stages of a manifest."""
    try:
        return bool(json.loads(read_metadata(path, PERSON)["facts"]) == facts_of(manifest))
    except (WeightsError, KeyError, ValueError):
        return False


def describe_person(path: Path) -> Json:
    """Return the description of a person file.

    Returns
    -------
    dict
        For JSON: ``file``, ``bytes``, ``parameters``, ``base`` (the digest of the weights that it
        belongs to), and its source; a file of `run` has less about that than one of `learn`.

    Raises
    ------
    WeightsError
        If the file is missing, damaged or no person file.
    """
    metadata = read_metadata(path, PERSON)
    with safe_open(path, framework="np") as file:
        shapes = [file.get_slice(name).get_shape() for name in file.keys()]
    try:
        facts = json.loads(metadata.get("facts", "{}"))
    except ValueError as error:
        raise WeightsError(f"{path}: its description is damaged; learn again") from error
    return {
        **(facts if isinstance(facts, dict) else {}),
        "file": str(path),
        "bytes": path.stat().st_size,
        "parameters": sum(_product(shape) for shape in shapes),
        "base": metadata.get("base", ""),
    }


def _product(shape: list[int]) -> int:
    count = 1
    for side in shape:
        count *= side
    return count
