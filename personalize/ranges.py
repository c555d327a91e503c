"""Check the ranges of settings."""

from collections.abc import Callable
from typing import Any

from personalize.errors import SettingsError

RANGES: dict[str, Callable[[Any], bool]] = {
    "above 0": lambda value: value > 0,
    "0 or more": lambda value: value >= 0,
    "1 or more": lambda value: value >= 1,
    '1 or more, or "auto"': lambda value: value == "auto" or value >= 1,
    "from 0 to 1": lambda value: 0 <= value <= 1,
    "from 0, and below 0.5": lambda value: 0 <= value < 0.5,
    "odd": lambda value: value >= 1 and value % 2 == 1,
    "two numbers above 0, the lower first": lambda pair: 0 < pair[0] <= pair[1],
    "a list of numbers of 1 or more": lambda values: len(values) > 0 and min(values) >= 1,
    "one view or more": lambda views: len(views) > 0,
}
"""Description of a range in error messages -> the function that checks a value."""


def require(record: object, wanted: str, *names: str) -> None:
    """Check the ranges of fields in a settings record.

    Parameters
    ----------
    record : dataclass
    wanted : str
        One of `RANGES`.
    *names : str
        Names of the fields to check.

    Raises
    ------
    SettingsError
        Names the first field that is out of range.
    """
    for name in names:
        value = getattr(record, name)
        try:
            holds = RANGES[wanted](value)
        except TypeError:  # not a number
            holds = False
        if not holds:
            kind = type(record).__name__
            raise SettingsError(f"{kind}({name}={value!r}): {name} must be {wanted}")
