import pytest

from personalize.procedures import measure
from personalize.procedures.forecast import Speed


def test_a_machine_is_measured_once(square_network, monkeypatch, cache):
    monkeypatch.setattr(measure, "LONGEST", 0.0)
    assert measure.known_speed(square_network) is None
    speed = measure.speed_of(square_network)
    assert speed.look > 0
    assert speed.paint > 0
    monkeypatch.setattr(measure, "measure_looks", lambda network: pytest.fail("measured again"))
    assert measure.speed_of(square_network) == speed == measure.known_speed(square_network)


def test_what_was_learned_from_runs_outlives_a_measurement(square_network, monkeypatch, cache):
    monkeypatch.setattr(measure, "LONGEST", 0.0)
    measure.keep_speed(square_network, Speed(1.0, 1.0, {"learn": 2.0}))
    assert measure.speed_of(square_network, again=True).learned == {"learn": 2.0}


def test_a_cache_that_is_damaged_is_measured_anew(square_network, monkeypatch, cache):
    monkeypatch.setattr(measure, "LONGEST", 0.0)
    cache.mkdir(parents=True)
    (cache / measure.FILE).write_text("no json")
    assert measure.speed_of(square_network).look > 0
