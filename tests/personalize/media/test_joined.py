import numpy as np
import pytest

from personalize.media.joined import Joined, fit_into, join_clips, share_window
from personalize.media.video import open_source


@pytest.mark.parametrize(
    ("counts", "length", "spans"),
    [
        ([100], 30, [(35, 65)]),
        ([100, 50], 30, [(42, 57), (17, 32)]),
        ([4, 100], 30, [(0, 4), (37, 63)]),  # what a short one leaves, the other gets
        ([5, 6], 30, [(0, 5), (0, 6)]),
    ],
)
def test_a_window_is_shared_by_the_middles_of_clips(counts, length, spans):
    assert share_window(counts, length) == spans


def test_clips_are_joined_by_their_middles_or_whole(make_video):
    clips = [open_source(make_video(name)) for name in ("a.mp4", "b.mp4")]
    assert join_clips(clips[:1], 4) is clips[0]
    assert [stop - start for start, stop in join_clips(clips, 4).spans] == [2, 2]
    assert join_clips(clips, None).frame_count == sum(clip.frame_count for clip in clips)


def test_clips_are_one_video_of_the_size_of_the_first(make_video):
    tall = np.full((6, 32, 16, 3), 200, np.uint8)
    first, second = (
        open_source(make_video("a.mp4")),
        open_source(make_video("b.mp4", frames=tall)),
    )
    joined = Joined([first, second], [(2, 5), (1, 3)])
    frames = list(joined)
    assert len(frames) == joined.frame_count == 5
    assert all(frame.shape == (24, 32, 3) for frame in frames)
    np.testing.assert_array_equal(frames[0], next(first.pick([2])))
    assert abs(int(frames[4].mean()) - 200) < 4  # edges are repeated
    (picked,) = joined.pick([3])
    np.testing.assert_array_equal(picked, frames[3])
    assert [clip["name"] for clip in joined.describe()["clips"]] == ["a.mp4", "b.mp4"]
    assert joined.digest() != Joined([first, second], [(2, 5), (1, 4)]).digest()


def test_a_frame_keeps_its_shape_when_it_is_fitted():
    frame = np.zeros((20, 10, 3), np.uint8)
    frame[:, 5:] = 255
    fitted = fit_into(frame, 10, 20)
    assert fitted.shape == (10, 20, 3)
    assert (fitted[:, :9] < 128).all()
    assert (fitted[:, 11:] > 128).all()
