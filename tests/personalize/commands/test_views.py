import json
import time
from io import StringIO
from itertools import pairwise

import pytest

from personalize.commands.views import BarView, JsonView, LineView
from personalize.commands.watch import Turn, Watch, watching


@pytest.fixture
def lines():
    return []


def test_a_log_has_a_line_for_a_stage_and_for_every_tenth_of_it(clock, lines):
    watch = Watch(LineView(lines.append), clock)
    clock.work(watch, "parse", 100, 0.2)
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


def test_lines_of_json_tell_stage_done_total_and_eta(clock, lines):
    watch = Watch(JsonView(lines.append), clock)
    clock.work(watch, "read", 50, 0.1)
    told = [json.loads(line) for line in lines]
    assert {tuple(line) for line in told} == {("stage", "done", "total", "eta")}
    assert (told[0]["done"], told[0]["total"], told[0]["eta"]) == (0, 50, None)
    assert told[-1]["done"] == 50
    assert len(told) <= 2 + 5 + 1  # once a second


def test_lines_tell_of_all_runs_where_there_are_several(clock, lines):
    turn, told = Turn(number=2, total=3, ran=1, began=0.0), []
    clock.now = 50.0
    clock.work(Watch(LineView(lines.append), clock, turn=turn), "parse", 10, 2.0)
    assert "of all" in lines[0]
    clock.work(Watch(JsonView(told.append), clock, turn=turn), "parse", 10, 2.0)
    first = json.loads(told[0])
    assert (first["run"], first["runs"]) == (2, 3)
    assert first["eta_all"] > 0


@pytest.fixture
def terminal(monkeypatch):
    """What is drawn on a terminal of 80 columns."""
    from rich.console import Console

    out = StringIO()
    monkeypatch.setattr(
        "rich.console.Console",
        lambda stderr: Console(file=out, force_terminal=True, width=80, legacy_windows=False),
    )
    return out


def test_a_bar_is_of_all_runs_where_there_are_several(terminal):
    with watching(BarView()) as watch:
        watch.turn = Turn(number=2, total=3, ran=1, began=watch.clock() - 60)
        watch.expect({"open": 1.0})
        for _ in watch("open")(range(4)):
            pass
    drawn = terminal.getvalue()
    assert "all" in drawn
    assert "2/3" in drawn
    assert "about 30 s left" in drawn or "about 31 s left" in drawn


def test_an_error_leaves_no_open_bars(terminal):
    out = terminal
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
