import pytest

from personalize.adaptation.base import Base
from personalize.procedures import measure
from personalize.procedures.forecast import Speed


@pytest.fixture
def square_base(square_network):
    return Base.of(square_network)


def test_a_machine_is_measured_once(square_base, monkeypatch, cache):
    monkeypatch.setattr(measure, "LONGEST", 0.0)
    assert measure.known_speed(square_base) is None
    speed = measure.speed_of(square_base)
    assert speed.look > 0
    assert speed.paint > 0
    monkeypatch.setattr(measure, "measure_looks", lambda engine: pytest.fail("measured again"))
    assert measure.speed_of(square_base) == speed == measure.known_speed(square_base)


def test_what_was_learned_from_runs_outlives_a_measurement(square_base, monkeypatch, cache):
    monkeypatch.setattr(measure, "LONGEST", 0.0)
    measure.keep_speed(square_base, Speed(1.0, 1.0, 1.0, {"learn": 2.0}))
    assert measure.speed_of(square_base, again=True).learned == {"learn": 2.0}


def test_a_cache_that_is_damaged_is_measured_anew(square_base, monkeypatch, cache):
    monkeypatch.setattr(measure, "LONGEST", 0.0)
    cache.mkdir(parents=True)
    (cache / measure.FILE).write_text("no json")
    assert measure.speed_of(square_base).look > 0
