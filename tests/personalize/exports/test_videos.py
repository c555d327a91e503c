"""Mattes and cutouts, decoded with PyAV."""

import av
import numpy as np
import pytest

from personalize.exports import cutout, matte

from ..drawn import ABSENT, COUNT, FPS, HEIGHT, WIDTH, figure, picture_of


def decoded(path, layout, codec=None):
    """All frames of a video, (T, H, W, C), and their times."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        reader = stream.codec_context if codec is None else av.CodecContext.create(codec, "r")
        packets = [packet for packet in container.demux(stream) if packet.size]
        frames = [frame for packet in [*packets, None] for frame in reader.decode(packet)]
        times = [float(frame.pts * stream.time_base) for frame in frames]
        return np.stack([frame.to_ndarray(format=layout) for frame in frames]), np.array(times)


def test_a_matte_is_white_on_the_person_and_black_elsewhere(drawn_task, tmp_path):
    matte.write(drawn_task(frames=True), tmp_path)
    grey, times = decoded(tmp_path / "clip_matte.mp4", "gray")
    assert grey.shape == (COUNT, HEIGHT, WIDTH)
    np.testing.assert_allclose(times, np.arange(COUNT) / FPS, atol=1e-4)
    for t in range(COUNT):
        assert np.abs(grey[t] / 255 - (figure(t) > 0)).mean() < 0.02
        if t in ABSENT:
            assert grey[t].max() <= 1


def test_the_matte_of_a_part_begins_with_its_first_frame(drawn_task, tmp_path):
    matte.write(drawn_task(first=4, frames=True), tmp_path)
    grey, times = decoded(tmp_path / "clip_matte.mp4", "gray")
    assert len(grey) == COUNT - 4 and times[0] == 0
    assert np.abs(grey[0] / 255 - (figure(4) > 0)).mean() < 0.02


CUTOUTS = {"vp9": ("webm", "libvpx-vp9"), "prores": ("mov", None)}


@pytest.mark.parametrize("codec", CUTOUTS)
def test_a_cutout_is_transparent_but_for_the_person(drawn_task, tmp_path, codec):
    cutout.write(drawn_task(frames=True, codec=codec), tmp_path)
    suffix, reader = CUTOUTS[codec]
    frames, times = decoded(tmp_path / f"clip_cutout.{suffix}", "rgba", reader)
    assert frames.shape == (COUNT, HEIGHT, WIDTH, 4)
    np.testing.assert_allclose(times, np.arange(COUNT) / FPS, atol=1e-3)
    for t, frame in enumerate(frames):
        person = figure(t) > 0
        assert np.abs(frame[..., 3] / 255 - person).mean() < 0.03
        if t not in ABSENT:
            inside = frame[30:40, 34 + t : 46 + t, :3].astype(int)
            assert np.abs(inside - (220, 180, 140)).max() < 25


def test_nothing_of_the_room_lies_behind_the_transparency(drawn_task, tmp_path):
    cutout.write(drawn_task(frames=True, codec="prores"), tmp_path)
    frames, _ = decoded(tmp_path / "clip_cutout.mov", "rgba")
    assert frames[0][:5, :, :3].max() < 6 and frames[ABSENT[0]][..., :3].max() < 6


@pytest.mark.parametrize(
    ("background", "behind"), [("#20c040", (32, 192, 64)), ("blur", (60,) * 3)]
)
def test_a_person_stands_before_a_background(drawn_task, tmp_path, background, behind):
    cutout.write(drawn_task(frames=True, background=background), tmp_path)
    frames, _ = decoded(tmp_path / "clip_cutout.mp4", "rgb24")
    assert len(frames) == COUNT
    assert np.abs(frames[0][2:6, 2:6].astype(int) - behind).max() < 10
    assert np.abs(frames[0][30:40, 34:46].astype(int) - picture_of(0)[35, 40]).max() < 25
    assert np.abs(frames[ABSENT[0]].astype(int) - behind).max() < 10  # nobody is there
