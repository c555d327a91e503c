"""Read the metadata of a weights file, without torch and without its tensors."""

from pathlib import Path

from safetensors import SafetensorError, safe_open

from personalize.errors import WeightsError
from personalize.types import PathLike

BASE, PERSON = "base", "person"
"""Kinds of files: a whole network, and the modules that learned a person."""


def read_metadata(path: PathLike, kind: str | None = None) -> dict[str, str]:
    """Return the metadata of a safetensors file of a `kind`, or of any.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, or of another kind.
    """
    if not Path(path).is_file():
        raise WeightsError(f"{path}: there is no weights file here; check the path")
    try:
        with safe_open(path, framework="np") as file:
            metadata: dict[str, str] = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise unreadable(path, error) from error
    found = metadata.get("kind", "other weights")
    if kind and found != kind:
        raise WeightsError(f"{path}: expected a {kind} file, found {found}")
    return metadata


def unreadable(path: PathLike, error: Exception) -> WeightsError:
    """Return the error of a file that is damaged, or no weights file at all."""
    return WeightsError(f"{path}: not a readable safetensors file ({error})")
