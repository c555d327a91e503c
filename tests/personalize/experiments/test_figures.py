import pytest

from personalize.experiments.figures import draw_panels, widened
from personalize.images import read_image


def test_panels_stand_beside_each_other(tmp_path):
    panel = {"generic": ([0, 1], [0.2, 0.4]), "personalized": ([0, 1], [0.3, 0.5])}
    one, five = tmp_path / "one.png", tmp_path / "five.png"
    draw_panels(one, {"Head": panel}, across="pixels", up="share", limits=(0, 1))
    draw_panels(five, dict.fromkeys("abcde", panel), across="pixels", up="share", limits=None)
    assert read_image(one).shape[0] * 2 == read_image(five).shape[0]
    assert read_image(five).shape[1] > 2 * read_image(one).shape[1]


def test_small_changes_are_not_drawn_large():
    assert widened((0.30, 0.31)) == pytest.approx((0.28, 0.33))
    assert widened((0.1, 0.4)) == (0.1, 0.4)
