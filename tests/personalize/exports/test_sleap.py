"""sleap-io, which SLEAP itself reads with, opens it."""

import numpy as np
import pytest

from personalize.exports import sleap
from personalize.exports.landmarks import NAMES
from personalize.media.images import write_image

from ..drawn import ABSENT, COUNT, HEIGHT, WIDTH, joints, picture_of

sleap_io = pytest.importorskip("sleap_io", reason="of the extra `exports`")


@pytest.fixture
def opened(drawn_task, tmp_path):
    def make(name="clip", **options):
        sleap.write(drawn_task(**options), tmp_path)
        return sleap_io.load_slp(str(tmp_path / f"{name}.slp"))

    return make


def test_one_tracked_person_is_in_the_frames_where_they_are_seen(opened):
    labels = opened()
    assert [node.name for node in labels.skeleton.nodes] == list(NAMES)
    seen = [t for t in range(COUNT) if t not in ABSENT]
    assert [frame.frame_idx for frame in labels] == seen
    assert [track.name for track in labels.tracks] == ["person"]
    for frame in labels:
        (instance,) = frame.instances
        xy, sure = joints(frame.frame_idx)
        found = instance.numpy()[: len(xy)]
        np.testing.assert_allclose(found[sure > 0.05], xy[sure > 0.05])
        assert np.isnan(found[sure <= 0.05]).all()
        assert instance.track is labels.tracks[0]


def test_the_video_is_known_by_path_and_size(opened, drawn_video):
    (video,) = opened().videos
    assert video.filename == str(drawn_video)
    assert tuple(video.shape[:3]) == (COUNT, HEIGHT, WIDTH)


def test_frames_of_a_folder_are_known_by_their_files(opened, tmp_path):
    for t in range(3):
        write_image(tmp_path / "frames" / f"shot{t}.png", picture_of(t))
    (video,) = opened("frames", video=tmp_path / "frames").videos
    assert video.filename == [str(tmp_path / "frames" / f"shot{t}.png") for t in range(3)]


def test_frames_are_numbered_as_in_the_video(opened):
    assert [frame.frame_idx for frame in opened(first=7)] == list(range(7, COUNT))


def test_sides_change_places_in_a_mirror(opened):
    pairs = {tuple(sorted(pair)) for pair in opened().skeleton.symmetry_names}
    assert ("left_wrist", "right_wrist") in pairs and ("left_toes", "right_toes") in pairs
