"""Whether the verdict that needs no labels agrees with what the labels say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from personalize.evaluation.clips import ClipScores
from personalize.evaluation.joint_errors import JointErrors
from personalize.evaluation.markdown import markdown_table
from personalize.types import Json

TIE = 0.02
"""Change of the error, as a share of it, below which two networks are equally good."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A verdict beside the truth.

    Attributes
    ----------
    verdict : Verdict or None
        None where nobody was found; the generic network is kept then.
    gain : float
        Share of the generic network's error that personalizing took away; NaN if
        not known.
    """

    verdict: Any
    gain: float

    @property
    def kept(self) -> bool:
        """Whether the personal network is kept."""
        return self.verdict is not None and self.verdict.kept == "personal"

    @property
    def agrees(self) -> bool:
        """Whether the better network is kept; of two that are equally good, either."""
        return abs(self.gain) < TIE or self.kept == (self.gain > 0)


def joint_gain(errors: Mapping[str, JointErrors]) -> float:
    """Return the share of the mean error over all joints that personalizing took away.

    Parameters
    ----------
    errors : dict of str to JointErrors
        "generic" and "personalized".
    """
    before, after = (np.nanmean(errors[name].pixels) for name in ("generic", "personalized"))
    return float((before - after) / before)


def clip_gain(scores: Mapping[str, ClipScores]) -> float:
    """Return the share of a clip's mean error that personalizing took away.

    Parameters
    ----------
    scores : dict of str to ClipScores
        "generic" and "personalized".
    """
    return (scores["generic"].px - scores["personalized"].px) / scores["generic"].px


def silhouette_gain(scores: Mapping[str, float]) -> float:
    """Return the share of the error 1 - J that personalizing took away."""
    return (scores["personalized"] - scores["generic"]) / (1 - scores["generic"])


def report_verdicts(judged: Mapping[str, Judged]) -> Json:
    """Assemble verdicts for JSON.

    Parameters
    ----------
    judged : dict of str to Judged
        By the name of the video.

    Returns
    -------
    dict
        ``{"agree": n, "of": n, "videos": {NAME: {"kept": ..., "gain": ..., "evidence": ...}}}``.
    """
    return {
        "agree": sum(one.agrees for one in judged.values()),
        "of": len(judged),
        "videos": {
            name: {
                "kept": "personal" if one.kept else "generic",
                "gain": one.gain,
                "evidence": one.verdict.evidence if one.verdict else {},
            }
            for name, one in judged.items()
        },
    }


def verdict_table(judged: Mapping[str, Judged]) -> str:
    """Lay out how often each verdict met each truth, as a Markdown table.

    Parameters
    ----------
    judged : dict of str to Judged

    Returns
    -------
    str
        Columns: truly better, equally good (`TIE`), truly worse; rows: kept or not.
    """
    kinds = {
        "better": lambda gain: gain >= TIE,
        "the same": lambda gain: abs(gain) < TIE,
        "worse": lambda gain: gain <= -TIE,
    }
    rows = [
        [
            name,
            *(
                str(sum(one.kept == kept and kind(one.gain) for one in judged.values()))
                for kind in kinds.values()
            ),
        ]
        for name, kept in (("personal kept", True), ("generic kept", False))
    ]
    agree = sum(one.agrees for one in judged.values())
    table = markdown_table(["verdict / truly", *kinds], rows)
    return f"{table}\n\nThe verdict agrees with the labels on {agree} of {len(judged)} videos."
