"""The progress of a long command: one bar for the run and one a stage, lines, or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from personalize.commands.watch import Stage, View, Watch, spell

SILENCE = 25.0
"""Seconds of silence after which a log gets a line; the guide promises one in 30."""
STEP = 10
"""Per cent from one line of a log to the next."""
OFTEN = 1.0
"""Seconds between two lines of a stage that advances, at least."""


class NoView(View):
    """Shows nothing."""

    def show(self, watch: Watch, stage: Stage, event: str) -> None:
        pass

    def tick(self, watch: Watch) -> None:
        pass

    def close(self, failed: bool) -> None:
        pass


class LineView(View):
    """A plain line when a stage begins and ends, every 10 % of it, and after a long silence."""

    def __init__(self, echo: Callable[[str], None]) -> None:
        self._echo = echo
        self._last = 0.0  # when a line was written
        self._shown: dict[str, int] = {}  # per cent, by stage

    def show(self, watch: Watch, stage: Stage, event: str) -> None:
        self._last = self._last or watch.clock()
        percent = int(100 * stage.share) // STEP * STEP
        if event == "ends":
            self._line(watch, stage, f"done in {spell(watch.clock() - stage.began)}")
            self._shown[stage.name] = 100
        elif event == "begins" and stage.name not in self._shown:
            self._shown[stage.name] = 0
            self._line(watch, stage, "begins" + left(watch))
        elif 100 > percent > self._shown.get(stage.name, 0) and self._may_speak(watch):
            self._shown[stage.name] = percent
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


class JsonView(View):
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
        line = {
            "stage": stage.name,
            "done": stage.done,
            "total": stage.total,
            "eta": None if eta is None else round(eta, 1),
        }
        if watch.turn:
            whole = watch.whole_eta
            line |= {
                "run": watch.turn.number,
                "runs": watch.turn.total,
                "eta_all": None if whole is None else round(whole, 1),
            }
        self._echo(json.dumps(line))


class BarView(View):
    """A bar for all runs where there are several, one for the run and one for every stage, on a
    terminal.
    """

    def __init__(self) -> None:
        from rich.console import Console, Group
        from rich.live import Live
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = Console(stderr=True)
        wide = TextColumn("{task.description:>12}")
        clock = TextColumn("{task.fields[clock]}")
        percent = TextColumn("{task.percentage:>3.0f} %")
        counted = TextColumn("{task.fields[count]}")
        self._all = Progress(wide, BarColumn(), counted, clock, console=console)
        self._run = Progress(wide, BarColumn(), percent, clock, console=console)
        self._stages = Progress(wide, BarColumn(), MofNCompleteColumn(), clock, console=console)
        self._tasks: dict[str, Any] = {}
        self._whole: Any = None
        self._several: Any = None
        group = Group(self._all, self._run, self._stages)
        self._live = Live(group, console=console, refresh_per_second=8)
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
        self._show_several(watch)
        share, eta = watch.share, watch.eta
        if share is None or eta is None:
            return
        if self._whole is None:
            self._whole = self._run.add_task(watch.title, total=1.0, clock="")
        words = f"about {spell(eta)} left" if share < 1 else ""
        self._run.update(
            self._whole, completed=share, clock=words, description=watch.title, refresh=False
        )

    def _show_several(self, watch: Watch) -> None:
        if watch.turn is None:
            return
        count = f"{watch.turn.number}/{watch.turn.total}"
        if self._several is None:
            self._several = self._all.add_task("all", total=1.0, clock="", count=count)
        eta = watch.whole_eta
        words = "" if eta is None or watch.whole_share >= 1 else f"about {spell(eta)} left"
        self._all.update(self._several, completed=watch.whole_share, clock=words, count=count)

    def close(self, failed: bool) -> None:
        self._live.transient = failed  # an error leaves no open bars
        self._live.stop()


def left(watch: Watch) -> str:
    """Return the words on the time that is left; none where nothing is known."""
    eta, whole = watch.eta, watch.whole_eta
    words = "" if eta is None else f", about {spell(eta)} left"
    return words if whole is None else f"{words}, {spell(whole)} of all"


def counted(stage: Stage) -> str:
    """Return how many items are done, of how many."""
    return f"{stage.done}/{stage.total}" if stage.total else f"{stage.done}"


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
