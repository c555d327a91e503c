"""Silhouettes that the user brings: read, checked, and obeyed by every stage."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from personalize.adaptation.base import Base
from personalize.adaptation.settings import FactorSettings
from personalize.errors import InputError
from personalize.evidence.window_colours import learn_colours
from personalize.imaging.framing import fit_frame
from personalize.imaging.track import Track
from personalize.media.encode import VideoWriter
from personalize.media.given_silhouettes import read_silhouettes
from personalize.media.images import read_image, write_image
from personalize.media.video import open_source
from personalize.network.factored import FactoredNetwork
from personalize.procedures import parsing, pipeline
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.stages.propagate import propagate_person
from personalize.stages.refine import refine_silhouettes
from personalize.stages.settings import SeedSettings
from personalize.types import Window

SETTINGS = RunSettings(
    window=4, size=64, seeds=SeedSettings(size=80), factor=FactorSettings(epochs=1)
)
FRAMING = fit_frame(48, 64, 64)
LEFT = np.zeros((48, 64), bool)
LEFT[8:40, 6:30] = True
RIGHT = LEFT[:, ::-1].copy()


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FactoredNetwork().eval()


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Six frames of noise, 64 x 48, which show nobody."""
    path = tmp_path_factory.mktemp("video") / "noise.mp4"
    random = np.random.default_rng(0)
    with VideoWriter(path, fps=25) as writer:
        for frame in random.integers(0, 255, (6, 48, 64, 3), dtype=np.uint8):
            writer.write(frame)
    return path


@pytest.fixture(scope="module")
def source(video):
    return open_source(video)


@pytest.fixture
def folder(tmp_path):
    """Silhouettes of frames 2 and 5 of the six."""
    write_image(tmp_path / "known" / "000002.png", LEFT)
    write_image(tmp_path / "known" / "000005.png", RIGHT)
    return tmp_path / "known"


def settings_of(root, stage):
    return json.loads((root / "manifest.json").read_text())["stages"][stage]["settings"]


def test_silhouettes_are_found_by_the_number_in_their_name(folder, source):
    write_image(folder / "take2_frame_3.png", LEFT)
    (folder / "notes.txt").write_text("drawn by hand")
    given = read_silhouettes(folder, source)
    assert list(given.files) == [2, 3, 5]
    np.testing.assert_array_equal(given.get(5), RIGHT)
    assert given.get(4) is None


@pytest.fixture
def frames_from_1(tmp_path):
    """A folder of frames whose names count from 1, with a gap: 00001, 00002, 00004, 00005."""
    for number in (1, 2, 4, 5):
        write_image(tmp_path / "frames" / f"{number:05d}.jpg", np.zeros((48, 64, 3), np.uint8))
    return tmp_path / "frames"


def test_silhouettes_with_the_names_of_frames_are_theirs(frames_from_1, tmp_path):
    for number in (2, 4):
        write_image(tmp_path / "known" / f"{number:05d}.png", LEFT)
    assert list(read_silhouettes(tmp_path / "known", open_source(frames_from_1)).files) == [1, 2]


def test_silhouettes_that_a_run_wrote_count_from_0_whatever_the_frames_are_called(
    folder, frames_from_1
):
    (folder / "000005.png").unlink()
    assert list(read_silhouettes(folder, open_source(frames_from_1)).files) == [2]


def test_behind_damage_only_names_tell_the_frame(frames_from_1, tmp_path):
    (frames_from_1 / "00002.jpg").write_bytes(b"no picture")
    source = open_source(frames_from_1, partial=True)
    write_image(tmp_path / "known" / "00004.png", LEFT)
    assert list(read_silhouettes(tmp_path / "known", source).files) == [1]
    write_image(tmp_path / "counted" / "000002.png", LEFT)
    with pytest.raises(InputError, match="damaged at frame 1, behind which numbers are not known"):
        read_silhouettes(tmp_path / "counted", source)


