"""What is told of the frames that a person was learned from."""

from types import SimpleNamespace

import numpy as np
import pytest

from personalize.commands.window import is_within_shot, report_window, spell_window
from personalize.imaging.framing import fit_frame
from personalize.imaging.track import Track
from personalize.storage.arrays import save_arrays
from personalize.storage.layout import arrays_of
from personalize.types import Window


def test_a_window_is_spelled_by_its_stretches_the_first_ones_of_many():
    assert spell_window(Window.between(103, 110)) == "103 to 109"
    assert spell_window(Window(((0, 30), (50, 80)))) == "0 to 29, 50 to 79"
    many = Window(tuple((start, start + 5) for start in range(0, 100, 10)))
    assert spell_window(many) == "0 to 4, 10 to 14 ... 90 to 94, 10 stretches"


@pytest.fixture
def root(tmp_path):
    """A run folder with the track of a video that has a cut at frame 20."""
    track = Track.still(fit_frame(64, 96, 80), cuts=np.array([20]))
    path = tmp_path / arrays_of("track")
    path.parent.mkdir(parents=True)
    save_arrays(path, track.arrays())
    return tmp_path


def test_a_window_lies_within_a_shot_or_not(root, tmp_path_factory):
    assert is_within_shot(root, Window.between(20, 40))
    assert is_within_shot(root, Window.between(0, 20))
    assert not is_within_shot(root, Window.between(19, 22))
    assert not is_within_shot(root, Window(((0, 5), (9, 12))))
    assert not is_within_shot(tmp_path_factory.mktemp("sized"), Window.between(0, 20))


def test_a_run_says_which_shot_was_learned_from(root, capsys):
    source = {"name": "clip.mp4", "frames": 60, "first": 100}
    done = SimpleNamespace(root=root, manifest={"source": source, "window": [[120, 140]]})
    report_window(done, None)
    told = " ".join(capsys.readouterr().err.split())
    assert told == "clip.mp4: learned from frames 120 to 139, within one shot, of 60"
