"""How far a long command has come, and how long the rest will take.

Stages report their progress by wrapping what they loop over. It is counted here; the time left
follows from the seconds that were forecast for every stage and those that have passed. What a user
sees of it is drawn by a view (`views`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import length_hint
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from personalize.types import Wrap

ENOUGH = 0.5
"""Runs of several after which the time of the others can be forecast."""
TRUST = 10.0
"""Seconds for which a forecast counts as much as what has passed."""


@dataclass
class Stage:
    """One stage of a command.

    Attributes
    ----------
    name : str
    done, total : int
        Of its items; `total` is None as long as it is not known.
    began, ended : float
        On the clock of the watch, in seconds.
    """

    name: str
    began: float
    done: int = 0
    total: int | None = None
    ended: float | None = None

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class View(Protocol):
    """What shows the stages to a user; every method is called from one thread at a time."""

    def show(self, watch: Watch, stage: Stage, event: str) -> None:
        """Show that a stage has come further.

        Parameters
        ----------
        watch : Watch
        stage : Stage
        event : {"begins", "advances", "ends"}
        """

    def tick(self, watch: Watch) -> None:
        """A second has passed."""

    def close(self, failed: bool) -> None:
        """Nothing more will come."""


@dataclass(frozen=True)
class Turn:
    """Where a run stands among several.

    Attributes
    ----------
    number, total : int
        It is the number-th, from 1, of so many.
    ran : int
        Runs before it that took time: those that were finished already took none.
    began : float
        When the first of them began, on the clock of the watch, in seconds.
    """

    number: int
    total: int
    ran: int
    began: float


@dataclass
class Watch:
    """Counts what stages do, and estimates how long the rest will take.

    A call with the name of a stage returns the wrapper of that stage's loop, as `types.Progress`.

    Attributes
    ----------
    view : View
    clock : callable
        Seconds from any beginning.
    title : str
        What the bar of the run is called.
    forecast : dict of str to float
        Seconds of the stages that are expected, in their order.
    stages : dict of str to Stage
        Those that have begun.
    guard : callable
        Called before every item; what it raises ends the work.
    turn : Turn, optional
        Of a run that is one of several.
    """

    view: View
    clock: Callable[[], float] = time.monotonic
    title: str = "run"
    forecast: Mapping[str, float] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    guard: Callable[[], object] = bool
    turn: Turn | None = None
    _lock: Any = field(default_factory=threading.RLock)

    def __call__(self, stage: str) -> Wrap:
        """Return what wraps the iterable of a stage."""
        return lambda items: self._follow(stage, items)

    def expect(self, forecast: Mapping[str, float], title: str | None = None) -> None:
        """Set the seconds that stages are expected to take; a stage that is passed over counts as
        done before.
        """
        with self._lock:
            self.forecast = dict(forecast)
            self.title = title or self.title

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        """Show a stage that has no loop to count."""
        for _ in self._follow(name, [None]):
            yield

    @property
    def running(self) -> Stage | None:
        """The stage that began last, if it has not ended."""
        stages = [stage for stage in self.stages.values() if stage.ended is None]
        return stages[-1] if stages else None

    @property
    def share(self) -> float | None:
        """How much of the run is done, from 0 to 1; None where nothing was forecast."""
        done, left = self._seconds()
        return done / (done + left) if done + left > 0 else None

    @property
    def eta(self) -> float | None:
        """Seconds until the run ends, or, where nothing was forecast, until the stage does."""
        done, left = self._seconds()
        stage = self.running
        if done + left > 0:
            passed = sum(self._passed(name) for name in self.forecast)
            return left * (passed + TRUST) / (done + TRUST)
        if stage and stage.total and stage.done:
            return (self.clock() - stage.began) * (stage.total - stage.done) / stage.done
        return None

    @property
    def whole_share(self) -> float:
        """How much of all runs is done, from 0 to 1, if this one is one of several."""
        if self.turn is None:
            return self.share or 0.0
        return (self.turn.number - 1 + (self.share or 0.0)) / self.turn.total

    @property
    def whole_eta(self) -> float | None:
        """Seconds until all runs end, if those that are left take as long as those that were;
        None before one of them is half done.
        """
        turn, share = self.turn, self.share or 0.0
        if turn is None or turn.ran + share < ENOUGH:
            return None
        left = turn.total - turn.number + 1 - share
        return (self.clock() - turn.began) * left / (turn.ran + share)

    def tick(self) -> None:
        """Let the view know that time passes."""
        with self._lock:
            self.view.tick(self)

    def _follow(self, name: str, items: Iterable[Any]) -> Iterator[Any]:
        total = length_hint(items)
        with self._lock:
            stage = self.stages.setdefault(name, Stage(name, self.clock()))
            stage.ended = None
            if total:  # a stage may loop twice
                stage.total = (stage.total or 0) + total
            self.view.show(self, stage, "begins")
        for item in items:
            self.guard()
            yield item
            with self._lock:
                stage.done += 1
                self.view.show(self, stage, "advances")
        with self._lock:
            if stage.total is None:  # nobody knew how many there would be
                stage.total = stage.done
            if stage.done >= stage.total:
                stage.ended = self.clock()
                self.view.show(self, stage, "ends")

    def _seconds(self) -> tuple[float, float]:
        """Seconds that were forecast of what is done, and of what is left."""
        names = list(self.forecast)
        last = max((names.index(name) for name in self.stages if name in names), default=-1)
        done = left = 0.0
        for place, name in enumerate(names):
            if name in self.stages:
                stage = self.stages[name]
                share = 1.0 if stage.ended is not None or place < last else stage.share
                done += share * self.forecast[name]
                left += (1 - share) * self.forecast[name]
            elif place > last:
                left += self.forecast[name]
        return done, left

    def _passed(self, name: str) -> float:
        stage = self.stages.get(name)
        if stage is None:
            return 0.0
        return (self.clock() if stage.ended is None else stage.ended) - stage.began


def spell(seconds: float) -> str:
    """Return a length of time as people read it: 4.2 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@contextmanager
def watching(view: View) -> Iterator[Watch]:
    """Yield a Watch whose view is updated every second, and is closed at the end."""
    watch, over = Watch(view), threading.Event()

    def pulse() -> None:
        while not over.wait(1.0):
            watch.tick()

    thread = threading.Thread(target=pulse, name="progress", daemon=True)
    thread.start()
    failed = True
    try:
        yield watch
        failed = False
    finally:
        over.set()
        thread.join()
        view.close(failed)
