import pytest

from personalize.output.export import no_formula


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0.png", "+1.png", "-1.png", "@SUM(A1).png"])
def test_a_name_that_a_spreadsheet_would_run_is_a_text(name):
    assert no_formula(name) == f"'{name}"


@pytest.mark.parametrize("name", ["", "000001.png", "a=b.png", "żółć.png"])
def test_other_names_are_as_they_are(name):
    assert no_formula(name) == name
