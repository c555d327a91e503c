"""Compare the verdict, which needs no labels, with the true gain by labels, for each module."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from personalize.evaluation.clips import ClipScores
from personalize.evaluation.joint_errors import JointErrors
from personalize.evaluation.markdown import markdown_table
from personalize.types import Floats, Json

TIES = {"silhouettes": 0.005, "parts": 0.02}
"""Gain below which two networks are equally good: in J, and as a share of the joints' error."""


@dataclass(frozen=True)
class Gain:
    """What learning brought by one measure, above 0 if it helped.

    Attributes
    ----------
    personal : float
        With all that was learned.
    kept : float
        With what the verdict keeps of it.
    """

    personal: float
    kept: float


@dataclass(frozen=True, eq=False)
class Judged:
    """A verdict beside the truth.

    Attributes
    ----------
    verdict : Verdict or None
        None where nobody was found; the generic network is kept then.
    gains : dict of str to Gain
        Of the modules that labels measure: of "silhouettes" in J, of "parts" the share of the
        generic network's joint error that is taken away.
    """

    verdict: Any
    gains: Mapping[str, Gain]

    def keeps(self, module: str) -> bool:
        """Whether a module is kept as it was learned."""
        return self.verdict is not None and bool(self.verdict.keeps(module))

    def agrees(self, module: str) -> bool:
        """Whether the better module is kept; of two that are equally good, either."""
        gain = self.gains[module].personal
        return abs(gain) < TIES[module] or self.keeps(module) == (gain > 0)


def joint_gains(errors: Mapping[str, JointErrors]) -> dict[str, Gain]:
    """Return the gain in joints of a video: shares of the mean error over all of them.

    Parameters
    ----------
    errors : dict of str to JointErrors
        "generic", "personalized" and "kept".
    """
    return {"parts": _share({name: float(np.nanmean(errors[name].pixels)) for name in _NAMES})}


def clip_gains(scores: Mapping[str, ClipScores]) -> dict[str, Gain]:
    """Return the gains in joints and silhouettes of a clip.

    Parameters
    ----------
    scores : dict of str to ClipScores
        "generic", "personalized" and "kept".
    """
    pixels = {name: scores[name].px for name in _NAMES}
    return {
        **silhouette_gains({name: scores[name].j for name in _NAMES}),
        "parts": _share(pixels),
    }


def silhouette_gains(j: Mapping[str, float]) -> dict[str, Gain]:
    """Return the gain in silhouettes, of the J of "generic", "personalized" and "kept"."""
    return {"silhouettes": Gain(j["personalized"] - j["generic"], j["kept"] - j["generic"])}


def regret(judged: Mapping[str, Judged], module: str, kept: str = "kept") -> float:
    """Return which share of the available gain is lost.

    Available is what would be gained if the better network of each video were kept.

    Parameters
    ----------
    judged : dict of str to Judged
    module : str
    kept : {"kept", "generic", "personal"}
        "kept" keeps what the verdict keeps, "generic" nothing of what was learned, "personal" all.

    Returns
    -------
    float
        0 if nothing is lost, 1 if all is; more if what is kept is worse than the generic
        networks. NaN where nothing could be gained, or nothing is measured.
    """
    gains = [one.gains[module] for one in judged.values() if module in one.gains]
    got = [0.0 if kept == "generic" else float(getattr(gain, kept)) for gain in gains]
    return share_lost(np.array([gain.personal for gain in gains]), np.array(got))


def share_lost(available: Floats, got: Floats) -> float:
    """Return which share of the available gain is lost, as `regret` has it.

    Parameters
    ----------
    available : (N,) float array
        Gain of each video with all that was learned; below 0 none is to be had.
    got : (N,) float array
        Gain with what is kept.
    """
    most = np.maximum(available, 0).sum()
    return float(1 - got.sum() / most) if most > 0 else float("nan")


def report_verdicts(judged: Mapping[str, Judged]) -> Json:
    """Assemble verdicts for JSON.

    Parameters
    ----------
    judged : dict of str to Judged
        By the name of the video.

    Returns
    -------
    dict
        ``{MODULE: {"agree": n, "of": n, "regret": share, "videos": {NAME: {"kept": ..., "gain":
        ..., "gain_kept": ...}}}}`` of each measured module; regret is None where nothing could
        be gained.
    """
    return {
        module: {
            "agree": sum(one.agrees(module) for one in judged.values()),
            "of": len(judged),
            "regret": _or_none(regret(judged, module)),
            "videos": {
                name: {
                    "kept": "personal" if one.keeps(module) else "generic",
                    "gain": one.gains[module].personal,
                    "gain_kept": one.gains[module].kept,
                }
                for name, one in judged.items()
            },
        }
        for module in measured(judged)
    }


def verdict_table(judged: Mapping[str, Judged]) -> str:
    """Lay out how often each verdict met each truth, and what was lost, as Markdown.

    Parameters
    ----------
    judged : dict of str to Judged

    Returns
    -------
    str
        Columns: truly better, equally good (`TIES`), truly worse; rows: kept or not. Below, the
        regret of the verdict, of always keeping the generic and always the personal module.
    """
    rows, lost = [], []
    for module in measured(judged):
        tie = TIES[module]
        kinds = {
            "better": lambda gain, tie=tie: gain >= tie,
            "the same": lambda gain, tie=tie: abs(gain) < tie,
            "worse": lambda gain, tie=tie: gain <= -tie,
        }
        for network, kept in (("personal", True), ("generic", False)):
            ones = [one for one in judged.values() if one.keeps(module) == kept]
            counts = [
                sum(kind(one.gains[module].personal) for one in ones) for kind in kinds.values()
            ]
            rows.append([f"{module}: {network} kept", *map(str, counts)])
        cells = [regret(judged, module, kept) for kept in ("kept", "generic", "personal")]
        agree = sum(one.agrees(module) for one in judged.values())
        lost.append([module, f"{agree} of {len(judged)}", *map(_percent, cells)])
    truths = markdown_table(["verdict / truly", "better", "the same", "worse"], rows)
    head = ["regret", "verdict is right", "of the verdict", "always generic", "always personal"]
    return f"{truths}\n\n{markdown_table(head, lost)}"


def measured(judged: Mapping[str, Judged]) -> list[str]:
    """Return the modules of which every video has a measured gain."""
    ones = list(judged.values())
    return [module for module in TIES if ones and all(module in one.gains for one in ones)]


_NAMES = ("generic", "personalized", "kept")


def _share(errors: Mapping[str, float]) -> Gain:
    before = errors["generic"]
    return Gain(*((before - errors[name]) / before for name in ("personalized", "kept")))


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _percent(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.0%}"
