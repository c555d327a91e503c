"""Overlaps of silhouettes of an evaluation, for programs (JSON) and for people (Markdown)."""

import math
from collections.abc import Mapping

from personalize.evaluation.markdown import format_score, markdown_table, or_none
from personalize.types import Json

SILHOUETTE_STAGES = ("generic", "propagated", "refined", "tuned", "personalized", "kept")
"""The networks and the steps between them, in the order of the pipeline."""


def report_silhouettes(sequences: Mapping[str, Mapping[str, float]]) -> Json:
    """Assemble the mean J of all sequences for JSON.

    Parameters
    ----------
    sequences : dict of str to dict of str to float
        Name of the sequence -> stage of `SILHOUETTE_STAGES` -> mean J.

    Returns
    -------
    dict
        ``{"sequences": {NAME: {"generic": j, "propagated": j, "refined": j,
        "tuned": j, "personalized": j, "kept": j}}, "mean": the same, over sequences}``, or of the
        base alone "generic".
    """
    return {
        "sequences": {
            name: {stage: or_none(score) for stage, score in scores.items()}
            for name, scores in sequences.items()
        },
        "mean": {stage: or_none(score) for stage, score in _mean_of_stages(sequences).items()},
    }


def silhouette_table(sequences: Mapping[str, Mapping[str, float]]) -> str:
    """Lay the mean J of all sequences out as a Markdown table.

    Parameters
    ----------
    sequences : dict of str to dict of str to float
        As for `report_silhouettes`.

    Returns
    -------
    str
    """
    means = _mean_of_stages(sequences)
    rows = [[name, *map(format_score, scores.values())] for name, scores in sequences.items()]
    rows.append(["mean", *map(format_score, means.values())])
    return markdown_table(["J", *means], rows)


def _mean_of_stages(sequences):
    stages = next(iter(sequences.values()))
    return {
        stage: math.fsum(scores[stage] for scores in sequences.values()) / len(sequences)
        for stage in stages
    }
