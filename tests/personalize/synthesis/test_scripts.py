import numpy as np
import pytest

from personalize.errors import SettingsError
from personalize.synthesis.difficulties import DIFFICULTIES, write_script
from personalize.synthesis.scripts import Keys, Role, Script, Shot


def test_a_number_moves_in_straight_lines_between_keys_and_rests_beyond():
    keys = Keys((1.0, 3.0, 2.0), (0.2, 0.6, 0.8))
    assert [keys.at(m) for m in (0.0, 0.2, 0.4, 0.6, 0.7, 1.0)] == pytest.approx(
        [1.0, 1.0, 2.0, 3.0, 2.5, 2.0]
    )
    assert Keys((5.0,)).at(0.3) == 5.0
    assert Keys((0.0, 1.0, 4.0)).at(0.75) == 2.5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Keys((1.0, 2.0), (0.5,)), "2 values at 1 moments"),
        (lambda: Keys((1.0, 2.0), (0.5, 0.5)), "they must rise"),
        (lambda: Role(Keys((10.0,)), does="fly"), "nobody can 'fly'"),
        (lambda: Role(Keys((10.0, 0.0))), "they must be above 0"),
        (lambda: write_script("dull", np.random.default_rng(0), 240), "no difficulty is called"),
    ],
)
def test_scripts_that_cannot_be_played_are_refused(wrong, message):
    with pytest.raises(SettingsError, match=message):
        wrong()


def test_shots_share_the_frames_by_their_lengths():
    script = Script((Shot((), 1.0), Shot((), 0.5), Shot((), 1.0)))
    assert script.lengths(10) == (4, 2, 4)
    assert sum(script.lengths(7)) == 7


@pytest.mark.parametrize("name", DIFFICULTIES)
def test_heads_of_every_difficulty_stay_within_what_was_asked(name):
    for seed in range(12):
        script = write_script(name, np.random.default_rng(seed), 240, (10.0, 100.0))
        meant = [(shot, role) for shot in script.shots for role in shot.roles if not role.person]
        assert meant
        for shot, role in meant:
            grown = max(shot.zoom.values) * max(shot.closer.values)
            assert min(role.heads.values) >= 9.99
            assert grown * max(role.heads.values) <= 100.01
