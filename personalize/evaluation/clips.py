"""Measures of clips whose every frame has joints and a silhouette, as J-HMDB has them.

Clips differ in length and in the size of the person: a clip counts by its mean, and the
distances that count as right grow with the person (PCK; Yang and Ramanan, TPAMI 2013).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from personalize.evaluation.joint_errors import GROUPS
from personalize.evaluation.markdown import format_score, markdown_table, or_none
from personalize.evaluation.segmentation import intersection_over_union
from personalize.types import Array, Json, Mask

RIGHT = 0.2
"""Of the longer side of the person's box: the greatest distance of a joint that is right (PCK@0.2).
"""

LOST = 0.5
"""Of the same side: the mean error of a clip above which the person was not found in it."""

HALVED = 0.5
"""Share of its error that a frame has left at most, once the sides change places, where they were
swapped."""

MIRRORED = [0, 2, 1, 4, 3, 6, 5]
"""Of every joint of `parts.UPPER_BODY_JOINTS`, the index of the same one on the other side."""

MEASURES = {
    "px": ".1f",
    "median_px": ".1f",
    "pck": ".3f",
    "wrists_pck": ".3f",
    "elbows_pck": ".3f",
    "j": ".3f",
    "swapped": ".1%",
    "lost": ".1%",
}
"""Measures of a set of clips, and how each is written."""

NETWORKS = ("generic", "personalized", "kept")


@dataclass(frozen=True)
class ClipScores:
    """How one network does on one clip of T frames.

    Attributes
    ----------
    px, median_px : float
        Mean and median error of the seven joints of all frames, pixels.
    pck, wrists_pck, elbows_pck : float
        Share of joints that are `RIGHT`.
    j : float
        Mean J of the silhouettes.
    swapped : float
        Share of frames in which exchanging left and right takes half of the mean error, or more.
    lost : bool
        Whether the mean error is above `LOST` of the longer side of the person's box.
    empty : tuple of int
        Frames in which a run would find nobody. They count like all others.
    """

    px: float
    median_px: float
    pck: float
    wrists_pck: float
    elbows_pck: float
    j: float
    swapped: float
    lost: bool
    empty: tuple


def measure_clip(
    truth: Array,
    masks: Mask,
    estimate: Array,
    silhouettes: Iterable[Mask],
    empty: Sequence[int] | Array = (),
) -> ClipScores:
    """Measure one network on one clip.

    Parameters
    ----------
    truth, estimate : (T, 7, 2) float array
        (x, y) of `parts.UPPER_BODY_JOINTS` in pixels; every joint has an estimate.
    masks : (T, H, W) bool array
        True silhouettes, none of them empty.
    silhouettes : iterable of T (H, W) bool arrays
    empty : sequence of int
        Frames in which a run would find nobody.

    Returns
    -------
    ClipScores
    """
    sides = np.array([longer_side(mask) for mask in masks])  # (T,)
    errors = np.linalg.norm(estimate - truth, axis=-1)  # (T, 7)
    exchanged = np.linalg.norm(estimate[:, MIRRORED] - truth, axis=-1)
    right = errors <= RIGHT * sides[:, None]
    swapped = exchanged.mean(axis=1) <= HALVED * errors.mean(axis=1)
    overlaps = [
        intersection_over_union(mask, silhouette)
        for mask, silhouette in zip(masks, silhouettes, strict=True)
    ]
    return ClipScores(
        px=float(errors.mean()),
        median_px=float(np.median(errors)),
        pck=float(right.mean()),
        wrists_pck=float(right[:, GROUPS["Wrists"]].mean()),
        elbows_pck=float(right[:, GROUPS["Elbows"]].mean()),
        j=float(np.mean(overlaps)),
        swapped=float(swapped.mean()),
        lost=bool((errors.mean(axis=1) / sides).mean() > LOST),
        empty=tuple(map(int, empty)),
    )


def longer_side(mask: Mask) -> int:
    """Return the longer side, in pixels, of the box around an (H, W) bool mask."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return max(rows[-1] - rows[0], cols[-1] - cols[0]) + 1


def mean_of_clips(scores: Sequence[ClipScores]) -> dict[str, float]:
    """Average the scores of one network over clips.

    Parameters
    ----------
    scores : sequence of ClipScores

    Returns
    -------
    dict of str to float
        Of every name in `MEASURES` the mean over clips; but "median_px" is the median over
        clips of their mean error, which lost clips do not move, and "lost" the share of clips.
    """
    means = {name: float(np.mean([getattr(clip, name) for clip in scores])) for name in MEASURES}
    return {**means, "median_px": float(np.median([clip.px for clip in scores]))}


def report_clips(clips: Mapping[str, Mapping[str, ClipScores]]) -> Json:
    """Assemble the scores of all clips for JSON.

    Parameters
    ----------
    clips : dict of str to dict of str to ClipScores
        Name of the clip -> "generic" and, unless the base alone was measured, "personalized"
        and "kept" -> scores.

    Returns
    -------
    dict
        ``{"mean": {"generic": {"px": ..., "lost": ...}, ...}, "clips": {NAME: {"generic": {...},
        ...}}}``, the former of `mean_of_clips`.
    """
    return {
        "mean": {
            network: {name: or_none(score) for name, score in mean_of_clips(scores).items()}
            for network, scores in _by_network(clips).items()
        },
        "clips": {
            name: {network: asdict(scores) for network, scores in networks.items()}
            for name, networks in clips.items()
        },
    }


def clip_table(clips: Mapping[str, Mapping[str, ClipScores]]) -> str:
    """Lay the means over all clips out as a Markdown table, and list frames that would stay empty.

    Parameters
    ----------
    clips : dict of str to dict of str to ClipScores
        As for `report_clips`.

    Returns
    -------
    str
    """
    rows = []
    for network, scores in _by_network(clips).items():
        means = mean_of_clips(scores)
        rows.append(
            [network, *(format_score(means[name], style) for name, style in MEASURES.items())]
        )
    header = ["J-HMDB", "px", "median px", "PCK", "wrists", "elbows", "J", "swapped", "lost"]
    return "\n\n".join([markdown_table(header, rows), _note(clips)])


def _by_network(clips):
    """Scores of all clips by the network, in the order of `NETWORKS`."""
    measured = [name for name in NETWORKS if all(name in networks for networks in clips.values())]
    return {name: [networks[name] for networks in clips.values()] for name in measured}


def _note(clips):
    silent = {name: networks["generic"].empty for name, networks in clips.items()}
    frames = sum(map(len, silent.values()))
    named = ", ".join(f"{name} ({len(empty)})" for name, empty in silent.items() if empty)
    return (
        f"{len(clips)} clips. px: mean over clips of the mean error; median px: median over clips "
        f"of it; PCK: "
        f"joints within {RIGHT} of the longer side of the person's box; swapped: frames in which "
        "exchanging left and right at least halves the error; lost: clips whose mean error is over "
        f"{LOST} of that side. Frames that the generic network says are empty, counted all the "
        f"same: "
        f"{frames}" + (f", of {named}." if named else ".")
    )
