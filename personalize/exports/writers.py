"""From the name of a format to the function that writes it, which is loaded then."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from personalize.exports.formats import FORMATS
from personalize.exports.task import Task


def writer_of(name: str) -> Callable[[Task, Path], None]:
    """Return what writes a format: ``write(task, folder)``."""
    module = import_module(f"personalize.exports.{FORMATS[name].module}")
    write: Callable[[Task, Path], None] = module.write
    return write
