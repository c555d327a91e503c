import pytest

from personalize.live.guard import is_known, new_token


@pytest.mark.parametrize(
    "asked",
    ["127.0.0.1", "127.0.0.1:8765", "localhost:9000", "LOCALHOST", "[::1]:8765", "192.168.1.4:80"],
)
def test_addresses_and_localhost_are_known(asked):
    assert is_known(asked, "127.0.0.1")


@pytest.mark.parametrize(
    "asked",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example:8765",
        "",
        ":8765",
        "[::1",
        "a@b",
    ],
)
def test_other_names_are_not(asked):
    assert not is_known(asked, "127.0.0.1")


def test_the_name_that_was_told_is_known():
    assert is_known("studio.local:8765", "studio.local")
    assert is_known("[fe80::1]:8765", "fe80::1")


def test_tokens_are_long_and_never_the_same():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 32
