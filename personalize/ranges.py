"""What numbers of settings may be."""

from collections.abc import Callable
from typing import Any

from personalize.errors import SettingsError

RANGES: dict[str, Callable[[Any], bool]] = {
    "above 0": lambda value: value > 0,
    "0 or more": lambda value: value >= 0,
    "1 or more": lambda value: value >= 1,
    "from 0 to 1": lambda value: 0 <= value <= 1,
    "from 0, and below 0.5": lambda value: 0 <= value < 0.5,
    "odd": lambda value: value >= 1 and value % 2 == 1,
    "two numbers above 0, the lower first": lambda pair: 0 < pair[0] <= pair[1],
    "a list of numbers of 1 or more": lambda values: len(values) > 0 and min(values) >= 1,
    "one view or more": lambda views: len(views) > 0,
}
"""What numbers of settings may have to be, in the words of a message."""


def require(record: object, wanted: str, *names: str) -> None:
    """Check numbers of a settings record.

    Parameters
    ----------
    record : dataclass
    wanted : str
        One of `RANGES`.
    *names : str
        Of the fields that have to be so.

    Raises
    ------
    SettingsError
        Names the first field that is not.
    """
    for name in names:
        value = getattr(record, name)
        try:
            holds = RANGES[wanted](value)
        except TypeError:  # a text, or nothing
            holds = False
        if not holds:
            kind = type(record).__name__
            raise SettingsError(f"{kind}({name}={value!r}): {name} must be {wanted}")
