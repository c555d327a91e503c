"""Damaged copies of what is sound, the same for the same seed."""

import json
from copy import deepcopy

import numpy as np

STRANGE = (
    *(None, True, False, 0, -1, 1, 1.5, -0.0, 2**31, 2**63, -(2**63), 10**30, 1e308),
    *(float("nan"), float("inf"), "", "x", "0", "../../outside/victim.txt", "/etc/passwd", "\0"),
    *("\ud800", "a" * 5000, [], {}, [[]], [None], {"": None}, {"key": None}),
)
"""Values that a careless or a hostile hand puts into JSON."""
_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF)


def random_of(seed: int) -> np.random.Generator:
    """Return the generator of a mutant."""
    return np.random.default_rng(seed)


def mutate(content: bytes, random: np.random.Generator) -> bytes:
    """Return bytes with one to three damages: flipped, set, cut, doubled, removed, or filled up."""
    damaged = bytearray(content)
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        if not damaged:
            return b""
        _DAMAGES[random.integers(len(_DAMAGES))](damaged, random)
    return bytes(damaged)


def _place(damaged, random):
    """A place in a file: half of the time near its begin, where formats tell what they are."""
    near = min(len(damaged), 200) if random.random() < 0.5 else len(damaged)
    return int(random.integers(near))


def _flip(damaged, random):
    damaged[_place(damaged, random)] ^= 1 << int(random.integers(8))


def _set(damaged, random):
    damaged[_place(damaged, random)] = _NUMBERS[random.integers(len(_NUMBERS))]


def _number(damaged, random):
    """A whole number of 4 bytes: huge, negative or 0, in either order of bytes."""
    value = [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 1 << 24][random.integers(5)]
    place = _place(damaged, random)
    order = "big" if random.random() < 0.5 else "little"
    damaged[place : place + 4] = value.to_bytes(4, order)


def _cut(damaged, random):
    del damaged[_place(damaged, random) :]


def _remove(damaged, random):
    place = _place(damaged, random)
    del damaged[place : place + int(random.integers(1, 64))]


def _double(damaged, random):
    place = _place(damaged, random)
    damaged[place:place] = damaged[place : place + int(random.integers(1, 256))]


def _fill(damaged, random):
    place, count = _place(damaged, random), int(random.integers(1, 64))
    damaged[place : place + count] = random.bytes(count)


def _blank(damaged, random):
    """A block that the disk never got."""
    place = _place(damaged, random)
    count = min(int(random.integers(1, 4096)), len(damaged) - place)
    damaged[place : place + count] = bytes(count)


_DAMAGES = (_flip, _flip, _set, _number, _cut, _remove, _double, _fill, _blank)


def mutate_arrays(arrays: dict, random: np.random.Generator) -> dict:
    """Return arrays of which one is of another type, shape or content, lost, or has a new name."""
    changed = dict(arrays)
    name = list(arrays)[random.integers(len(arrays))]
    value = changed.pop(name)
    strange = (
        *(value[..., :0], value[None], value.ravel(), value[:1], -value.astype(float)),
        *(value.astype(float) * np.nan, value.astype(float) * np.inf, value.astype(float) * 1e300),
        *(value.astype(str), value > 0, value.astype(np.complex64), np.array(7), np.zeros(0)),
        *(np.full(value.shape, 2**62), np.array([["a", "b"]], object), np.array(["../a"])),
    )
    if random.random() < 0.9:
        changed[name] = strange[random.integers(len(strange))]
    elif random.random() < 0.5:
        changed["x" + name] = value
    return changed


def mutate_json(text: str, random: np.random.Generator) -> str:
    """Return JSON in which one to three values or names were exchanged, lost or added."""
    root = [json.loads(text)]
    for _ in range(random.integers(1, 4)):
        places = list(_places(root))
        holder, key = places[random.integers(len(places))]
        kind = random.random()
        if kind < 0.6:
            holder[key] = deepcopy(STRANGE[random.integers(len(STRANGE))])  # may be changed next
        elif kind < 0.75:
            other, at = places[random.integers(len(places))]
            holder[key] = json.loads(json.dumps(other[at]))
        elif isinstance(holder, dict):
            value = holder.pop(key)
            if kind < 0.9:
                holder[str(STRANGE[random.integers(len(STRANGE))])] = value
        elif len(holder) > 1:
            del holder[key]
    return json.dumps(root[0], indent=1)


def _places(value):
    """Yield every (holder, key) in a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)
