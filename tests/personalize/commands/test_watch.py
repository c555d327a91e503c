import json
import time
from io import StringIO
from itertools import pairwise

import pytest

from personalize.commands.watch import (
    BarView,
    JsonView,
    LineView,
    NoView,
    Watch,
    spell,
    watching,
)
from personalize.errors import BusyError


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lines():
    return []


def work(watch, clock, stage, count, seconds):
    """Do a stage that takes some seconds an item."""
    for _ in watch(stage)(range(count)):
        clock.now += seconds


def test_a_log_has_a_line_for_a_stage_and_for_every_tenth_of_it(clock, lines):
    watch = Watch(LineView(lines.append), clock)
    work(watch, clock, "parse", 100, 0.2)
    assert lines[0].split() == ["parse", "begins"]
    assert [line.split()[1] for line in lines[1:-1]] == [str(n) for n in range(10, 100, 10)]
    assert "50/100" in lines[5]
    assert lines[-1].split(maxsplit=1) == ["parse", "done in 20 s"]


def test_a_log_is_never_silent_for_half_a_minute(clock, lines):
    watch = Watch(LineView(lambda line: lines.append((clock.now, line))), clock)
    for _ in watch("learn")(range(2)):
        for _ in range(90):
            clock.now += 1
            watch.tick()
    told = [time for time, _ in lines]
    assert max(b - a for a, b in pairwise(told)) < 30
    assert any("at work for" in line for _, line in lines)


def test_the_time_left_is_that_of_the_forecast_until_time_has_passed(clock):
    watch = Watch(NoView(), clock)
    watch.expect({"open": 0.0, "learn": 30.0, "parse": 60.0})
    assert watch.eta == pytest.approx(90)
    work(watch, clock, "learn", 10, 6.0)  # twice as long as forecast
    assert watch.eta == pytest.approx(60 * (60 + 10) / (30 + 10))
    for _ in watch("parse")(range(2)):
        assert watch.share in (pytest.approx(30 / 90), pytest.approx(60 / 90))
    assert watch.share == 1


def test_stages_that_never_begin_were_done_before(clock):
    watch = Watch(NoView(), clock)
    watch.expect({"learn": 300.0, "parse": 60.0})
    for _ in watch("parse")(range(3)):
        assert watch.eta <= 60
    assert watch.share == 1


def test_without_a_forecast_a_stage_tells_its_own_time(clock):
    watch = Watch(NoView(), clock)
    assert watch.share is None
    for k in watch("train")(range(4)):
        if k:
            assert watch.eta == pytest.approx(2.0 * (4 - k))
        clock.now += 2


def test_a_stage_may_loop_twice(clock):
    watch = Watch(NoView(), clock)
    work(watch, clock, "propagate", 3, 1)
    work(watch, clock, "propagate", 2, 1)
    assert (watch.stages["propagate"].done, watch.stages["propagate"].total) == (5, 5)


def test_lines_of_json_tell_stage_done_total_and_eta(clock, lines):
    watch = Watch(JsonView(lines.append), clock)
    work(watch, clock, "read", 50, 0.1)
    told = [json.loads(line) for line in lines]
    assert {tuple(line) for line in told} == {("stage", "done", "total", "eta")}
    assert (told[0]["done"], told[0]["total"], told[0]["eta"]) == (0, 50, None)
    assert told[-1]["done"] == 50
    assert len(told) <= 2 + 5 + 1  # once a second


def test_an_error_leaves_no_open_bars(monkeypatch):
    from rich.console import Console

    out = StringIO()
    monkeypatch.setattr(
        "rich.console.Console",
        lambda stderr: Console(file=out, force_terminal=True, width=80, legacy_windows=False),
    )
    with pytest.raises(ValueError, match="broken"), watching(BarView()) as watch:
        for _ in watch("open")(range(4)):
            raise ValueError("broken")
    assert out.getvalue().endswith("\x1b[2K") or out.getvalue().rstrip().endswith("\x1b[2K")
    with watching(BarView()) as watch:
        watch.expect({"open": 1.0})
        for _ in watch("open")(range(4)):
            time.sleep(0)
    assert "4/4" in out.getvalue()
    assert "run" in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"), [(4.23, "4.2 s"), (31, "31 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_times_are_spelled_as_people_say_them(seconds, words):
    assert spell(seconds) == words


def test_a_guard_that_objects_ends_the_work_before_the_next_item(clock):
    watch, seen = Watch(NoView(), clock), []

    def guard():
        if len(seen) == 2:
            raise BusyError("taken over")

    watch.guard = guard
    with pytest.raises(BusyError, match="taken over"):
        for item in watch("parse")(range(5)):
            seen.append(item)
    assert seen == [0, 1]
