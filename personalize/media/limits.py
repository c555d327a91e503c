"""Limits on the size of what is read: a small file may claim to be huge, and exhaust a machine.

Each limit can be raised by an environment variable, which the message names. Limits are not
settings: no result depends on them.
"""

import os
from dataclasses import dataclass

from personalize.errors import InputError, PersonalizeError, SettingsError


@dataclass(frozen=True)
class Limit:
    """The most that is read of something.

    Attributes
    ----------
    variable : str
        Of the environment, which raises or lowers it.
    usual : int
        Where the variable is not set.
    unit : str
        What is counted, in the words of a message.
    """

    variable: str
    usual: int
    unit: str

    @property
    def most(self) -> int:
        """The limit that holds now.

        Raises
        ------
        SettingsError
            If the variable holds no whole number above 0.
        """
        text = os.environ.get(self.variable, "").strip()
        if not text:
            return self.usual
        if not text.isdecimal() or not int(text):
            raise SettingsError(f"{self.variable}={text}: must be a whole number above 0")
        return int(text)

    def check(
        self, found: float, what: str, kind: type[PersonalizeError] = InputError, remedy: str = ""
    ) -> None:
        """Check that something keeps to the limit.

        Parameters
        ----------
        found : number
            In `unit`.
        what : str
            The file, and what it is or claims: the beginning of the sentence.
        kind : type
            Of the error.
        remedy : str
            What else a user may do, instead of raising the limit.

        Raises
        ------
        PersonalizeError
            Of `kind`, if more was found than is read.
        """
        if found > self.most:
            raise kind(f"{what}, and {self.reached(remedy)}")

    def reached(self, remedy: str = "") -> str:
        """Return the end of a sentence on what is larger than this, with what to do."""
        first = f"{remedy}, or " if remedy else ""
        return (
            f"at most {self.most:,} {self.unit} are read; {first}raise the limit with"
            f" {self.variable}"
        )


PIXELS = Limit("PERSONALIZE_MAX_PIXELS", 70_000_000, "pixels")
"""Of one picture or frame; 8192x8192 is below. A frame of so many takes 0.2 GB for each copy."""

FRAMES = Limit("PERSONALIZE_MAX_FRAMES", 2_000_000, "frames")
"""Of one video; 22 hours at 25 a second."""

SECONDS = Limit("PERSONALIZE_MAX_SECONDS", 10_000_000, "seconds")
"""From the first frame of a video file to the last; 115 days, for a time-lapse."""

TABLE_MEMORY = Limit("PERSONALIZE_MAX_TABLE_MB", 2_048, "MB of memory")
"""For the reading of one MATLAB file, in a process of its own."""

TABLE_SECONDS = Limit("PERSONALIZE_MAX_TABLE_SECONDS", 60, "seconds of work")
"""For the same."""
