"""The frames shown are those that differ most, and not all at one place."""

import numpy as np
import pytest

from personalize.imaging.framing import fit_frame
from personalize.imaging.track import Track
from personalize.media.clip import read_clip
from personalize.media.video import open_source
from personalize.network.inference import predict_person
from personalize.procedures import parsing
from personalize.procedures.compare import around_person, choose_frames, write_comparison
from personalize.report.gather import outline
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.types import Window


def test_the_frames_that_differ_most_are_chosen_apart():
    difference = np.zeros(20)
    difference[[3, 4, 5, 15]] = (0.7, 0.9, 0.8, 0.6)
    assert choose_frames(difference, 2).tolist() == [4, 15]


def test_a_short_window_gives_all_its_frames():
    assert choose_frames(np.array([0.3, 0.1, 0.2]), 6).tolist() == [0, 1, 2]


def test_an_outline_is_measured_in_heights_of_the_frame():
    silhouette = np.zeros((240, 360), np.uint8)
    silhouette[60:180, 120:240] = 255
    [edge] = outline(silhouette)
    assert edge.min(axis=0).tolist() == [0.5, 0.25]
    np.testing.assert_allclose(edge.max(axis=0), (1.0, 0.75), atol=0.01)
    assert outline(silhouette * 0) == []


def test_a_network_compared_with_itself_is_shown_once(square_network, square_video, tmp_path):
    source, settings = open_source(square_video), RunSettings(size=80)
    parsing.parse(source, tmp_path / "run", square_network, settings)
    window, track = Window.between(2, 11), Track.still(fit_frame(source.height, source.width, 80))
    write_comparison(
        tmp_path / "pictures",
        source,
        (Parser(square_network, track), Parser(square_network, track)),
        person=1 - predict_person(square_network, read_clip(source, window, track).frames),
        window=window,
        silhouettes=tmp_path / "run" / "silhouettes",
        settings=settings,
    )
    with np.load(
        tmp_path / "pictures" / "numbers.npz"
    ) as numbers:  # whatever it says in other views
        assert numbers["overlap"].tolist() == [1.0] * 9
        frames = numbers["frames"].tolist()
    assert frames == [2, 4, 5, 7, 8, 10]
    pictures = sorted(path.name for path in (tmp_path / "pictures").glob("*.jpg"))
    assert pictures == [f"{frame:06d}_personal.jpg" for frame in frames]


def test_pictures_are_cut_to_the_person():
    there = np.zeros((90, 160), bool)
    there[20:60, 100:110] = True
    rows, cols = around_person(there)
    assert rows.start < 20 < 60 < rows.stop
    assert cols.start < 100 < 110 < cols.stop
    assert (cols.stop - cols.start) / (rows.stop - rows.start) == pytest.approx(4 / 3, abs=0.05)
    assert around_person(np.zeros((90, 160), bool)) == (slice(0, 90), slice(0, 160))
    there[:, :] = True
    assert around_person(there) == (slice(0, 90), slice(0, 160))
