from types import SimpleNamespace

import numpy as np
import pytest

from personalize.procedures.lesson import Lesson, learned_from, remedy
from personalize.settings import RunSettings
from personalize.stages.appearance import Appearance
from personalize.stages.judge import Verdict
from personalize.types import Window


def test_frames_to_learn_from_are_spread_and_hold_all_that_are_given():
    held = np.zeros(12, bool)
    held[[3, 4]] = True
    assert learned_from(held, [], 4).tolist() == [0, 5, 8, 11]
    assert learned_from(held, [1, 9], 4).tolist() == [0, 1, 5, 8, 9, 11]
    assert learned_from(held, [], 100).tolist() == [0, 1, 2, 5, 6, 7, 8, 9, 10, 11]
    assert learned_from(np.ones(2, bool), [1], 4).tolist() == [1]


@pytest.mark.parametrize(("kept", "helped"), [("personal", True), ("generic", False)])
def test_the_generic_network_is_not_helped_by_what_was_learned(kept, helped):
    generic, personal, appearance = object(), object(), Appearance(None, None)
    verdict = Verdict(kept, 5, {})
    lesson = Lesson(None, None, None, appearance, generic, personal, verdict)
    expected = (personal, appearance) if helped else (generic, None)
    assert lesson.kept == expected


@pytest.mark.parametrize(
    ("size", "frames", "advice"),
    [(64, 90, "leave out --size"), ("auto", 90, "another window with --centre"), ("auto", 30, "is larger")],
)
def test_the_advice_to_somebody_whose_video_shows_nobody_can_be_followed(size, frames, advice):
    source = SimpleNamespace(frame_count=frames)
    assert advice in remedy(source, Window(0, 30, 15), RunSettings(size=size))
