import shutil
import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from personalize.errors import SettingsError, VideoError
from personalize.media.decode import Decoder
from personalize.media.encode import VideoWriter
from personalize.media.images import write_image
from personalize.media.moment import Moment
from personalize.media.video import open_source


def numbers(source, *span):
    return [round((float(frame.mean()) - 16) / 8) for frame in source.frames(*span)]


def cut(path, share):
    """Keep the first `share` of the bytes."""
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    return path


def overwrite(path, begin, content):
    with open(path, "r+b") as file:
        file.seek(begin)
        file.write(content)
    return path


def noisy_frames(count=24):
    return np.random.default_rng(0).integers(0, 255, (count, 64, 96, 3), np.uint8)


def test_frames_are_rgb_of_the_stored_size(make_video):
    orange = np.broadcast_to(np.uint8([240, 120, 10]), (4, 24, 32, 3)).copy()
    source = open_source(make_video(frames=orange))
    frame = next(source.frames())
    assert frame.dtype == np.uint8 and frame.shape == (24, 32, 3)
    assert (source.height, source.width) == (24, 32)
    assert np.abs(frame.mean(axis=(0, 1)) - [240, 120, 10]).max() < 4


def test_unmarked_colours_are_read_as_the_definition_says(make_video):
    orange = np.broadcast_to(np.uint8([240, 120, 10]), (1, 720, 16, 3)).copy()
    high = next(open_source(make_video(frames=orange, matrix=1)).frames())  # BT.709
    low = next(open_source(make_video(frames=orange[:, :48], matrix=5)).frames())  # BT.601
    assert np.abs(high.mean(axis=(0, 1)) - [240, 120, 10]).max() < 4
    assert np.abs(low.mean(axis=(0, 1)) - [240, 120, 10]).max() < 4


def test_every_frame_comes_once_and_in_order(make_video):
    source = open_source(make_video())
    assert source.frame_count == 12
    assert source.fps == 25
    assert numbers(source) == list(range(12))


def test_part_of_a_video_begins_at_the_frame_that_was_asked_for(make_video):
    source = open_source(make_video())
    assert numbers(source, 5, 9) == [5, 6, 7, 8]
    assert numbers(source, 10) == [10, 11]
    assert numbers(source, 4, 4) == []


def test_frames_between_those_that_were_picked_are_passed_over(make_video):
    picked = open_source(make_video()).pick([0, 3, 4, 11])
    assert [round((float(frame.mean()) - 16) / 8) for frame in picked] == [0, 3, 4, 11]


def test_frames_that_do_not_exist_cannot_be_asked_for(make_video):
    with pytest.raises(ValueError, match=r"frames \[0, 13\) asked of 12"):
        next(open_source(make_video()).frames(0, 13))


def test_odd_sizes_are_kept(make_video):
    source = open_source(make_video(frames=noisy_frames(3)[:, :23, :31].copy()))
    assert (source.height, source.width) == (23, 31)
    assert next(source.frames()).shape == (23, 31, 3)


def test_times_follow_a_frame_rate_that_varies(make_video):
    times = [0, 0.04, 0.08, 0.5, 0.54, 0.58]
    source = open_source(make_video(frames=noisy_frames(6), times=times))
    assert source.times == pytest.approx(times, abs=1e-3)
    assert source.remarks == ["the time between its frames varies"]


def test_hours_between_frames_leave_a_rate(make_video, tmp_path):
    source = open_source(make_video(times=[3600 * number for number in range(12)]))
    assert source.fps == Fraction(1, 1001)
    with VideoWriter(tmp_path / "out.mp4", source=source) as writer:
        for frame in source.frames():
            writer.write(frame)
    assert open_source(tmp_path / "out.mp4").frame_count == 12


def test_rate_of_ntsc_is_exact(make_video):
    assert open_source(make_video(fps=Fraction(30000, 1001))).fps == Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("a", "b", "c", "d", "corner"),
    [
        (0, 1, -1, 0, (0, -1)),  # shown turned by a quarter clockwise, as from a phone held upright
        (-1, 0, 0, -1, (-1, -1)),
        (0, -1, 1, 0, (-1, 0)),
    ],
)
def test_rotation_of_a_phone_is_applied(make_video, a, b, c, d, corner):
    frames = np.zeros((4, 24, 32, 3), np.uint8)
    frames[:, :12, :16] = 255  # the top left quarter
    path = make_video(frames=frames)
    content = path.read_bytes()
    matrix = content.index(b"tkhd") + 44  # ISO 14496-12, 8.3.2: the matrix of a version 0 box
    one = 1 << 16
    entries = (a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)
    overwrite(path, matrix, struct.pack(">9i", *entries))
    source = open_source(path)
    frame = next(source.frames())
    assert frame.shape[:2] == (source.height, source.width)
    assert (source.height > source.width) == (a == 0)
    assert frame[corner][0] > 240
    assert sum(int(frame[y, x, 0]) > 128 for y in (0, -1) for x in (0, -1)) == 1


