import json

import pytest

from personalize.datasets.check import KNOWN, check_folder
from personalize.errors import InputError

TITLES = [known.title for known in KNOWN]


def found(root, **options):
    """Title -> the finding of a set that is there."""
    return {finding.title: finding for finding in check_folder(root, **options) if finding.root}


def test_sets_below_the_folder_are_found_and_counted(
    tmp_path,
    write_youtube_pose,
    write_davis,
    write_jhmdb,
    write_clothing,
    write_unite_the_people,
    write_freiburg,
):
    for write in (write_youtube_pose, write_davis, write_jhmdb, write_clothing):
        write()
    write_unite_the_people(count=5)
    write_freiburg(count=3)
    told = {title: finding.summary for title, finding in found(tmp_path, decode=True).items()}
    assert told == {
        "YouTube Pose": "4 videos with 12 labelled frames; 1 of the videos in its subset",
        "DAVIS": "2 sequences with 6 frames, 6 with a mask",
        "J-HMDB": "2 clips of 1 actions with joints and masks (J-HMDB has 928 of 21)",
        "Clothing Co-Parsing": "2 photographs with labels",
        "Unite the People": "5 photographs with 31 parts (UP-S31 has 8515)",
        "Freiburg Sitting": "3 photographs with 14 parts",
    }
    last = check_folder(tmp_path)[-1]
    assert (last.title, last.root, last.summary) == ("rendered people", None, "not here")


def test_a_set_may_be_the_folder_itself(rendered_set):
    finding = found(rendered_set)["rendered people"]
    assert finding.whole
    assert (
        str(finding)
        == f"rendered people        {rendered_set}: 8 people with 31 parts, 2 backgrounds"
    )


def test_an_empty_folder_has_none(tmp_path):
    findings = check_folder(tmp_path)
    assert [finding.title for finding in findings] == TITLES
    assert all(finding.whole for finding in findings)
    with pytest.raises(InputError, match="no such folder of data sets"):
        check_folder(tmp_path / "none")


def test_what_is_missing_is_told(write_youtube_pose, write_freiburg, tmp_path):
    (write_youtube_pose() / "GT_frames" / "aaaa" / "frame_000020.jpg").unlink()
    (write_freiburg() / "masks" / "img_02.mat").unlink()
    broken = found(tmp_path)
    assert not broken["YouTube Pose"].whole
    assert "1 of 3 labelled frames are missing" in broken["YouTube Pose"].summary
    assert "1 photographs have no mask, the first is img_02" in broken["Freiburg Sitting"].summary


def test_a_picture_that_is_none_is_damage(write_davis):
    root = write_davis()
    (root / "JPEGImages" / "dance" / "00001.jpg").write_text("<html>404</html>")
    finding = found(root)["DAVIS"]
    assert not finding.whole
    assert "00001.jpg: not an image" in finding.summary


def test_a_picture_cut_short_shows_when_it_is_decoded(write_freiburg):
    root = write_freiburg()
    path = root / "img" / "img_01.jpg"
    path.write_bytes(path.read_bytes()[:-60])
    assert found(root)["Freiburg Sitting"].whole
    assert (
        "img_01.jpg: the image is damaged" in found(root, decode=True)["Freiburg Sitting"].summary
    )


def test_a_rendering_that_stopped_is_incomplete(tmp_path, rendered_set):
    for name in ("people", "parts", "backgrounds"):
        (tmp_path / name).symlink_to(rendered_set / name)
    (tmp_path / "manifest.json").write_text(json.dumps({"count": 9}))
    finding = found(tmp_path)["rendered people"]
    assert not finding.whole
    assert "8 of 9 people are there" in finding.summary
