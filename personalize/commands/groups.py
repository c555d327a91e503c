"""Options that belong together reach a command as one argument, a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from personalize.media.moment import Moment

Decorator: TypeAlias = Callable[[Any], Any]
"""What is written over a command."""


@dataclass(frozen=True)
class Opening:
    """How a video is opened.

    Attributes
    ----------
    partial : bool
        Go on with the frames that decode where the video is damaged.
    fps : float or None
        Frames per second of a folder of frames.
    start, end : Moment or None
        First frame of the stretch, and the first after it; None is that of the video.
    """

    partial: bool = False
    fps: float | None = None
    start: Moment | None = None
    end: Moment | None = None


@dataclass(frozen=True)
class Places:
    """Where the window lies, in frames of the whole video or seconds; None if that is left open.

    Attributes
    ----------
    centre : Moment or None
        Frame in its middle.
    window_from, window_to : Moment or None
        Its first frame, and the first after it.
    """

    centre: Moment | None = None
    window_from: Moment | None = None
    window_to: Moment | None = None


@dataclass(frozen=True)
class Computing:
    """What networks are computed with.

    Attributes
    ----------
    weights : Path or None
        Base weights; None for those that ship with the project.
    device, engine : str
        As for `loading.load_base`.
    """

    weights: Path | None = None
    device: str = "auto"
    engine: str = "auto"


@dataclass(frozen=True)
class Sharing:
    """How one video is parsed by several processes.

    Attributes
    ----------
    ray : str or None
        Address of a Ray cluster; None computes in this process.
    cores : int
        Cores for each piece.
    piece : int
        Frames of a piece.
    """

    ray: str | None
    cores: int
    piece: int


@dataclass(frozen=True)
class Material:
    """What a training learns from, beside its main folder.

    Attributes
    ----------
    kind : {"rendered", "unite-the-people"}
        What the main folder holds.
    test_list : Path or None
        Names of the photographs to measure on.
    photographs, real_people : Path or None
        Mixed with rendered people.
    """

    kind: str = "rendered"
    test_list: Path | None = None
    photographs: Path | None = None
    real_people: Path | None = None


@dataclass(frozen=True)
class LabelledPeople:
    """The labelled people of an experiment, and how networks see them.

    Attributes
    ----------
    people : Path
        Data set.
    kind : str
        One of `experiment.options.KINDS`.
    test_list : Path or None
        Names of the photographs to test on.
    count : int or None
        People to test on; all if None.
    size : int
        Side of a network's input in pixels.
    device : str
    """

    people: Path
    kind: str
    test_list: Path | None
    count: int | None
    size: int
    device: str

    @property
    def side(self) -> int:
        """The side in whole cells of 8 pixels."""
        return self.size // 8 * 8


def options(*decorators: Decorator) -> Decorator:
    """Join several option decorators into one."""

    def decorate(command: Any) -> Any:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


def grouped(name: str, record: Callable[..., Any], *decorators: Decorator) -> Decorator:
    """Join several option decorators into one, whose values are one argument of the command.

    Parameters
    ----------
    name : str
        Name of the argument.
    record : type
        A dataclass; its fields are named as the options are. A field without an option keeps its
        default.
    *decorators : callable
        Those of the options.
    """
    names = [field.name for field in fields(record)]  # type: ignore[arg-type]

    def decorate(command: Any) -> Any:
        @wraps(command)
        def gather(*words: Any, **values: Any) -> Any:
            values[name] = record(**{one: values.pop(one) for one in names if one in values})
            return command(*words, **values)

        return options(*decorators)(gather)

    return decorate
