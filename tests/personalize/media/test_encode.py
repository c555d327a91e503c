import os
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from types import SimpleNamespace

import av
import numpy as np
import pytest

from personalize.errors import WorkspaceError
from personalize.media import encode
from personalize.media.decode import open_container
from personalize.media.encode import VideoWriter
from personalize.media.video import open_source

COLOURS = np.uint8([[255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 120, 40], [255, 255, 255]])


def sound_of(path):
    """(samples,) of the first channel, from the beginning, and its rate."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
        rate = frames[0].sample_rate
        samples = np.zeros(rate * 2)
        for frame in frames:
            piece = frame.to_ndarray()[0]
            begin = round(float(frame.pts * frame.time_base) * rate)
            samples[max(begin, 0) : begin + len(piece)] = piece[max(-begin, 0) :]
    return samples, rate


def chirp(seconds):
    return 0.5 * np.sin(2 * np.pi * (200 + 400 * seconds) * seconds)


def test_colours_come_back(tmp_path):
    stripes = np.repeat(np.repeat(COLOURS[None], 32, axis=0), 16, axis=1)
    with VideoWriter(tmp_path / "a.mp4", fps=25) as writer:
        for _ in range(3):
            writer.write(stripes)
    frame = next(open_source(tmp_path / "a.mp4").frames())
    seen = frame[16, 8::16].astype(int)
    assert np.abs(seen - COLOURS).max() < 8


def test_browsers_can_play_it(tmp_path):
    with VideoWriter(tmp_path / "a.mp4", fps=25) as writer:
        writer.write(np.zeros((24, 32, 3), np.uint8))
    with av.open(str(tmp_path / "a.mp4")) as container:
        video = container.streams.video[0]
        assert video.codec_context.name == "h264"
        assert video.codec_context.pix_fmt == "yuv420p"
    content = (tmp_path / "a.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_odd_sides_get_one_more_pixel(tmp_path):
    with VideoWriter(tmp_path / "a.mp4", fps=25) as writer:
        writer.write(np.full((23, 31, 3), 200, np.uint8))
    frame = next(open_source(tmp_path / "a.mp4").frames())
    assert frame.shape == (24, 32, 3)
    assert abs(int(frame[-1, -1, 0]) - 200) < 4


def test_frames_keep_their_count_rate_and_duration(tmp_path):
    with VideoWriter(tmp_path / "a.mp4", fps=30) as writer:
        for grey in range(0, 70, 10):
            writer.write(np.full((24, 32, 3), grey, np.uint8))
    written = open_source(tmp_path / "a.mp4")
    assert (written.frame_count, written.fps) == (7, 30)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.duration / av.time_base == pytest.approx(7 / 30, abs=1e-3)


def test_frames_keep_the_times_of_their_source(tmp_path, make_video):
    frames = np.zeros((6, 24, 32, 3), np.uint8)
    source = open_source(make_video(frames=frames, times=[0, 0.04, 0.08, 0.5, 0.54, 0.58]))
    with VideoWriter(tmp_path / "a.mp4", source=source, start=1) as writer:
        for frame in source.frames(1):
            writer.write(frame)
    written = open_source(tmp_path / "a.mp4")
    assert written.times == pytest.approx([0, 0.04, 0.46, 0.5, 0.54], abs=1e-3)


def test_sound_of_the_written_frames_is_kept_in_step(tmp_path, make_video):
    source = open_source(make_video(frames=np.zeros((25, 24, 32, 3), np.uint8), tone=chirp))
    assert source.has_audio
    with VideoWriter(tmp_path / "a.mp4", source=source, start=5) as writer:
        for frame in source.frames(5, 20):
            writer.write(frame)
    before, rate = sound_of(source.path)
    after, rate_after = sound_of(tmp_path / "a.mp4")
    assert rate_after == rate == 16000
    heard = slice(800, 8800)  # within the 0.6 s that were written; before[3200] is their beginning
    score = [np.corrcoef(before[3200 + lag :][heard], after[heard])[0, 1] for lag in range(-50, 51)]
    assert np.argmax(score) == 50 and max(score) > 0.95
    assert np.abs(after[10800:]).max() < 0.05  # silence after the last frame


def test_sound_that_turns_from_mono_to_stereo_is_kept(tmp_path):
    with av.open(str(tmp_path / "a.ts"), "w") as container:
        video = container.add_stream("mpeg2video", rate=25)
        video.height, video.width, video.pix_fmt = 32, 32, "yuv420p"
        sound = container.add_stream("mp2", rate=48000, layout="mono")
        for number in range(25):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            frame.pts = number
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for layout, pieces in (("mono", range(21)), ("stereo", range(21, 42))):
            coder = av.CodecContext.create("mp2", "w")
            coder.sample_rate, coder.layout, coder.format = 48000, layout, "s16"
            for number in pieces:
                seconds = (1152 * number + np.arange(1152)) / 48000
                samples = np.repeat(np.int16(20000 * chirp(seconds)), coder.channels)[None]
                piece = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
                piece.sample_rate, piece.pts, piece.time_base = (
                    48000,
                    1152 * number,
                    Fraction(1, 48000),
                )
                for packet in coder.encode(piece):
                    packet.stream = sound
                    container.mux(packet)
    source = open_source(tmp_path / "a.ts")
    with VideoWriter(tmp_path / "a.mp4", source=source) as writer:
        for frame in source.frames():
            writer.write(frame)
    after, rate = sound_of(tmp_path / "a.mp4")
    halves = after[:rate].reshape(2, -1)
    assert (halves.std(axis=1) > 0.1).all()


def test_sound_of_a_file_with_a_title_in_latin_1_is_kept(tmp_path, make_video):
    path = make_video("a.mkv", tone=chirp, title="CafX")
    path.write_bytes(path.read_bytes().replace(b"CafX", b"Caf\xe9"))
    source = open_source(path)
    with VideoWriter(tmp_path / "a.mp4", source=source) as writer:
        for frame in source.frames():
            writer.write(frame)
    assert sound_of(tmp_path / "a.mp4")[0].std() > 0.1


def test_sound_without_times_follows_what_came_before(tmp_path, make_video, monkeypatch):
    @contextmanager
    def open_timeless(path):
        with open_container(path) as container:
            yield SimpleNamespace(
                streams=container.streams, decode=partial(decode_timeless, container)
            )

    def decode_timeless(container, stream):
        for piece in container.decode(stream):
            piece.pts = None
            yield piece

    source = open_source(make_video(tone=chirp))
    monkeypatch.setattr(encode, "open_container", open_timeless)
    with VideoWriter(tmp_path / "a.mp4", source=source) as writer:
        for frame in source.frames():
            writer.write(frame)
    assert sound_of(tmp_path / "a.mp4")[0].std() > 0.1


def test_sound_that_nobody_can_decode_is_left_out(tmp_path, make_video):
    path = make_video("a.mkv", tone=chirp)
    path.write_bytes(path.read_bytes().replace(b"A_AAC", b"A_XYZ"))
    source = open_source(path)
    assert not source.has_audio
    with VideoWriter(tmp_path / "a.mp4", source=source) as writer:
        writer.write(next(source.frames()))
    assert open_source(tmp_path / "a.mp4").frame_count == 1


def test_silent_source_gives_no_sound(tmp_path, make_video):
    source = open_source(make_video())
    with VideoWriter(tmp_path / "a.mp4", source=source) as writer:
        writer.write(next(source.frames()))
    assert not open_source(tmp_path / "a.mp4").has_audio


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "a.mp4").write_text("old")
    with pytest.raises(RuntimeError, match="stop"):
        with VideoWriter(tmp_path / "a.mp4", fps=25) as writer:
            writer.write(np.zeros((24, 32, 3), np.uint8))
            raise RuntimeError("stop")
    assert os.listdir(tmp_path) == ["a.mp4"]
    assert (tmp_path / "a.mp4").read_text() == "old"


def test_frame_of_another_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match="frame 1: uint8"):
        with VideoWriter(tmp_path / "a.mp4", fps=25) as writer:
            writer.write(np.zeros((24, 32, 3), np.uint8))
            writer.write(np.zeros((24, 34, 3), np.uint8))
    assert not os.listdir(tmp_path)


def test_writer_without_a_frame_is_a_mistake(tmp_path):
    with pytest.raises(ValueError, match="not one frame was written"):
        with VideoWriter(tmp_path / "a.mp4", fps=25):
            pass
    assert not os.listdir(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_forbidden_folder_is_one_sentence(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(WorkspaceError, match="cannot be written"):
        with VideoWriter(tmp_path / "a.mp4", fps=25):
            pass
