import csv

import av
import numpy as np

from personalize import parts
from personalize.datasets.rendered_video import rendered_video
from personalize.synthesis.films import synthesize_video
from personalize.synthesis.settings import FilmSettings, SynthesisSettings


def test_a_film_comes_with_the_truth_of_every_frame(studio, tmp_path):
    settings = FilmSettings(frames=4, width=96, height=64, seed=2, pan=6)
    synthesize_video(tmp_path, settings=settings, people=SynthesisSettings(), keep_parts=True)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert np.stack(frames).shape == (4, 64, 96, 3)
    with np.load(tmp_path / "silhouettes.npz") as truth:
        shape = tuple(truth["shape"])
        masks = np.unpackbits(truth["bits"], axis=1, count=64 * 96).reshape(shape).astype(bool)
    assert shape == (4, 64, 96) and 0.05 < masks.mean() < 0.8
    with open(tmp_path / "joints.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 * len(parts.JOINTS)
    assert list(rows[0]) == ["frame", "time", "joint", "x", "y", "visible"]
    for row in rows:
        if row["visible"] == "1":
            assert masks[int(row["frame"]), round(float(row["y"])), round(float(row["x"]))]
    assert len(list((tmp_path / "parts").glob("*.png"))) == 4
    with open(tmp_path / "frames.csv", newline="") as file:
        frames_told = list(csv.DictReader(file))
    assert [row["seen"] for row in frames_told] == ["yes"] * 4
    assert 9 < float(frames_told[0]["head"]) < 15


def test_a_film_of_a_difficulty_tells_who_is_seen(studio, tmp_path):
    settings = FilmSettings(
        frames=8, width=64, height=48, seed=81, frames_per_second=2.0, difficulty="absence"
    )
    synthesize_video(tmp_path, settings=settings, people=SynthesisSettings())
    film = rendered_video(tmp_path)
    assert set(film.seen) >= {"yes", "no"}
    for frame, seen in enumerate(film.seen):
        assert film.read_mask(frame).any() == (seen != "no")
        assert seen != "no" or np.isnan(film.xy[frame]).all()
