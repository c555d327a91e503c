"""Numbers and tables as results show them.

JSON has no NaN: what could not be measured is null there, and a dash in a table.
"""

import math
from collections.abc import Iterable, Sequence


def format_score(number: float, style: str = ".3f") -> str:
    """Write a number; a dash for NaN."""
    return "-" if math.isnan(number) else format(number, style)


def or_none(number: float) -> float | None:
    """Return a number as JSON has it: null for NaN."""
    return None if math.isnan(number) else float(number)


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay rows of str out in Markdown: the first column to the left, all others to the right."""
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    ruled = [header, ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])], *rows]
    return "\n".join(
        "| " + " | ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) + " |"
        for line in ruled
    )
