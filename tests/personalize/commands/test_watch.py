import pytest

from personalize.commands.views import NoView
from personalize.commands.watch import Turn, Watch, spell
from personalize.errors import BusyError


def test_the_time_left_is_that_of_the_forecast_until_time_has_passed(clock):
    watch = Watch(NoView(), clock)
    watch.expect({"open": 0.0, "learn": 30.0, "parse": 60.0})
    assert watch.eta == pytest.approx(90)
    clock.work(watch, "learn", 10, 6.0)  # twice as long as forecast
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
    clock.work(watch, "propagate", 3, 1)
    clock.work(watch, "propagate", 2, 1)
    assert (watch.stages["propagate"].done, watch.stages["propagate"].total) == (5, 5)


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


def test_the_time_left_of_several_runs_is_told_by_those_that_took_time(clock):
    clock.now = 100.0
    watch = Watch(NoView(), clock, turn=Turn(number=4, total=6, ran=1, began=0.0))
    watch.expect({"parse": 60.0})
    assert watch.whole_share == pytest.approx(3 / 6)
    assert watch.whole_eta == pytest.approx(100 * 3)
    for _ in watch("parse")(range(2)):
        pass
    assert watch.whole_share == pytest.approx(4 / 6)
    assert watch.whole_eta == pytest.approx(clock.now * 2 / 2)


def test_of_several_runs_nothing_is_told_before_one_is_half_done(clock):
    watch = Watch(NoView(), clock, turn=Turn(number=1, total=6, ran=0, began=0.0))
    watch.expect({"parse": 60.0})
    assert watch.whole_eta is None
    assert Watch(NoView(), clock).whole_eta is None
