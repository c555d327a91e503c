import math

import pytest

from personalize.storage.schema import (
    any_of,
    by_name,
    is_manifest,
    list_of,
    number,
    one_of,
    optional,
    record,
    score,
    text,
    whole,
)


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        (text, ["", "a"], [None, 1, b"a"]),
        (whole(1, 3), [1, 3], [0, 4, 1.0, True, "1", None]),
        (number(0, 1), [0, 0.5, 1], [-1, 2, math.nan, math.inf, True, "0"]),
        (score, [0, 0.5, math.nan], [True, "0", None]),
        (one_of("a", 1), ["a", 1], ["b", True, 1.0, None]),
        (optional(text), [None, "a"], [1]),
        (any_of(text, whole()), ["a", 1], [1.5, None]),
        (list_of(text), [[], ["a"]], [["a", 1], "a", {"a": "b"}]),
        (by_name(text), [{}, {"a": "b"}], [{"a": 1}, [], "a"]),
        (
            record(a=text, b=optional(whole())),
            [{"a": "x"}, {"a": "x", "b": 1, "c": 2}],
            [{}, {"b": 1}, {"a": "x", "b": "y"}, [], None],
        ),
    ],
    ids=[
        "text",
        "whole",
        "number",
        "score",
        "one_of",
        "optional",
        "any_of",
        "list",
        "names",
        "record",
    ],
)
def test_a_rule_holds_for_what_is_right_and_for_nothing_else(rule, right, wrong):
    assert [value for value in right if not rule(value)] == []
    assert [value for value in wrong if rule(value)] == []


@pytest.mark.parametrize("value", [None, 0, "x", [], {}, [1], {"a": 1}, -1.5, True])
@pytest.mark.parametrize("place", ["purpose", "source", "facts", "stages", "notes"])
def test_a_manifest_that_holds_is_read_without_a_surprise(place, value):
    manifest = {"purpose": "run", "source": {"name": "a", "digest": "b"}, "facts": {}, "stages": {}}
    assert is_manifest(manifest)
    found = {**manifest, place: value}
    wanted = {"purpose": str, "source": None, "facts": dict, "stages": dict, "notes": dict | None}
    kind = wanted[place]
    fits = kind is not None and isinstance(value, kind)
    if place == "stages":
        fits = value == {}
    assert is_manifest(found) == fits
