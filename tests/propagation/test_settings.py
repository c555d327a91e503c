import pytest

from propagation.settings import PropagationSettings


@pytest.mark.parametrize(
    "name, value, message",
    [
        ("radius", -1, "radius is -1, must be 0 or more"),
        ("displacements", 0, "displacements is 0"),
        ("patch", 4, "patch is 4, must be odd"),
        ("offsets", 2, "offsets is 2, must be 1, 5 or 9"),
        ("link_error", 0.5, "link_error is 0.5"),
        ("tolerance", 0.0, "tolerance is 0.0, must be above 0, or None"),
        ("cut_share", 0.0, "cut_share is 0.0"),
        ("combination", "vote", "combination is 'vote', must be one of mean"),
    ],
)
def test_setting_without_a_meaning_is_refused(name, value, message):
    with pytest.raises(ValueError, match=message):
        PropagationSettings(**{name: value})
