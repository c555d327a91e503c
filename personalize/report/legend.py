"""The legend of the parts, and the alarms of a run, as HTML of the report."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from personalize import parts
from personalize.types import Json

SIDES = {"r": "right", "l": "left"}
LIMBS = {
    "hand": "hand",
    "wrist": "wrist",
    "larm": "lower arm",
    "elbow": "elbow",
    "uarm": "upper arm",
    "shoulder": "shoulder",
    "ubody": "upper body",
    "lbody": "lower body",
    "uleg": "upper leg",
    "knee": "knee",
    "lleg": "lower leg",
    "ankle": "ankle",
    "foot": "foot",
}


def name_part(name: str) -> str:
    """Return the name of a part in words, from that of `parts.NAMES`."""
    if name.endswith("head"):
        level = "upper" if name[1] == "u" else "lower"
        return f"{SIDES[name[0]]} {level} head"
    if name[0] in SIDES and name[1:] in LIMBS:
        return f"{SIDES[name[0]]} {LIMBS[name[1:]]}"
    return name


def part_legend() -> str:
    """Return a list of all parts, each with its colour, as HTML."""
    items = "".join(
        f'<li><i style="background:rgb{colour}"></i>{escape(name_part(name))}</li>'
        for name, colour in zip(parts.NAMES[1:], parts.COLOURS[1:])
    )
    return f'<ul class="legend">{items}</ul>'


def alarm_list(manifest: Json) -> str:
    """Return the alarms of a run with their frames, as HTML; an empty text without alarms."""
    sentences = [words for alarm in _alarms(manifest) if (words := _alarm(alarm))]
    if not sentences:
        return ""
    items = "".join(f"<li>{words}</li>" for words in sentences)
    return (
        '<div class="card alarms" role="group" aria-label="Look at this"><p class="verdict">Look at'
        f" this</p><ul>{items}</ul></div>"
    )


def frame_words(frames: Sequence[int], most: int = 6) -> str:
    """Return frame numbers as text; consecutive ones are written as a span."""
    spans = list(_spans(sorted(frames)))
    named = [str(a) if a == b else f"{a} to {b}" for a, b in spans[:most]]
    more = f" and {len(spans) - most} more" if len(spans) > most else ""
    return ", ".join(named) + more


def _alarms(manifest: Json) -> list[Any]:
    alarms = manifest.get("alarms")
    return alarms if isinstance(alarms, list) else []


def _alarm(alarm: Any) -> str:
    if not isinstance(alarm, dict) or not isinstance(alarm.get("sentence"), str):
        return ""
    frames = [frame for frame in alarm.get("frames") or [] if isinstance(frame, int)]
    where = f' <span class="frames">frames {frame_words(frames)}</span>' if frames else ""
    return escape(alarm["sentence"]) + where


def _spans(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = last = None
    for number in numbers:
        if start is None or last is None:
            start = last = number
        elif number <= last + 1:
            last = number
        else:
            yield start, last
            start = last = number
    if start is not None and last is not None:
        yield start, last