def test_whatever_is_not_0_is_the_person(folder, source):
    write_image(folder / "000002.png", LEFT.astype(np.uint8))
    np.testing.assert_array_equal(read_silhouettes(folder, source).get(2), LEFT)


@pytest.mark.parametrize("scale", [0.5, 3])
def test_another_size_of_the_same_shape_is_resized(folder, source, scale):
    size = round(64 * scale), round(48 * scale)
    Image.fromarray(LEFT).resize(size, Image.Resampling.NEAREST).save(folder / "000002.png")
    np.testing.assert_array_equal(read_silhouettes(folder, source).get(2), LEFT)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("person.png", LEFT, "person.png: has no number in its name; name"),
        ("000006.png", LEFT, r"000006.png: is of frame 6, but noise.mp4 has frames 0 to 5; number"),
        ("2.png", LEFT, r"2.png: is of frame 2, and so is 000002.png; remove one"),
        ("000003.png", LEFT.T, r"000003.png: is 48x64, but noise.mp4 is 64x48; silhouettes must"),
        ("000003.png", LEFT[:, :61], r"000003.png: is 61x48, but noise.mp4 is 64x48"),
        ("000003.png", b"no picture", r"000003.png: not an image.*; remove or replace it"),
    ],
)
def test_a_silhouette_that_does_not_fit_is_refused(folder, source, name, content, message):
    if isinstance(content, bytes):
        (folder / name).write_bytes(content)
    else:
        write_image(folder / name, content)
    with pytest.raises(InputError, match=message):
        read_silhouettes(folder, source)


def test_a_folder_without_silhouettes_is_refused(tmp_path, source):
    with pytest.raises(InputError, match="holds no silhouette; they must be PNG"):
        read_silhouettes(tmp_path, source)
    with pytest.raises(InputError, match="no such folder of silhouettes; check --silhouettes"):
        read_silhouettes(tmp_path / "gone", source)


def test_the_digest_is_of_pixels_and_numbers(folder, source, tmp_path):
    before = read_silhouettes(folder, source).describe()
    assert before["count"] == 2
    Image.fromarray(LEFT).convert("RGB").save(folder / "000002.png")  # the same, stored otherwise
    assert read_silhouettes(folder, source).describe() == before
    (folder / "000005.png").rename(folder / "000004.png")
    assert read_silhouettes(folder, source).describe()["digest"] != before["digest"]


def test_on_the_canvas_frames_count_from_the_start_of_the_window(folder, source):
    known = read_silhouettes(folder, source).on_canvas(Window.between(1, 5), Track.still(FRAMING))
    assert list(known) == [1]
    assert known[1].shape == (FRAMING.rows, FRAMING.cols)
    assert known[1].mean() == pytest.approx(LEFT.mean(), abs=0.02)


def test_a_given_silhouette_is_believed_against_a_network_that_is_sure_of_another():
    random = np.random.default_rng(0)
    frames = np.repeat(random.integers(0, 255, (1, 48, 64, 3), dtype=np.uint8), 5, axis=0)
    person = np.full((5, 6, 8), 0.001)
    person[:, :, 5:] = 0.999
    beliefs, _ = propagate_person(frames, person, settings=SeedSettings(), given={2: LEFT})
    np.testing.assert_array_equal(beliefs[2] > 0.5, LEFT)
    assert beliefs[2][LEFT].min() > 0.99


def test_a_given_silhouette_is_enough_where_the_network_sees_nobody():
    random = np.random.default_rng(0)
    frames = np.repeat(random.integers(0, 255, (1, 48, 64, 3), dtype=np.uint8), 3, axis=0)
    person = np.full((3, 6, 8), 0.5)
    beliefs, _ = propagate_person(frames, person, settings=SeedSettings(), given={0: LEFT})
    assert ((beliefs[2] > 0.5) == LEFT).mean() > 0.95