def test_pixels_that_are_not_square_are_remarked(make_video):
    source = open_source(make_video(aspect="4:3"))
    assert any("pixels are not square (4:3)" in remark for remark in source.remarks)
    assert (source.height, source.width) == (24, 32)


def test_digest_is_that_of_the_file(make_video):
    path = make_video()
    shutil.copy(path, path.with_name("copy.mp4"))
    assert open_source(path).digest() == open_source(path.with_name("copy.mp4")).digest()
    assert len(open_source(path).digest()) == 64


def test_description_is_ready_for_a_manifest(make_video):
    described = open_source(make_video()).describe()
    assert described.pop("digest")
    assert described == {
        "name": "clip.mp4",
        "frames": 12,
        "height": 24,
        "width": 32,
        "fps": 25.0,
        "broken_at": None,
        "remarks": [],
    }


def test_missing_path_is_named(tmp_path):
    with pytest.raises(VideoError, match=r"none\.mp4: no such file or folder"):
        open_source(tmp_path / "none.mp4")


def test_empty_file_is_refused(tmp_path):
    (tmp_path / "a.mp4").touch()
    with pytest.raises(VideoError, match=r"a\.mp4: the file is empty"):
        open_source(tmp_path / "a.mp4")


@pytest.mark.parametrize("name", ["a.mp4", "a.txt", "a.avi"])
def test_text_is_refused_whatever_its_name(tmp_path, capfd, name):
    (tmp_path / name).write_text("this is not a video\n" * 100)
    with pytest.raises(VideoError, match=rf"{name}: .*give a video"):
        open_source(tmp_path / name)
    assert capfd.readouterr() == ("", "")


def test_a_single_picture_is_a_video_of_one_frame(tmp_path):
    path = tmp_path / "a.png"
    write_image(path, np.full((24, 32, 3), 7, np.uint8))
    source = open_source(path)
    assert (source.frame_count, source.height, source.width) == (1, 24, 32)
    assert source.remarks == []
    np.testing.assert_array_equal(next(source.frames()), 7)
    path.write_text("this is no picture")
    with pytest.raises(VideoError, match=r"a\.png: ") as raised:
        open_source(path)
    assert "frame 0 of 1" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "frame"), [("5", 5), ("0.08s", 2), (".09s", 3), ("1 s", 12), ("0s", 0)]
)
def test_a_moment_is_a_frame_or_seconds(text, frame):
    assert Moment.read(text).frame([k / 25 for k in range(12)]) == frame


