"""All settings of a run as a TOML file: written with what each number means, and read back.

Records within `RunSettings` are tables. The meaning of a number is taken from the docstring below
its field, or from the *Attributes* of its record, so that file and program cannot drift apart.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import json
import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from personalize.errors import InputError, PersonalizeError, SettingsError
from personalize.settings import RunSettings

WIDTH = 96
HEAD = """\
# Settings of `personalize run --config FILE`, `learn`, `parse` and `batch`. Settings that are left
# out keep their defaults; options on the command line take precedence.
"""


def read_settings(path: Path) -> RunSettings:
    """Read settings from a TOML file.

    Raises
    ------
    InputError
        If the file cannot be read, names a setting that does not exist, or has a value that is not
        possible.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InputError(f"{path}: cannot be read ({reason}); check --config") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is no TOML ({error}); `personalize config` writes it") from error
    return settings_of(given, str(path))


def settings_of(given: Mapping[str, Any], origin: str) -> RunSettings:
    """Return the settings of nested dicts: TOML's, or those that a manifest keeps.

    Parameters
    ----------
    given : dict
    origin : str
        Where they come from, for messages.
    """
    try:
        settings: RunSettings = _filled(RunSettings(), given, "")
    except PersonalizeError as error:
        raise InputError(f"{origin}: {error}") from error
    return settings


def write_settings(settings: RunSettings) -> str:
    """Return the text of a TOML file with all settings, and what each of them means."""
    return HEAD + "\n" + "\n".join(_lines(settings, ""))


def meanings(kind: type) -> dict[str, str]:
    """Return what the fields of a record mean, by name, those that it inherits among them.

    That is the docstring below a field, or below a group of fields, or the text of the field among
    the *Attributes* of the record.
    """
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if is_dataclass(base):
            found |= _attributes(inspect.getdoc(base) or "") | _docstrings(base)
    return found


def _attributes(docstring: str) -> dict[str, str]:
    """The texts of the section Attributes of a docstring, by name."""
    _, _, section = docstring.partition("Attributes\n----------\n")
    found = {}
    for entry in re.split(r"\n(?=\w)", section):
        heading, _, text = entry.partition("\n")
        for name in heading.split(" : ")[0].split(", "):
            found[name] = " ".join(text.split())
    return found


def _docstrings(kind: type) -> dict[str, str]:
    """The docstrings below fields; one below several fields in a row is that of them all."""
    [record] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(record, ast.ClassDef)
    found: dict[str, str] = {}
    together: list[str] = []
    for node in record.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if together and is_dataclass(getattr(kind, together[-1], None)):
                together = []  # a record describes itself
            together.append(node.target.id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found |= dict.fromkeys(together, " ".join(str(node.value.value).split()))
            together = []
    return found


def _lines(record: Any, path: str) -> Iterator[str]:
    """The lines of a table: its own values first, as in TOML, then the tables in it."""
    described = meanings(type(record))
    inner = [field.name for field in fields(record) if is_dataclass(getattr(record, field.name))]
    before = ""
    for field in fields(record):
        if field.name in inner:
            continue
        words = described.get(field.name, "")
        if words != before:  # else it is that of the field above
            yield from _comment(words)
        before = words
        value = getattr(record, field.name)
        yield f"# {field.name} =" if value is None else f"{field.name} = {_toml(value)}"
    for name in inner:
        value, place = getattr(record, name), f"{path}{name}"
        yield ""
        yield from _comment((type(value).__doc__ or "").split("\n\n")[0])
        yield from _comment(described.get(name, ""))
        yield f"[{place}]"
        yield from _lines(value, f"{place}.")


def _comment(words: str) -> list[str]:
    text = " ".join(words.replace("``", "`").split())
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH)]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_toml, value))}]"
    if is_dataclass(value):
        inside = (f"{field.name} = {_toml(getattr(value, field.name))}" for field in fields(value))
        return f"{{{', '.join(inside)}}}"
    return repr(value)


def _filled(record: Any, given: Mapping[str, Any], path: str) -> Any:
    """The record with what is given in place of its own."""
    hints = get_type_hints(type(record))
    names = [field.name for field in fields(record)]
    changes = {}
    for name, value in given.items():
        if name not in names:
            close = difflib.get_close_matches(name, names, 1)
            meant = f", perhaps {path}{close[0]}" if close else ""
            raise SettingsError(
                f"{path}{name} is no setting{meant}; `personalize config` prints all that there are"
            )
        own = getattr(record, name)
        if is_dataclass(own) and isinstance(value, Mapping):
            changes[name] = _filled(own, value, f"{path}{name}.")
        else:
            changes[name] = _fitted(value, hints[name], f"{path}{name}")
    return replace(record, **changes)


def _fitted(value: Any, hint: Any, name: str) -> Any:
    """A value as its type has it; TOML has no tuples, and writes 1 for 1.0."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        for kind in inner:
            try:
                return _fitted(value, kind, name)
            except SettingsError:
                continue
    elif origin is Literal and value in inner:
        return value
    elif hint is NoneType and value is None:
        return None
    elif origin is tuple and isinstance(value, (list, tuple)):
        kinds = [inner[0]] * len(value) if inner[1:] == (...,) else list(inner)
        if len(kinds) == len(value):
            return tuple(_fitted(item, kind, name) for item, kind in zip(value, kinds))
    elif isinstance(hint, type) and is_dataclass(hint) and isinstance(value, Mapping):
        return _filled(hint(), value, f"{name}.")
    elif hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    elif isinstance(hint, type) and type(value) is hint:
        return value
    raise SettingsError(f"{name} = {value!r}: is not of the kind {_spell(hint)}")


def _spell(hint: Any) -> str:
    kinds = {bool: "true or false", int: "whole number", float: "number", str: "text"}
    if get_origin(hint) is Literal:
        return " or ".join(map(repr, get_args(hint)))
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(_spell(kind) for kind in get_args(hint) if kind is not NoneType)
    if get_origin(hint) is tuple:
        return f"list of {_spell(get_args(hint)[0])}"
    return kinds.get(hint, getattr(hint, "__name__", str(hint)))
