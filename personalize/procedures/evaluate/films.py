"""Films of people who are difficult to follow: a finished run compared with the truth."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personalize.datasets.rendered_video import RenderedVideo
from personalize.evaluation.outlines import outline_distance
from personalize.evaluation.segmentation import intersection_over_union
from personalize.output.finished import FinishedRun
from personalize.storage.layout import FRAMES
from personalize.types import Array, Mask

NEAR = 0.5
"""Of the head's size: how far from the truth a joint may be."""
THIRDS = 3
_SCALED = 2.5  # largest by smallest head from which a film is scored by thirds of its scale


@dataclass(frozen=True, eq=False)
class FilmScores:
    """The results of a run in T frames of a film.

    Attributes
    ----------
    seen : (T,) str array
        The truth: "yes", "no" or "doubt".
    claimed : (T,) bool array
        Whether somebody is said to be there.
    doubted : (T,) bool array
        Claims that the run is not sure of itself; False all where it does not say so.
    j : (T,) float array
        Overlap with the one who is meant; NaN where they are not seen for sure.
    near : (T, 13) float array
        1 where a joint that is seen lies within `NEAR` of its place, 0 where it does not or is
        not known, NaN where it is not seen.
    wrong : (T,) bool array
        Claims that cover more of somebody else than of the one who is meant.
    outline : (T,) float array
        Mean distance of outlines, pixels; NaN where one of them is missing.
    third : (T,) int array
        Of the scale, in equal ratios from the smallest head on: 0, 1 or 2; -1 in films of about
        one scale.
    """

    seen: Array
    claimed: Mask
    doubted: Mask
    j: Array
    near: Array
    wrong: Mask
    outline: Array
    third: Array


def score_film(film: RenderedVideo, done: FinishedRun) -> FilmScores:
    """Compare a finished run of a film with the truth.

    Parameters
    ----------
    film : RenderedVideo
    done : FinishedRun

    Returns
    -------
    FilmScores

    Raises
    ------
    ValueError
        If the run has not the frames of the film.
    """
    if len(done) != len(film):
        raise ValueError(f"{done.root}: {len(done)} frames, the film {film.name} has {len(film)}")
    count, seen = len(film), film.seen
    j, outline = np.full(count, np.nan), np.full(count, np.nan)
    filled, wrong = np.zeros(count, bool), np.zeros(count, bool)
    for frame, estimate in enumerate(done.silhouettes()):
        truth, others = film.read_mask(frame), film.read_others(frame)
        filled[frame] = estimate.any()
        wrong[frame] = (estimate & others).sum() > (estimate & truth).sum()
        if seen[frame] == "yes":
            j[frame] = intersection_over_union(truth, estimate)
            outline[frame] = outline_distance(truth, estimate)
    said = said_to_be_seen(done)
    claimed = filled if said is None else (said != "no")
    doubted = np.zeros(count, bool) if said is None else said == "doubt"
    near = near_joints(film, done.xy)
    return FilmScores(
        seen, claimed, doubted, j, near, wrong & claimed, outline, thirds_of(film.heads, seen)
    )


def said_to_be_seen(done: FinishedRun) -> Array | None:
    """Return the column `seen` of a run's frames, (T,) str; None where it has none."""
    with open(done.root / FRAMES, newline="", encoding="utf-8", errors="replace") as file:
        rows = list(csv.DictReader(file))
    if not rows or "seen" not in rows[0]:
        return None
    return np.array([row["seen"] for row in rows])


def near_joints(film: RenderedVideo, xy: Array) -> Array:
    """Return whether joints (T, 13, 2) are near the true ones, as `FilmScores.near`."""
    away = np.linalg.norm(xy - film.xy, axis=2)
    near = np.where(np.isnan(away), 0.0, away <= NEAR * film.heads[:, None])
    known = ~np.isnan(film.xy).any(axis=2) & (film.seen == "yes")[:, None]
    return np.where(known, near, np.nan)


def thirds_of(heads: Array, seen: Array) -> Array:
    """Return the third of its film's scale of each frame, as `FilmScores.third`."""
    known = (seen == "yes") & np.isfinite(heads)
    third = np.full(len(heads), -1)
    if not known.any():
        return third
    low, high = heads[known].min(), heads[known].max()
    if high < _SCALED * low:
        return third
    share = np.log(heads[known] / low) / np.log(high / low)
    third[known] = np.clip(np.floor(THIRDS * share), 0, THIRDS - 1)
    return third


def summarize(films: Sequence[FilmScores]) -> dict[str, float]:
    """Return the numbers of some films.

    Returns
    -------
    dict of str to float
        "j" and "joints": means over films; "j 1" to "j 3" and "joints 1" to "joints 3" the
        same by third of the scale, smallest first; "false": share of the frames without the
        one who is meant in which somebody is claimed, "missed": of the frames with them in
        which nobody is, "wrong": of the frames with them and a claim in which it is somebody
        else, each pooled over frames; "outline": mean distance in pixels. NaN where there is
        nothing to measure.
    """
    numbers = {
        "j": _mean([_mean(film.j) for film in films]),
        "joints": _mean([_mean(film.near) for film in films]),
    }
    for third in range(THIRDS):
        here = [film.third == third for film in films]
        for name, values in (("j", "j"), ("joints", "near")):
            numbers[f"{name} {third + 1}"] = _mean(
                [_mean(getattr(film, values)[own]) for film, own in zip(films, here)]
            )
    absent = [film.claimed[film.seen == "no"] for film in films]
    present = [~film.claimed[film.seen == "yes"] for film in films]
    claims = [film.wrong[(film.seen == "yes") & film.claimed] for film in films]
    for name, shares in (("false", absent), ("missed", present), ("wrong", claims)):
        numbers[name] = _mean(np.concatenate(shares)) if shares else float("nan")
    numbers["outline"] = _mean([_mean(film.outline) for film in films])
    return numbers


def _mean(values):
    """Mean of the known; NaN if there is none."""
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    return float(known.mean()) if known.size else float("nan")
