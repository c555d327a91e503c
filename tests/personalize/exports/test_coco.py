"""COCO's own reader opens it."""

import numpy as np
import pytest

from personalize.exports import coco
from personalize.media.images import read_image
from personalize.parts import NAMES

from ..drawn import ABSENT, COUNT, figure, joints

COCO = pytest.importorskip("pycocotools.coco", reason="of the extra `exports`").COCO

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
"""Of pycocotools' own decoder."""


@pytest.fixture
def opened(drawn_task, tmp_path):
    """Return a function that exports a drawn run, and what pycocotools reads of it."""

    def make(**options):
        (tmp_path / "coco").mkdir()
        coco.write(drawn_task(**options), tmp_path / "coco")
        return COCO(tmp_path / "coco" / "annotations.json")

    return make


def test_the_silhouette_of_every_frame_comes_back(opened):
    read = opened()
    assert sorted(read.imgs) == list(range(1, COUNT + 1))
    for number in range(COUNT):
        found = read.loadAnns(read.getAnnIds(imgIds=[number + 1], catIds=[coco.PERSON]))
        if number in ABSENT:
            assert found == []
            continue
        (person,) = found
        mask = figure(number) > 0
        np.testing.assert_array_equal(read.annToMask(person), mask)
        rows, cols = np.nonzero(mask)
        sides = [np.ptp(cols) + 1, np.ptp(rows) + 1]
        assert person["bbox"] == [cols.min(), rows.min(), *sides]
        assert person["area"] == mask.sum()


def test_every_part_is_an_annotation_of_its_own(opened):
    read = opened()
    labels = np.zeros_like(figure(3))
    (person,) = read.getAnnIds(imgIds=[4], catIds=[coco.PERSON])
    for part in read.loadAnns(read.getAnnIds(imgIds=[4])):
        if part["category_id"] != coco.PERSON:
            assert part["person_id"] == person
            labels[read.annToMask(part) > 0] = part["category_id"] - coco.FIRST_PART
            (category,) = read.loadCats([part["category_id"]])
            assert category["name"] == NAMES[part["category_id"] - coco.FIRST_PART]
    np.testing.assert_array_equal(labels, figure(3))


def test_keypoints_are_marked_visible_doubtful_or_absent(opened):
    read = opened()
    (person,) = read.loadAnns(read.getAnnIds(imgIds=[3], catIds=[coco.PERSON]))
    names = read.loadCats([coco.PERSON])[0]["keypoints"]
    marks = dict(zip(names, np.reshape(person["keypoints"], (-1, 3)).tolist()))
    assert marks["right_wrist"] == [*joints(2)[0][1], 2]
    assert marks["left_wrist"] == [*joints(2)[0][2], 1]
    assert marks["left_ankle"] == marks["nose"] == [0, 0, 0]
    assert person["num_keypoints"] == 11


def test_a_run_of_part_of_a_video_keeps_its_numbers_and_times(opened):
    read = opened(first=4)
    assert [image["frame"] for image in read.imgs.values()] == list(range(4, COUNT))
    assert read.imgs[5]["time"] == pytest.approx(4 / 25, abs=1e-4)
    assert read.imgs[5]["file_name"] == "000004.jpg"
    (person,) = read.loadAnns(read.getAnnIds(imgIds=[5], catIds=[coco.PERSON]))
    np.testing.assert_array_equal(read.annToMask(person), figure(4) > 0)


def test_frames_are_written_where_they_are_wanted(opened, tmp_path):
    read = opened(frames=True, images=True)
    for image in read.imgs.values():
        picture = read_image(tmp_path / "coco" / "images" / image["file_name"])
        assert picture.shape[:2] == (image["height"], image["width"])
    assert np.abs(picture[5, 5].astype(int) - 60).max() < 8
