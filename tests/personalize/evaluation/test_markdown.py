import pytest

from personalize.evaluation.markdown import format_score, markdown_table, or_none

NAN = float("nan")


def test_what_could_not_be_measured_is_a_dash_and_null():
    assert (format_score(NAN), or_none(NAN)) == ("-", None)
    assert (format_score(0.5), format_score(12.34, ".1f"), or_none(0.5)) == ("0.500", "12.3", 0.5)


def test_a_table_has_names_to_the_left_and_numbers_to_the_right():
    assert markdown_table(["name", "J"], [["hike", "0.5"], ["x", "0.25"]]).splitlines() == [
        "| name |    J |",
        "| ---- | ---: |",
        "| hike |  0.5 |",
        "| x    | 0.25 |",
    ]


def test_rows_of_another_length_are_refused():
    with pytest.raises(ValueError, match="zip"):
        markdown_table(["name", "J"], [["hike"]])
