"""Curves are thinned, broken and labelled as a reader expects."""

import numpy as np
import pytest

from personalize.report import charts
from personalize.report.charts import Axes


@pytest.fixture
def axes():
    return Axes(left=10, top=5, width=100, height=50, times=(0.0, 4.0), values=(0.0, 1.0))


def test_time_goes_right_and_values_up(axes):
    assert (axes.x(1.0), axes.y(0.0), axes.y(1.0)) == (35.0, 55.0, 5.0)


def test_a_single_moment_lies_on_the_left(axes):
    still = Axes(10, 5, 100, 50, (2.0, 2.0), (0.0, 1.0))
    assert still.x(2.0) == 10


def test_a_curve_is_broken_where_nothing_is_known(axes):
    path = charts.line(axes, [0, 1, 2, 3, 4], [0.0, 1.0, np.nan, 1.0, 0.0], "line")
    assert path == '<path class="line" d="M10.0 55.0h0L35.0 5.0M85.0 5.0h0L110.0 55.0"/>'


def test_a_curve_of_nothing_is_nothing(axes):
    assert charts.line(axes, [0, 1], [np.nan, np.nan], "line") == ""


def test_an_hour_is_thinned_to_means():
    values = np.repeat(np.arange(360), 250)
    assert charts.thin(values, 360).tolist() == list(range(360))


def test_thinning_leaves_out_what_is_not_known():
    values = np.array([np.nan, np.nan, 1.0, 3.0, np.nan, 5.0])
    np.testing.assert_array_equal(charts.thin(values, 3), [np.nan, 2.0, 5.0])


def test_a_curve_has_no_more_points_than_can_be_told_apart(axes):
    times = np.linspace(0, 4, 1000)
    assert charts.line(axes, times, times / 4, "line").count("L") == 49
    assert charts.line(axes, times / 1000, times / 4, "line").count("L") == 0


def test_ticks_are_round():
    assert charts.level_ticks(0.91, 0.98) == [0.9, 0.92, 0.94, 0.96, 0.98]
    assert charts.level_ticks(0.0, 1.0) == [0.0, 0.5, 1.0]
    assert charts.time_ticks(0.0, 12.0, most=8) == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0]
    assert charts.time_ticks(0.0, 3600.0, most=8) == [
        0.0,
        600.0,
        1200.0,
        1800.0,
        2400.0,
        3000.0,
        3600.0,
    ]


def test_times_are_written_as_people_do():
    assert charts.clock(5.2) == "5.2 s"
    assert charts.clock(5, longest=90) == "0:05"
    assert charts.clock(3725) == "1:02:05"


def test_words_in_a_figure_are_no_markup():
    image = charts.figure("a <b>", 'c "d"', 10, charts.text(0, 0, "<i>", "tick"))
    assert "&lt;b&gt;" in image
    assert "&lt;i&gt;" in image
    assert "<b>" not in image
