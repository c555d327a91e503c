"""Runs of films against their truth, without rendering or running anything."""

import csv

import numpy as np
import pytest

from personalize import parts
from personalize.datasets.rendered_video import RenderedVideo
from personalize.media.images import write_image
from personalize.output.finished import FinishedRun
from personalize.procedures.evaluate.films import score_film, summarize, thirds_of
from personalize.storage.layout import FRAMES, JOINTS, SILHOUETTES, picture

SHAPE = (20, 30)
TRUE, OTHER = slice(2, 12), slice(18, 28)  # columns


def columns(where):
    mask = np.zeros(SHAPE, bool)
    if where is not None:
        mask[4:16, where] = True
    return mask


@pytest.fixture
def film(tmp_path):
    """Four frames: seen twice, a sliver, and nobody; somebody else is always there."""
    masks = [columns(TRUE), columns(TRUE), columns(slice(2, 3)), columns(None)]
    xy = np.full((4, len(parts.JOINTS), 2), np.nan)
    xy[:2, 0] = 7.0, 6.0
    return RenderedVideo(
        name="film",
        path=tmp_path / "clip.mp4",
        xy=xy,
        bits=np.stack([np.packbits(mask) for mask in masks]),
        shape=SHAPE,
        seen=np.array(["yes", "yes", "doubt", "no"]),
        heads=np.array([4.0, 12.0, 12.0, np.nan]),
        other_bits=np.stack([np.packbits(columns(OTHER))] * 4),
    )


def finish(root, claims, head, seen=None):
    """A finished run that claims these columns, and this head in every frame."""
    for number, where in enumerate(claims):
        write_image(root / SILHOUETTES / picture(number), 255 * np.uint8(columns(where)))
    with open(root / JOINTS, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("frame", "time", "joint", "x", "y", "confidence"))
        table.writerows((k, 0.0, "head", *head, 1.0) for k in range(len(claims)))
    with open(root / FRAMES, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("frame", "name", *(("seen",) if seen else ())))
        table.writerows((k, "", *((seen[k],) if seen else ())) for k in range(len(claims)))
    return FinishedRun(root, {"source": {"frames": len(claims)}})


def test_claims_of_nobody_of_somebody_else_and_none_are_counted(film, tmp_path):
    done = finish(tmp_path, [TRUE, OTHER, OTHER, OTHER], (7.0, 7.5))
    scores = score_film(film, done)
    numbers = summarize([scores])
    assert scores.j[:2].tolist() == [1.0, 0.0] and np.isnan(scores.j[2:]).all()
    assert numbers["j"] == 0.5
    assert numbers["wrong"] == 0.5  # frames in doubt are not counted
    assert numbers["false"] == 1.0 and numbers["missed"] == 0.0
    assert scores.near[:2, 0].tolist() == [1.0, 1.0]
    assert np.isnan(scores.near[2:]).all() and np.isnan(scores.near[:, 1:]).all()


def test_an_empty_silhouette_claims_nobody(film, tmp_path):
    numbers = summarize([score_film(film, finish(tmp_path, [TRUE, None, None, None], (20, 20)))])
    assert numbers["missed"] == 0.5 and numbers["false"] == 0.0 and numbers["wrong"] == 0.0
    assert numbers["joints"] == 0.0
    assert numbers["outline"] == 0.0


def test_what_a_run_says_of_who_is_seen_counts_more_than_its_silhouettes(film, tmp_path):
    said = ["yes", "doubt", "no", "no"]
    scores = score_film(film, finish(tmp_path, [TRUE, TRUE, TRUE, TRUE], (7, 6), said))
    assert scores.claimed.tolist() == [True, True, False, False]
    assert scores.doubted.tolist() == [False, True, False, False]
    assert summarize([scores])["false"] == 0.0


def test_thirds_are_equal_ratios_and_films_of_one_scale_have_none():
    seen = np.array(["yes"] * 4 + ["no"])
    heads = np.array([10.0, 19.0, 21.0, 80.0, 500.0])
    assert thirds_of(heads, seen).tolist() == [0, 0, 1, 2, -1]
    assert thirds_of(heads / heads * 30, seen).tolist() == [-1] * 5


def test_numbers_that_cannot_be_measured_are_nan(film, tmp_path):
    numbers = summarize([score_film(film, finish(tmp_path, [TRUE] * 4, (7, 6)))])
    assert numbers["j 2"] != numbers["j 2"]  # none of the two frames is of middle size
    assert numbers["j 1"] == 1.0 and numbers["j 3"] == 1.0
    assert all(value != value for value in summarize([]).values())


def test_a_run_of_another_film_is_refused(film, tmp_path):
    with pytest.raises(ValueError, match="3 frames, the film film has 4"):
        score_film(film, finish(tmp_path, [TRUE] * 3, (7, 6)))
