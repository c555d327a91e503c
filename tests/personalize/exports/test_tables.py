"""Formats of text: read back by their documented layouts."""

import csv
import json
import re
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from PIL import Image

from personalize.exports import csv_wide, elan, openpose, palette, webvtt, yolo
from personalize.exports.landmarks import NAMES
from personalize.exports.layouts import BODY_25, COCO_17
from personalize.parts import COLOURS
from personalize.storage.layout import picture

from ..drawn import ABSENT, COUNT, HEIGHT, WIDTH, figure, joints


def test_the_wide_table_has_a_line_a_frame(drawn_task, tmp_path):
    csv_wide.write(drawn_task(), tmp_path)
    with open(tmp_path / "clip.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == COUNT and len(rows[0]) == 5 + 3 * len(NAMES)
    assert [int(row["seen"]) for row in rows] == [int(t not in ABSENT) for t in range(COUNT)]
    assert (rows[3]["frame"], rows[3]["time"]) == ("3", "0.1200")
    assert rows[3]["head_x"] == "23.00" and rows[3]["left_ankle_x"] == ""
    assert rows[5]["head_x"] == "" and rows[5]["head_confidence"] == "0.0000"


def pose2sim(path, keypoint):
    """x, y and confidence of a keypoint, as Pose2Sim reads them; NaN of nobody."""
    people = json.loads(path.read_text())["people"]
    if not people:
        return np.full(3, np.nan)
    return np.array(people[0]["pose_keypoints_2d"])[3 * keypoint : 3 * keypoint + 3]


def test_openpose_has_a_file_a_frame_in_a_folder_that_ends_in_json(drawn_task, tmp_path):
    openpose.write(drawn_task(first=4), tmp_path)
    files = sorted((tmp_path / "clip_json").iterdir())
    assert [file.name for file in files] == [
        f"clip_{t:012d}_keypoints.json" for t in range(4, COUNT)
    ]
    for t, file in enumerate(files, start=4):
        found = pose2sim(file, list(BODY_25).index("RWrist"))
        if t in ABSENT:
            assert np.isnan(found).all()
        else:
            np.testing.assert_allclose(found, [*joints(t)[0][1], 0.9])
    assert pose2sim(files[0], 0).tolist() == [0, 0, 0]  # no nose is found


def seconds(clock):
    hours, minutes, rest = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


def test_webvtt_has_a_cue_a_stretch(drawn_task, tmp_path):
    webvtt.write(drawn_task(), tmp_path)
    head, *cues = (tmp_path / "clip.vtt").read_text().strip().split("\n\n")
    assert head == "WEBVTT"
    times = [re.fullmatch(r"(\S+) --> (\S+)\n.+", cue).groups() for cue in cues]
    stretches = [tuple(map(seconds, pair)) for pair in times]
    assert stretches == [(0.0, 0.2), (0.28, 0.48)]


@pytest.mark.parametrize(
    ("value", "clock"), [(0, "00:00:00.000"), (3661.5, "01:01:01.500"), (59.9996, "00:01:00.000")]
)
def test_clocks_carry(value, clock):
    assert webvtt.clock(value) == clock


def test_elan_has_an_annotation_a_stretch(drawn_task, drawn_video, tmp_path):
    elan.write(drawn_task(first=4), tmp_path)
    root = ElementTree.parse(tmp_path / "clip.eaf").getroot()
    assert (root.tag, root.get("FORMAT")) == ("ANNOTATION_DOCUMENT", "3.0")
    media = root.find("HEADER/MEDIA_DESCRIPTOR")
    assert media.get("MEDIA_URL") == drawn_video.as_uri()
    assert (media.get("MIME_TYPE"), media.get("RELATIVE_MEDIA_URL")) == ("video/mp4", "./clip.mp4")
    slots = {
        slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE")) for slot in root.iter("TIME_SLOT")
    }
    found = [
        tuple(slots[one.get(f"TIME_SLOT_REF{end}")] for end in (1, 2))
        for one in root.iter("ALIGNABLE_ANNOTATION")
    ]
    assert found == [(160, 200), (280, 480)]  # milliseconds of the video, not of its part
    (tier,) = root.iter("TIER")
    kinds = [kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")]
    assert tier.get("LINGUISTIC_TYPE_REF") in kinds


def test_the_same_run_gives_the_same_document(drawn_task, tmp_path):
    task = drawn_task()
    elan.write(task, tmp_path)
    before = (tmp_path / "clip.eaf").read_bytes()
    elan.write(task, tmp_path)
    assert (tmp_path / "clip.eaf").read_bytes() == before


def test_palettes_show_colours_and_keep_ids(drawn_task, tmp_path):
    palette.write(drawn_task(), tmp_path)
    for t in range(COUNT):
        with Image.open(tmp_path / picture(t)) as image:
            np.testing.assert_array_equal(np.array(image), figure(t))
            np.testing.assert_array_equal(
                np.array(image.convert("RGB")), np.uint8(COLOURS)[figure(t)]
            )
        shown = cv2.imread(str(tmp_path / picture(t)))[..., ::-1]
        np.testing.assert_array_equal(shown, np.uint8(COLOURS)[figure(t)])


def filled(line):
    """The mask (H, W) that Ultralytics fills from a line, and its class."""
    number, *values = line.split()
    points = np.array(values, float).reshape(-1, 2) * (WIDTH, HEIGHT)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [points.astype(np.int32)], 1)
    return int(number), mask > 0


@pytest.fixture
def labels(drawn_task, tmp_path):
    """Return a function that exports a drawn run; gives the lines of a frame of a data set."""
    yolo.write(drawn_task(), tmp_path)

    def lines(data_set, t):
        return (tmp_path / data_set / "labels/train" / f"{t:06d}.txt").read_text().splitlines()

    return lines


def test_yolo_fills_its_outlines_to_the_silhouette(labels):
    for t in range(COUNT):
        lines = labels("segment", t)
        if t in ABSENT:
            assert lines == []
            continue
        number, mask = filled(lines[0])
        truth = figure(t) > 0
        assert number == 0 and len(lines) == 1
        assert (mask & truth).sum() / (mask | truth).sum() > 0.9  # hands are pieces of their own


def test_yolo_parts_are_classes(labels):
    found = np.zeros((HEIGHT, WIDTH), np.uint8)
    for number, mask in map(filled, labels("parts", 2)):
        found[mask] = number + 1
    np.testing.assert_array_equal(found, figure(2))


def test_yolo_poses_are_boxes_and_seventeen_keypoints(labels):
    (line,) = labels("pose", 2)
    number, *values = line.split()
    assert number == "0" and len(values) == 4 + 3 * 17
    box, keypoints = np.array(values[:4], float), np.array(values[4:], float).reshape(-1, 3)
    rows, cols = np.nonzero(figure(2))
    sides = np.array([np.ptp(cols) + 1, np.ptp(rows) + 1])
    centre = np.array([cols.min(), rows.min()]) + sides / 2
    np.testing.assert_allclose(
        box, [*centre / (WIDTH, HEIGHT), *sides / (WIDTH, HEIGHT)], atol=1e-6
    )
    wrist = keypoints[list(COCO_17).index("right_wrist")]
    np.testing.assert_allclose(wrist[:2] * (WIDTH, HEIGHT) - 0.5, joints(2)[0][1], atol=1e-4)
    assert wrist[2] == 2 and keypoints[list(COCO_17).index("left_wrist"), 2] == 1
    assert not keypoints[list(COCO_17).index("nose")].any()
    assert ((keypoints[:, :2] >= 0) & (keypoints[:, :2] <= 1)).all()


def test_yolo_describes_its_data(labels, tmp_path):
    text = (tmp_path / "pose/data.yaml").read_text()
    assert "kpt_shape: [17, 3]" in text and "train: images/train" in text
    flip = json.loads(re.search(r"flip_idx: (.*)", text)[1])
    assert [list(COCO_17)[k] for k in flip][5:7] == ["right_shoulder", "left_shoulder"]
    assert '  0: "rhand"' in (tmp_path / "parts/data.yaml").read_text()


def test_yolo_gets_its_pictures_where_they_are_wanted(drawn_task, tmp_path):
    yolo.write(drawn_task(frames=True, images=True), tmp_path)
    pictures = sorted(path.stem for path in (tmp_path / "pose/images/train").iterdir())
    texts = sorted(path.stem for path in (tmp_path / "pose/labels/train").iterdir())
    assert pictures == texts == [f"{t:06d}" for t in range(COUNT)]
