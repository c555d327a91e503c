"""What a user sees of a long command: one bar for the run and one a stage, lines, or JSON.

Stages tell their progress by wrapping what they loop over; here it is counted, and the time left
is drawn from the seconds that were forecast of every stage and from those that have passed.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import length_hint
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from personalize.types import Wrap

TRUST = 10.0
"""Seconds for which a forecast counts as much as what has passed."""
SILENCE = 25.0
"""Seconds after which a log gets a line though nothing is done: 30 may be told of."""
STEP = 10
"""Per cent from one line of a log to the next."""
OFTEN = 1.0
"""Seconds from one line of a stage that goes on to the next, at least."""


@dataclass
class Stage:
    """One stage of a command.

    Attributes
    ----------
    name : str
    done, total : int
        Of its items; nobody may know how many there will be.
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


@dataclass
class Watch:
    """Counts what stages do, and knows how long the rest will take.

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
    """

    view: View
    clock: Callable[[], float] = time.monotonic
    title: str = "run"
    forecast: Mapping[str, float] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    guard: Callable[[], object] = bool
    _lock: Any = field(default_factory=threading.RLock)

    def __call__(self, stage: str) -> Wrap:
        """Return what wraps the iterable of a stage."""
        return lambda items: self._follow(stage, items)

    def expect(self, forecast: Mapping[str, float], title: str | None = None) -> None:
        """Tell the seconds of the stages that will come; of those that never begin it is taken
        that they were done before.
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


class NoView:
    """Shows nothing."""

    def show(self, watch: Watch, stage: Stage, event: str) -> None:
        pass

    def tick(self, watch: Watch) -> None:
        pass

    def close(self, failed: bool) -> None:
        pass


class LineView:
    """A plain line when a stage begins and ends, every 10 % of it, and where all would be silent
    for long.
    """

    def __init__(self, echo: Callable[[str], None]) -> None:
        self._echo = echo
        self._last = 0.0  # when a line was written
        self._told: dict[str, int] = {}  # per cent, by stage

    def show(self, watch: Watch, stage: Stage, event: str) -> None:
        self._last = self._last or watch.clock()
        percent = int(100 * stage.share) // STEP * STEP
        if event == "ends":
            self._line(watch, stage, f"done in {spell(watch.clock() - stage.began)}")
            self._told[stage.name] = 100
        elif event == "begins" and stage.name not in self._told:
            self._told[stage.name] = 0
            self._line(watch, stage, "begins" + left(watch))
        elif 100 > percent > self._told.get(stage.name, 0) and self._may_speak(watch):
            self._told[stage.name] = percent
            self._line(watch, stage, f"{percent:3} %  {counted(stage)}{left(watch)}")

    def tick(self, watch: Watch) -> None:
        self._last = self._last or watch.clock()
        if watch.clock() - self._last >= SILENCE:
            stage = watch.running or next(reversed(watch.stages.values()), None)
            if stage is None:
                self._last = watch.clock()
                self._echo("still at work")
            else:
                passed = spell(watch.clock() - stage.began)
                self._line(watch, stage, f"at work for {passed}  {counted(stage)}{left(watch)}")

    def close(self, failed: bool) -> None:
        pass

    def _may_speak(self, watch: Watch) -> bool:
        return watch.clock() - self._last >= OFTEN

    def _line(self, watch: Watch, stage: Stage, words: str) -> None:
        self._last = watch.clock()
        self._echo(f"{stage.name:12} {words}".rstrip())


class JsonView:
    """A line of JSON whenever something has changed, once a second at most."""

    def __init__(self, echo: Callable[[str], None]) -> None:
        self._echo = echo
        self._last: dict[str, float] = {}

    def show(self, watch: Watch, stage: Stage, event: str) -> None:
        now = watch.clock()
        if event != "advances" or now - self._last.get(stage.name, now - OFTEN) >= OFTEN:
            self._line(watch, stage)

    def tick(self, watch: Watch) -> None:
        stage = watch.running
        if stage and watch.clock() - self._last.get(stage.name, 0.0) >= SILENCE:
            self._line(watch, stage)

    def close(self, failed: bool) -> None:
        pass

    def _line(self, watch: Watch, stage: Stage) -> None:
        self._last[stage.name] = watch.clock()
        eta = watch.eta
        told = {
            "stage": stage.name,
            "done": stage.done,
            "total": stage.total,
            "eta": None if eta is None else round(eta, 1),
        }
        self._echo(json.dumps(told))


class BarView:
    """A bar for the run and one for every stage, on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console, Group
        from rich.live import Live
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = Console(stderr=True)
        wide = TextColumn("{task.description:>12}")
        clock = TextColumn("{task.fields[clock]}")
        percent = TextColumn("{task.percentage:>3.0f} %")
        self._run = Progress(wide, BarColumn(), percent, clock, console=console)
        self._stages = Progress(wide, BarColumn(), MofNCompleteColumn(), clock, console=console)
        self._tasks: dict[str, Any] = {}
        self._whole: Any = None
        self._live = Live(Group(self._run, self._stages), console=console, refresh_per_second=8)
        self._live.start()

    def show(self, watch: Watch, stage: Stage, event: str) -> None:
        if stage.name not in self._tasks:
            self._tasks[stage.name] = self._stages.add_task(stage.name, total=None, clock="")
        self._stages.update(
            self._tasks[stage.name],
            completed=stage.done,
            total=stage.total,
            clock=spell((stage.ended or watch.clock()) - stage.began),
        )
        if event != "advances":
            self.tick(watch)

    def tick(self, watch: Watch) -> None:
        for name, task in self._tasks.items():
            stage = watch.stages[name]
            passed = (watch.clock() if stage.ended is None else stage.ended) - stage.began
            self._stages.update(task, clock=spell(passed))
        share, eta = watch.share, watch.eta
        if share is None or eta is None:
            return
        if self._whole is None:
            self._whole = self._run.add_task(watch.title, total=1.0, clock="")
        words = f"about {spell(eta)} left" if share < 1 else ""
        self._run.update(
            self._whole, completed=share, clock=words, description=watch.title, refresh=False
        )

    def close(self, failed: bool) -> None:
        self._live.transient = failed  # an error leaves no open bars
        self._live.stop()


def left(watch: Watch) -> str:
    """Return the words on the time that is left; none where nothing is known."""
    eta = watch.eta
    return "" if eta is None else f", about {spell(eta)} left"


def counted(stage: Stage) -> str:
    """Return how many items are done, of how many."""
    return f"{stage.done}/{stage.total}" if stage.total else f"{stage.done}"


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


def make_view(mode: str) -> View:
    """Return the view of a mode: auto, bar, plain, json or none."""
    if mode == "auto":
        mode = "bar" if on_terminal() else "plain"
    if mode == "bar":
        return BarView()
    if mode == "none":
        return NoView()
    kind = LineView if mode == "plain" else JsonView
    return kind(lambda line: click.echo(line, err=True))


def on_terminal() -> bool:
    """Whether bars can be drawn on stderr."""
    from rich.console import Console

    console = Console(stderr=True)
    return sys.stderr.isatty() and not console.is_dumb_terminal


@contextmanager
def watching(view: View) -> Iterator[Watch]:
    """Yield a Watch whose view hears of every second that passes, and is closed at the end."""
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
