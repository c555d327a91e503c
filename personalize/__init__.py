"""Learn the person of a video: factored human parsing that adapts to one person.

The names below are the library's Python interface. Each is loaded on first use, so that
``import personalize`` costs nothing. ``docs/api.md`` has examples.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.errors import PersonalizeError
    from personalize.exports.settings import ExportSettings
    from personalize.media.video import open_source as open_video
    from personalize.output.finished import FinishedRun, read_run
    from personalize.procedures.export import export
    from personalize.procedures.library import load_generic, load_person, parse, parser_for, run
    from personalize.settings import RunSettings
    from personalize.stages.parse import Parser
    from personalize.stages.parsed_frame import ParsedFrame
    from personalize.stages.settings import ParseSettings

__version__ = "0.1.0"

__all__ = [
    "Base",
    "ExportSettings",
    "FinishedRun",
    "ParseSettings",
    "ParsedFrame",
    "Parser",
    "PersonalizeError",
    "RunSettings",
    "__version__",
    "export",
    "load_generic",
    "load_person",
    "open_video",
    "parse",
    "parser_for",
    "read_run",
    "run",
]

_HOMES = {
    "Base": "adaptation.base",
    "ExportSettings": "exports.settings",
    "FinishedRun": "output.finished",
    "ParseSettings": "stages.settings",
    "ParsedFrame": "stages.parsed_frame",
    "Parser": "stages.parse",
    "PersonalizeError": "errors",
    "RunSettings": "settings",
    "export": "procedures.export",
    "load_generic": "procedures.library",
    "load_person": "procedures.library",
    "open_video": "procedures.library",
    "parse": "procedures.library",
    "parser_for": "procedures.library",
    "read_run": "output.finished",
    "run": "procedures.library",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'personalize' has no attribute {name!r}")
    return getattr(import_module(f"personalize.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
