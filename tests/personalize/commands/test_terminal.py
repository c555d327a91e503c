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


def test_a_verdict_names_the_network_and_its_proof():
    evidence = {"silhouettes": {"generic": 0.8, "personal": 0.9}}
    verdict = {"kept": "personal", "held_out": 12, "evidence": evidence, "why": ""}
    assert verdict_line(verdict) == (
        "the personal network is better on 12 frames held out, without labels: "
        "silhouettes 0.800 -> 0.900"
    )
    refused = verdict_line({**verdict, "kept": "generic", "why": "parts flicker"})
    assert refused.startswith("what the network learned did not hold up (parts flicker)")
    assert "no frame was held out" in verdict_line({**verdict, "evidence": {}})
