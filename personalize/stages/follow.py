"""Which candidate is the person, in every look at a video (not in the paper).

The candidates of every look at a video in, in the order of time; one of each look, or nobody,
out. A person is built like one (`find`), does not leap, and keeps their clothes. The path that is
best by all three together is found exactly, by dynamic programming (Viterbi, 1967). Across a cut
only the colours count. A person that the user points at is chosen.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from personalize.stages.find import Candidate
from personalize.stages.settings import FollowSettings
from personalize.types import Array

Click = tuple[float, float]
"""x and y in pixels of the source frame."""


def follow(
    looks: Sequence[Sequence[Candidate]],
    numbers: Sequence[int],
    *,
    cuts: Sequence[int] = (),
    clicks: Mapping[int, Click] | None = None,
    settings: FollowSettings = FollowSettings(),
) -> list[Candidate | None]:
    """Choose the person in each of K looks.

    Parameters
    ----------
    looks : sequence of K sequences of Candidate
    numbers : sequence of K int
        Frames of the video, ascending.
    cuts : sequence of int
        Frames at which another shot begins.
    clicks : dict of int to (float, float), optional
        Points on the person, by the number of a frame that is looked at.
    settings : FollowSettings

    Returns
    -------
    list of K Candidate or None
        None where nobody is seen.
    """
    clicks = clicks or {}
    pointed = _pointed_at(looks, numbers, clicks)
    scores = [
        _scores(candidates, clicks.get(number), pointed, settings)
        for candidates, number in zip(looks, numbers)
    ]
    shot = np.searchsorted(np.asarray(cuts, int), numbers, side="right")

    def steps(before: int, after: int) -> Array:
        """Scores of each pair of candidates in two looks, and of nobody."""
        same = shot[before] == shot[after]
        step = numbers[after] - numbers[before] if same else None
        return _steps(looks[before], looks[after], step, settings)

    best, back = [scores[0]], [np.zeros((len(scores[0]), 2), int)]
    for k in range(1, len(looks)):
        totals, sources = [], []
        for before in range(max(k - settings.memory, 0), k):
            pairs = best[before][:, None] + steps(before, k)
            if before < k - 1:  # somebody, who was not seen in between
                pairs = pairs[:-1] - settings.switch
            totals.append(pairs)
            sources += [(before, number) for number in range(len(pairs))]
        total = np.concatenate(totals)
        back.append(np.array(sources)[total.argmax(axis=0)])
        best.append(total.max(axis=0) + scores[k])
    chosen: list[Candidate | None] = [None] * len(looks)
    k, number = len(looks) - 1, int(best[-1].argmax())
    while True:
        chosen[k] = looks[k][number] if number < len(looks[k]) else None
        if not k:
            return chosen
        k, number = map(int, back[k][number])


def likeness(one: Candidate, other: Candidate) -> float:
    """Return how alike the colours of two candidates are, from 0 to 1 (Bhattacharyya)."""
    return float(one.colours @ other.colours)


def _pointed_at(looks, numbers, clicks):
    """Return the candidates that the user pointed at."""
    return [
        candidate
        for candidates, number in zip(looks, numbers)
        for candidate in candidates
        if number in clicks and candidate.covers(*clicks[number])
    ]


def _scores(candidates, click, pointed, settings) -> Array:
    """Return the score of each candidate of a look by itself, and last of nobody: (N + 1,)."""
    scores = np.zeros(len(candidates) + 1)
    for k, candidate in enumerate(candidates):
        beyond = max(candidate.score - settings.sure, 0)
        score = candidate.score - (1 - settings.little) * beyond
        scores[k] = settings.gain * (score - settings.doubt)
        if pointed:
            alike = max(likeness(candidate, one) for one in pointed)
            scores[k] += settings.alike * (alike - settings.same)
        if click is not None:
            scores[k] += settings.told if candidate.covers(*click) else -settings.told
    return scores


def _steps(before, after, step, settings) -> Array:
    """Return the score of each pair of candidates in two looks, the last being nobody in either:
    (N + 1, M + 1); `step` is the frames between them, None across a cut.
    """
    pairs = np.full((len(before) + 1, len(after) + 1), -settings.switch)
    pairs[-1, -1] = 0
    for i, one in enumerate(before):
        for j, other in enumerate(after):
            unlike = settings.alike * (1 - likeness(one, other))
            pairs[i, j] = -min(unlike + _leap(one, other, step, settings), settings.limit)
    return pairs


def _leap(one, other, step, settings):
    """Return how far somebody would have had to leap and to grow, in nats."""
    if step is None:
        return 0.0
    head = np.sqrt(one.head * other.head)
    reach = settings.reach * head * (1 + settings.speed * step)
    centres = [(candidate.box[:2] + candidate.box[2:]) / 2 for candidate in (one, other)]
    moved = np.linalg.norm(centres[1] - centres[0]) / reach
    grown = np.log(other.head / one.head) / (settings.growth * (1 + settings.speed * step))
    return (moved**2 + grown**2) / 2
