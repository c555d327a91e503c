import sys

import numpy as np
import pytest

from personalize.errors import PersonalizeError
from personalize.experiments.figures import (
    draw_bars,
    draw_curves,
    require_matplotlib,
    shades,
    widened,
)
from personalize.media.images import read_image


def test_a_chart_grows_with_its_panels(tmp_path):
    one = {"IOU": {"a": np.array([0.5, np.nan, 1.0]), "b": np.array([0.1, -0.2, np.nan])}}
    draw_bars(tmp_path / "one.png", ["x", "y", "z"], one)
    draw_bars(tmp_path / "two.png", ["x", "y", "z"], {**one, "gain": {"a": np.zeros(3)}})
    low, high = (read_image(tmp_path / name).shape[0] for name in ("one.png", "two.png"))
    assert (low, high) == (352, 704)


def test_series_of_one_network_share_a_colour_and_get_darker():
    own, true, other = shades(["factored, own", "factored, true", "baseline"])
    assert own == ("#3b6ea5", 0.45)
    assert true == ("#3b6ea5", 1.0)
    assert other == ("#e08a2e", 1.0)


def test_colours_come_again_when_there_are_many_networks():
    colours = [colour for colour, _ in shades("abcdefg")]
    assert len(set(colours)) == 6
    assert colours[6] == colours[0]


def test_without_matplotlib_one_sentence_tells_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(PersonalizeError, match=r"pip install 'personalize\[training\]'"):
        require_matplotlib()


def test_panels_stand_beside_each_other(tmp_path):
    panel = {"generic": ([0, 1], [0.2, 0.4]), "personalized": ([0, 1], [0.3, 0.5])}
    one, five = tmp_path / "one.png", tmp_path / "five.png"
    draw_curves(one, {"Head": panel}, across="pixels", up="share", limits=(0, 1))
    draw_curves(five, dict.fromkeys("abcde", panel), across="pixels", up="share", limits=None)
    assert read_image(one).shape[0] * 2 == read_image(five).shape[0]
    assert read_image(five).shape[1] > 2 * read_image(one).shape[1]


def test_small_changes_are_not_drawn_large():
    assert widened((0.30, 0.31)) == pytest.approx((0.28, 0.33))
    assert widened((0.1, 0.4)) == (0.1, 0.4)
