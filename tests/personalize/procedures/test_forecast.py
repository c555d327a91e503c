from dataclasses import replace

import pytest

from personalize.procedures.forecast import AVERAGE, Speed, Video, forecast_disk, forecast_run
from personalize.settings import RunSettings
from personalize.stages.settings import ParseSettings

SETTINGS = RunSettings()
DEMO = Video(frames=301, height=360, width=640)


def test_work_grows_with_frames_views_and_passes():
    speed = Speed(look=0.3, step=0.3, paint=0.1)
    usual = forecast_run(DEMO, SETTINGS, speed)
    longer = forecast_run(replace(DEMO, frames=3010), SETTINGS, speed)
    assert longer["parse"] == pytest.approx(10 * usual["parse"])
    assert longer["learn"] == usual["learn"]
    fewer = forecast_run(
        DEMO, replace(SETTINGS, parse=ParseSettings(views=SETTINGS.parse.views[:1])), speed
    )
    assert fewer["parse"] < usual["parse"]
    paper = replace(SETTINGS, self_training=replace(SETTINGS.self_training, epochs=0))
    assert "self-train" not in forecast_run(DEMO, paper, speed)


def test_stages_come_in_their_order_and_only_those_that_are_done():
    assert list(forecast_run(DEMO, SETTINGS)) == [
        *("open", "track", "read", "predict", "propagate", "refine", "learn", "self-train"),
        *("judge", "parse", "report"),
    ]
    assert list(forecast_run(DEMO, SETTINGS, learns=False)) == ["open", "track", "parse", "report"]
    assert "parse" not in forecast_run(DEMO, SETTINGS, parses=False)
    assert "track" not in forecast_run(DEMO, replace(SETTINGS, size=320))


def test_a_canvas_that_is_known_counts_as_it_is():
    small, large = (96, 168), (192, 336)
    speed = Speed(look=0.3, step=0.3, paint=1e-9)
    of_small, of_large = (forecast_run(DEMO, SETTINGS, speed, canvas=f) for f in (small, large))
    assert of_large["predict"] == pytest.approx(4 * of_small["predict"], rel=0.05)


@pytest.mark.parametrize(("seconds", "learned"), [(4000.0, 4.0), (0.01, 0.25)])
def test_a_run_beside_other_work_is_learned_from_within_limits(seconds, learned):
    assert AVERAGE.after({"refine": 10.0}, {"refine": seconds}).learned == {"refine": learned}


def test_a_machine_learns_half_of_the_way_from_every_run():
    speed = Speed(look=0.3, step=0.3, paint=0.1)
    forecast = {"learn": 20.0, "self-train": 30.0, "parse": 1.0}
    learned = speed.after(forecast, {"learn": 200.0, "parse": 9.0, "report": 3.0})
    assert learned.learned == {"learn": 2.0}  # of 4; parsing was too short to tell
    again = {name: seconds * 2 for name, seconds in forecast.items()}
    assert learned.after(again, {"learn": 200.0}).learned["learn"] == pytest.approx(8**0.5)
    assert Speed.from_json(learned.to_json()) == learned


@pytest.mark.parametrize(
    "told", [{}, {"look": 1}, {"look": 0, "step": 1, "paint": 1, "learned": {}}, {"look": "x"}, []]
)
def test_what_is_no_speed_is_refused(told):
    with pytest.raises(ValueError):
        Speed.from_json(told)


def test_disk_grows_with_frames():
    short = forecast_disk(DEMO, SETTINGS)
    assert forecast_disk(replace(DEMO, frames=602), SETTINGS) > short
    assert forecast_disk(DEMO, SETTINGS, learns=False) < short