@pytest.mark.parametrize("text", ["", "s", "-3", "1.5", "3 min", "nan s"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(SettingsError, match="give a frame, as 300, or seconds, 12.5s"):
        Moment.read(text)


def test_sound_alone_is_refused(tmp_path):
    with av.open(str(tmp_path / "a.m4a"), "w", "mp4") as container:
        stream = container.add_stream("aac", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(VideoError, match=r"a\.m4a: holds sound but no picture"):
        open_source(tmp_path / "a.m4a")


def test_video_whose_index_is_cut_off_is_refused(make_video):
    path = cut(make_video(frames=noisy_frames()), 0.6)
    with pytest.raises(VideoError, match="index of this video is missing"):
        open_source(path)
    with pytest.raises(VideoError, match="index of this video is missing"):
        open_source(path, partial=True)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_cut_off_video_is_refused_with_the_frame_where_it_breaks(make_video, capfd, name):
    path = make_video(name, noisy_frames(50), movflags="faststart", bf="0")
    _put_index_first(path)
    cut(path, 0.5)
    with pytest.raises(VideoError, match=rf"{name}: damaged at frame 2\d; get it again, or"):
        open_source(path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "partial, ending", [(False, "get it again$"), (True, r"\(--partial cannot help here\)$")]
)
def test_of_a_video_of_which_nothing_decodes_partial_is_no_remedy(make_video, partial, ending):
    path = make_video("a.mp4", noisy_frames(50), movflags="faststart", bf="0")
    _put_index_first(path)
    with av.open(str(path)) as container:
        first = next(packet for packet in container.demux(video=0) if packet.size)
    path.write_bytes(path.read_bytes()[: first.pos + 20])
    with pytest.raises(VideoError, match=f"not one frame of it can be decoded.*{ending}"):
        open_source(path, partial=partial)


def test_partial_goes_on_with_the_frames_before_the_cut(make_video):
    frames = noisy_frames(50)
    path = make_video(frames=frames)
    _put_index_first(path)
    whole = list(open_source(path).frames())
    source = open_source(cut(path, 0.5), partial=True)
    rest = list(source.frames())
    assert source.broken_at == source.frame_count == len(rest)
    assert 20 < len(rest) < 28
    assert all(np.array_equal(frame, as_before) for frame, as_before in zip(rest, whole))


@pytest.mark.parametrize(("codec", "pixels"), [("libx264", "yuv420p"), ("mjpeg", "yuvj420p")])
@pytest.mark.parametrize("hole", [bytes(400), bytes(range(1, 201)) * 2])
def test_damage_in_the_middle_is_found_and_every_frame_that_is_left_is_right(
    make_video, codec, pixels, hole
):
    path = make_video("a.mov", noisy_frames(), codec=codec, pixels=pixels)
    intact = open_source(path)
    whole = dict(zip(intact.times, intact.frames()))
    overwrite(path, path.stat().st_size // 2, hole)
    with pytest.raises(VideoError, match=r"damaged at frame \d+"):
        open_source(path)
    source = open_source(path, partial=True)
    assert 0 < source.broken_at < source.frame_count < 24
    for time, frame in zip(source.times, source.frames()):
        assert np.array_equal(frame, whole[nearest(whole, time)])


def test_frames_shown_before_a_damaged_one_but_made_from_it_are_left_out(shared_data, tmp_path):
    whole = shared_data / "video" / "01_dog.mp4"
    damaged = tmp_path / "dog.mp4"
    damaged.write_bytes(whole.read_bytes())
    overwrite(damaged, damaged.stat().st_size // 2, np.random.default_rng(0).bytes(300))
    source = open_source(damaged, partial=True)
    last = (source.broken_at - 4, source.broken_at)
    for frame, intact in zip(source.frames(*last), open_source(whole).frames(*last)):
        assert np.array_equal(frame, intact)


def test_hole_that_was_never_filled_is_found_although_the_decoder_skips_it(make_video):
    frames = np.zeros((8, 64, 96, 3), np.uint8)
    frames[:, :32] = noisy_frames()[:8, :32]
    path = make_video(frames=frames)
    with av.open(str(path)) as container:
        packet = list(container.demux(video=0))[2]
        end = packet.pos + packet.size
    overwrite(path, end - 103, bytes(100))
    with pytest.raises(VideoError, match="damaged at frame [12]"):
        open_source(path)


@pytest.mark.parametrize("gop", ["open-gop=1:bframes=3", "open-gop=0:bframes=3"])
def test_recording_that_begins_between_two_key_frames_is_not_damaged(make_video, gop):
    path = make_video("a.ts", noisy_frames(40), **{"g": "10", "x264-params": gop})
    whole = open_source(path)
    intact = dict(zip((time + whole.clock for time in whole.times), whole.frames()))
    content = path.read_bytes()
    path.write_bytes(content[len(content) // 3 // 188 * 188 :])
    source = open_source(path)
    assert source.broken_at is None
    assert 15 <= source.frame_count < 30
    for time, frame in zip(source.times, source.frames()):
        assert np.array_equal(frame, intact[nearest(intact, time + source.clock)])


def test_frames_of_an_avi_have_even_times(make_video):
    source = open_source(make_video("a.avi", noisy_frames(12), **{"x264-params": "b-adapt=0"}))
    assert source.times == pytest.approx([number / 25 for number in range(12)])
    assert source.fps == 25


def test_first_frame_of_another_size_in_mid_video_is_named(tmp_path, make_video):
    small, large = noisy_frames(5), np.zeros((5, 72, 96, 3), np.uint8)
    first, second = make_video("a.ts", small), make_video("b.ts", large)
    (tmp_path / "both.ts").write_bytes(first.read_bytes() + second.read_bytes())
    with pytest.raises(VideoError, match=r"both\.ts: frame \d is 96x72, those before are 96x64"):
        open_source(tmp_path / "both.ts")


@pytest.mark.parametrize("name", ["http:clip.mp4", "50%03d.mp4", "-a.mp4", "a b&ü.mp4", "noext"])
def test_any_name_is_taken_as_it_is(make_video, monkeypatch, name):
    path = make_video()
    path.rename(path.with_name(name))
    monkeypatch.chdir(path.parent)
    assert open_source(name).frame_count == 12


def test_file_that_changes_under_the_reader_is_noticed(make_video):
    path = make_video()
    source = open_source(path)
    shutil.copy(make_video("short.mp4", noisy_frames(3)), path)
    with pytest.raises(VideoError, match=r"clip\.mp4: has changed since it was opened"):
        list(source.frames())


@pytest.mark.parametrize(
    ("name", "count", "height", "width"),
    [
        ("basketball.mp4", 333, 360, 640),
        ("05_default_juggle.mp4", 247, 720, 1280),
        ("01_dog.mp4", 289, 720, 1280),
        ("bob_test.mov", 375, 240, 320),
    ],
)
def test_real_videos_are_counted(shared_data, name, count, height, width):
    source = open_source(shared_data / "video" / name)
    assert (source.frame_count, source.height, source.width) == (count, height, width)


def nearest(whole, time):
    return min(whole, key=lambda other: abs(other - time))


def _put_index_first(path):
    """Rewrite an MP4 so that its index comes before its frames, as on the web."""
    if path.suffix != ".mp4":
        return
    moved = path.with_name("moved.mp4")
    with (
        av.open(str(path)) as old,
        av.open(str(moved), "w", options={"movflags": "faststart"}) as new,
    ):
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(old.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    moved.replace(path)


def test_frames_that_wait_for_their_successor_do_not_pile_up(make_video, monkeypatch):
    path = make_video(frames=noisy_frames(20), bf="3", g="20", x264opts="b-adapt=0:scenecut=0")
    expected = list(open_source(path).frames())
    monkeypatch.setattr("personalize.media.decode._REORDERED", 1)
    np.testing.assert_array_equal(list(open_source(path).frames()), expected)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{clip}\n#EXT-X-ENDLIST\n"),
        ("list.mp4", "ffconcat version 1.0\nfile {clip}\n"),
        ("list.mpd", '<?xml version="1.0"?>\n<MPD><BaseURL>{clip}</BaseURL></MPD>\n'),
        ("list.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5000 RTP/AVP 96\n"),
    ],
)
def test_a_playlist_is_refused_and_what_it_names_is_not_opened(make_video, name, content):
    clip = make_video()
    path = clip.with_name(name)
    path.write_text(content.format(clip=clip.name))
    with pytest.raises(VideoError, match=f"{name}: is a playlist, which refers to other files"):
        open_source(path)


def turned_by(path, degrees):
    """Have the matrix of an MP4 file turn its pictures."""
    one, turn = 1 << 16, np.deg2rad(degrees)
    a, b = round(np.cos(turn) * one), round(np.sin(turn) * one)
    matrix = path.read_bytes().index(b"tkhd") + 44  # ISO 14496-12, 8.3.2: of a version 0 box
    return overwrite(path, matrix, struct.pack(">9i", a, b, 0, -b, a, 0, 0, 0, 1 << 30))


@pytest.mark.parametrize(
    ("degrees", "shape"), [(44, (24, 32, 3)), (46, (32, 24, 3)), (100, (32, 24, 3))]
)
def test_frames_are_turned_by_whole_quarters_whatever_a_file_asks(make_video, degrees, shape):
    source = open_source(turned_by(make_video(), degrees))
    assert next(source.frames()).shape == shape == (source.height, source.width, 3)
    assert any("turned by whole quarters alone" in remark for remark in source.remarks)


def test_a_clock_that_runs_backwards_goes_on_instead(make_video, monkeypatch):
    path = make_video(times=[0, 0.04, 0.08, 0.12, 0.16, 0.2], frames=noisy_frames(6), bf="0")
    decoded = Decoder.frames

    def joined(decoder):
        for number, frame in enumerate(decoded(decoder)):
            frame.pts = frame.pts * (number - 3) // number if number > 2 else frame.pts
            yield frame

    monkeypatch.setattr(Decoder, "frames", joined)
    source = open_source(path)
    assert (np.diff(source.times) >= 0).all()
    assert source.times[3] - source.times[2] == pytest.approx(0.04)
    assert "the times of its frames run backwards; its clock goes on instead" in source.remarks


@pytest.mark.parametrize(
    ("variable", "most", "message"),
    [
        ("PERSONALIZE_MAX_PIXELS", "767", "has frames of 32x24, and at most 767 pixels are read"),
        ("PERSONALIZE_MAX_FRAMES", "11", "has more frames, and at most 11 frames are read; cut it"),
        ("PERSONALIZE_MAX_SECONDS", "3", "is 3.3 seconds long, and at most 3 seconds are read"),
    ],
)
def test_a_video_that_is_too_large_names_what_raises_the_limit(
    make_video, monkeypatch, variable, most, message
):
    path = make_video(fps=3)
    assert open_source(path).frame_count == 12
    monkeypatch.setenv(variable, most)
    with pytest.raises(VideoError, match=rf"clip\.mp4: {message}.*raise the limit with {variable}"):
        open_source(path)