def test_the_labels_of_a_given_frame_are_not_overruled_by_the_cut():
    frames = np.full((2, 48, 64, 3), 90, np.uint8)
    frames[:, RIGHT] = 200  # the colours speak for the other side
    beliefs = np.where(RIGHT, 0.9, 0.1)[None].repeat(2, axis=0)
    colours = learn_colours(frames, beliefs)
    labels = refine_silhouettes(frames, beliefs, colours, given={1: LEFT})
    np.testing.assert_array_equal(labels[1], LEFT)
    np.testing.assert_array_equal(labels[0], RIGHT)


def test_frames_are_injected_by_their_number_whatever_the_batch(network, folder, source):
    given = read_silhouettes(folder, source)
    track = Track.still(FRAMING)
    plain = [result for _, result in Parser(network, track).frames(source)]
    for batch in (2, 6):
        parsed = Parser(network, track, batch=batch).frames(source, silhouettes=given)
        for number, ((_, result), other) in enumerate(zip(parsed, plain)):
            change = np.abs(result.parts - other.parts).max()
            if number in (2, 5):
                assert change > 1e-4
                np.testing.assert_array_equal(result.silhouette, given.get(number))
                assert result.person[3, 1] == (number == 2)
            else:
                assert change < 1e-5


def test_parse_writes_given_silhouettes_as_they_are(network, folder, source, tmp_path):
    given = read_silhouettes(folder, source)
    parsing.parse(source, tmp_path / "out", network, SETTINGS, given=given)
    written = read_image(tmp_path / "out" / "silhouettes" / "000005.png", colour=False)
    np.testing.assert_array_equal(written > 0, RIGHT)
    assert settings_of(tmp_path / "out", "parse")["silhouettes"] == given.describe()


def test_a_run_learns_from_silhouettes_alone(network, folder, source, tmp_path):
    given, window = read_silhouettes(folder, source), Window.between(1, 5)
    pipeline.run(source, tmp_path / "out", Base.of(network), SETTINGS, given=given)
    with np.load(tmp_path / "out" / "stages" / "refine.npz") as stored:
        labels = stored["labels"]
    assert len(labels) == len(window)
    np.testing.assert_array_equal(labels[1] == 1, given.on_canvas(window, Track.still(FRAMING))[1])
    assert settings_of(tmp_path / "out", "propagate")["silhouettes"]["count"] == 1
    assert settings_of(tmp_path / "out", "parse")["silhouettes"]["count"] == 2


def test_a_changed_silhouette_recomputes_from_the_first_stage_it_touches(
    network, folder, source, tmp_path
):
    base, out = Base.of(network), tmp_path / "out"

    def reused():
        given = read_silhouettes(folder, source)
        return pipeline.run(source, out, base, SETTINGS, given=given).reused

    assert reused() == []
    stages = list(json.loads((out / "manifest.json").read_text())["stages"])
    assert reused() == stages
    write_image(folder / "000005.png", LEFT)  # outside the window
    assert reused() == stages[: stages.index("parse")]
    write_image(folder / "000002.png", RIGHT)
    assert reused() == ["predict"]


@pytest.mark.parametrize("where", ["out/silhouettes", "out", "out/mine"])
def test_silhouettes_in_the_folder_of_the_results_are_refused_and_left_alone(
    network, source, where, tmp_path
):
    write_image(tmp_path / where / "000002.png", LEFT)
    given = read_silhouettes(tmp_path / where, source)
    with pytest.raises(InputError, match="would be replaced; copy them to another folder"):
        pipeline.run(source, tmp_path / "out", Base.of(network), SETTINGS, given=given)
    with pytest.raises(InputError, match="would be replaced"):
        parsing.parse(source, tmp_path / "out", network, SETTINGS, given=given)
    assert read_image(tmp_path / where / "000002.png", colour=False).any()
    assert not (tmp_path / "out" / "manifest.json").exists()
