"""Load the function that writes a format."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from personalize.exports.formats import FORMATS
from personalize.exports.task import Task


def writer_of(name: str) -> Callable[[Task, Path], None]:
    """Return the function of a format: ``write(task, folder)``."""
    module = import_module(f"personalize.exports.{FORMATS[name].module}")
    write: Callable[[Task, Path], None] = module.write
    return write
