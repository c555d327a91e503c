"""The schema of a manifest, which may have been edited: the one place where its types are checked.

A rule is a function that returns whether a value, as JSON has it, is valid. Only what the program
reads back is checked; anything else in a manifest is left as it is.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

Rule: TypeAlias = Callable[[Any], bool]

_ABSENT = object()
_LONGEST = 1e10  # seconds
_MOST = 2**53  # numbers up to which JSON's are whole


def text(value: object) -> bool:
    """Whether something is a text that can be written into a file."""
    return isinstance(value, str)


def whole(low: int = 0, high: int = _MOST) -> Rule:
    """Return the rule of a whole number from `low` to `high`."""
    return lambda value: type(value) is int and low <= value <= high


def number(low: float, high: float = math.inf) -> Rule:
    """Return the rule of a number from `low` to `high`, which is no NaN."""
    return lambda value: type(value) in (int, float) and low <= value <= high


def score(value: object) -> bool:
    """Whether something is a number; NaN, too, where there was nothing to score."""
    return type(value) in (int, float)


def one_of(*values: object) -> Rule:
    """Return the rule of a value of a list."""
    return lambda value: any(type(value) is type(known) and value == known for known in values)


def optional(rule: Rule) -> Rule:
    """Return the rule of what may be absent, or null."""
    return lambda value: value is _ABSENT or value is None or rule(value)


def any_of(*rules: Rule) -> Rule:
    """Return the rule of a value that keeps one of several."""
    return lambda value: any(rule(value) for rule in rules)


def list_of(rule: Rule) -> Rule:
    """Return the rule of a list whose items keep a rule."""
    return lambda value: isinstance(value, list) and all(map(rule, value))


def by_name(rule: Rule) -> Rule:
    """Return the rule of an object of any names whose values keep a rule."""
    return lambda value: isinstance(value, dict) and all(map(rule, value.values()))


def record(**fields: Rule) -> Rule:
    """Return the rule of an object whose fields keep rules."""

    def holds(value: Any) -> bool:
        return isinstance(value, dict) and all(
            rule(value.get(name, _ABSENT)) for name, rule in fields.items()
        )

    return holds


def anything(value: object) -> bool:
    """Whether something is there."""
    return value is not _ABSENT


is_stage = record(
    key=optional(text),
    settings=by_name(anything),
    seconds=number(0, _LONGEST),
    outputs=any_of(list_of(text), by_name(anything)),
)
"""Whether something may be the record of a stage, void or not."""

is_choice = record(
    kept=one_of("personal", "generic"),
    reason=text,
    estimate=optional(score),
    uncertainty=optional(score),
)
"""Whether a value may be the choice for one module (`verdict.Choice`)."""

is_verdict = record(
    silhouettes=is_choice,
    parts=is_choice,
    held_out=whole(),
    evidence=by_name(record(generic=score, personal=score)),
)
"""Whether something may be what `Verdict.describe` returns."""

is_manifest = record(
    purpose=text,
    source=record(
        name=text,
        digest=text,
        frames=optional(whole(1)),
        height=optional(whole(1)),
        width=optional(whole(1)),
        fps=optional(number(0)),
    ),
    facts=by_name(anything),
    notes=optional(by_name(anything)),
    versions=optional(by_name(anything)),
    teacher=optional(record(taught=whole(), frames=whole())),
    stages=by_name(is_stage),
)
"""Whether something may be the manifest of a run folder."""
