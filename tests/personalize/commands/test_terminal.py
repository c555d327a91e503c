"""What the command line tells a user of frames and verdicts."""

import pytest

from personalize.commands.terminal import in_words, spans_of, verdict_line


def test_spans_are_where_a_sequence_is_true():
    assert spans_of([True, True, False, True]) == [(0, 2), (3, 4)]
    assert spans_of([False, False]) == []


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([(4, 5)], "4"),
        ([(0, 2), (7, 30)], "from 0 to 1, from 7 to 29"),
        ([(0, 1), (2, 9), (20, 22), (30, 40)], "from 2 to 8, from 20 to 21, from 30 to 39, and 1"),
    ],
)
def test_spans_are_told_from_their_first_frame_to_their_last(spans, words):
    assert in_words(spans).startswith(words)


def test_a_verdict_names_what_is_kept_and_its_proof():
    gain = {"kept": "personal", "reason": "gain", "estimate": 0.034, "uncertainty": 0.02}
    loss = {"kept": "generic", "reason": "loss", "estimate": -0.01, "uncertainty": 0.05}
    assert verdict_line({"silhouettes": gain, "parts": loss, "held_out": 12}) == (
        "silhouettes: the personal ones are kept, expected gain +3.4% +- 2.0% of J; "
        "parts: the generic ones are kept, expected gain -1.0% +- 5.0% of the joints' error "
        "(judged without labels on 12 frames held out)"
    )
    untested = {"kept": "generic", "reason": "untested", "estimate": None, "uncertainty": None}
    line = verdict_line({"silhouettes": untested, "parts": untested, "held_out": 0})
    assert line == (
        "silhouettes and parts: the generic ones are kept, since the window is too short to test "
        "the others; --keep personal keeps those"
    )
    asked = verdict_line({"silhouettes": gain, "parts": {**loss, "reason": "asked"}, "held_out": 1})
    assert "as --keep says, expected gain -1.0%" in asked
