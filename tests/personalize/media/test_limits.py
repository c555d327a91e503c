import pytest

from personalize.errors import InputError, SettingsError, VideoError
from personalize.media.limits import Limit

APPLES = Limit("MAX_APPLES", 3, "apples")


def test_what_keeps_to_the_limit_is_let_through_and_more_is_not():
    APPLES.check(3, "a basket of 3")
    with pytest.raises(
        InputError,
        match="^a basket of 4, and at most 3 apples are read; raise the limit with MAX_APPLES$",
    ):
        APPLES.check(4, "a basket of 4")
    with pytest.raises(VideoError, match="; eat one, or raise the limit with MAX_APPLES"):
        APPLES.check(4, "a basket of 4", VideoError, "eat one")


def test_a_variable_of_the_environment_raises_the_limit(monkeypatch):
    monkeypatch.setenv("MAX_APPLES", "4")
    APPLES.check(4, "a basket of 4")


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5"])
def test_a_limit_that_is_none_is_told(text, monkeypatch):
    monkeypatch.setenv("MAX_APPLES", text)
    with pytest.raises(SettingsError, match=f"MAX_APPLES={text}: must be a whole number above 0"):
        APPLES.check(1, "a basket of 1")
