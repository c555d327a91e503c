import csv

import numpy as np
import pytest

from personalize.datasets.landmarks import read_landmarks
from personalize.datasets.real_people import pictures, read_index
from personalize.datasets.settings import LabelSettings
from personalize.errors import DatasetError, InputError
from personalize.media.images import write_image
from personalize.procedures.label.crop import person_window
from personalize.procedures.label.listing import list_unlabelled
from personalize.procedures.label.pictures import label_pictures
from personalize.procedures.label.sheet import label_sheet
from personalize.procedures.label.silhouettes import GivenMasks, NetworkSilhouettes, keep_person
from personalize.procedures.label.target import check_apart
from personalize.settings import RunSettings

COCO = {
    0: (200, 144),
    1: (207, 138),
    2: (193, 138),
    3: (215, 142),
    4: (185, 142),
    5: (230, 180),
    6: (170, 180),
    7: (260, 210),
    8: (140, 210),
    9: (280, 245),
    10: (120, 245),
    11: (218, 270),
    12: (182, 270),
    13: (222, 340),
    14: (178, 340),
    15: (224, 410),
    16: (176, 410),
}
"""Somebody upright in a picture of 600 x 400, seen from the front; left is on the right of the
picture."""


@pytest.fixture
def street(tmp_path):
    """Three pictures in two folders, their masks and landmarks; of the last nobody's shoulders are
    sure.
    """
    xy = np.array([COCO[k] for k in range(17)], float)
    visibility = np.ones((3, 17))
    visibility[2, 5] = 0.2
    mask = np.zeros((600, 400), bool)
    mask[100:460, 110:290] = True
    arrays = {}
    for name, seen in zip(("street/1", "street/2", "desk/1"), visibility):
        write_image(tmp_path / "pictures" / f"{name}.png", np.full((600, 400, 3), 90, np.uint8))
        write_image(tmp_path / "masks" / f"{name}.png", mask)
        arrays |= {f"{name}/xy": xy, f"{name}/visibility": seen}
    np.savez(tmp_path / "landmarks.npz", **arrays)
    return tmp_path


def listed(root, folder="pictures"):
    path = root / "landmarks.npz"
    return list_unlabelled(root / folder, path, read_landmarks(path))


def label(root, **settings):
    unlabelled = listed(root)
    masks = GivenMasks(root / "masks", unlabelled)
    return label_pictures(unlabelled, root / "out", masks, settings=LabelSettings(**settings))


def test_labelled_pictures_are_in_the_layout_of_real_people(street):
    outcome = label(street)
    assert str(outcome) == "2 of 3 pictures labelled; 1 left out: the shoulders are not sure"
    one, two = pictures(street / "out")
    assert (one.name, two.name) == ("street/1", "street/2")
    labels = one.read_labels()
    assert labels.shape == one.read_image().shape[:2]
    assert set(range(1, 32)) <= set(np.unique(labels))
    right, left = ([*np.nonzero(labels == part)[1]] for part in (3, 16))
    assert max(right) < min(left)


def test_pictures_are_cut_to_their_person_with_half_of_its_size_around(street):
    window = person_window(listed(street)[1], (600, 400), LabelSettings())
    assert window == (slice(0, 600), slice(0, 400))
    window = person_window(listed(street)[1], (600, 400), LabelSettings(around=0, margin=0.1))
    assert window == (slice(110, 438), slice(104, 296))  # 138 to 410 and 120 to 280, a tenth beyond


def test_neither_pictures_nor_heads_are_too_large(street):
    label(street)
    assert max(pictures(street / "out")[0].read_labels().shape) == 400
    label(street, largest_head=20.0)
    picture = pictures(street / "out")[0]
    assert picture.head_px == pytest.approx(20, abs=1)
    assert max(picture.read_labels().shape) < 300


def test_the_index_keeps_the_rows_of_other_pictures(street):
    (street / "out").mkdir()
    (street / "out" / "index.csv").write_text(
        "picture,source_file,width,height,head_px\nold/1,a.jpg,10,20,5.0\n"
    )
    label(street)
    with open(street / "out" / "index.csv", newline="") as file:
        rows = {row["picture"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["old/1", "street/1", "street/2"]
    assert rows["street/1"]["source_file"] == "1.png"
    assert 20 < float(rows["street/1"]["head_px"]) < 60


def test_what_is_labelled_again_comes_out_the_same(street):
    label(street)
    before = (street / "out" / "street" / "1.png").read_bytes()
    label(street)
    assert (street / "out" / "street" / "1.png").read_bytes() == before


def test_a_mask_that_is_of_something_else_is_left_out(street):
    write_image(street / "masks" / "street" / "1.png", np.eye(600, 400, k=-300) > 0)
    (street / "masks" / "street" / "2.png").unlink()
    with pytest.raises(
        DatasetError,
        match="0 of 3 pictures labelled; .*is not where the landmarks are; .*there is no mask of "
        "it",
    ):
        label(street)


def test_masks_may_be_larger_but_of_no_other_shape(street):
    write_image(street / "masks" / "street" / "1.png", np.ones((1200, 800), bool))
    label(street)
    write_image(street / "masks" / "street" / "1.png", np.ones((600, 300), bool))
    with pytest.raises(
        InputError, match=r"street/1\.png: is 300x600, but 1\.png is 400x600; masks must"
    ):
        label(street)


def test_a_folder_without_any_of_the_masks_is_refused(street):
    (street / "empty").mkdir()
    with pytest.raises(
        InputError, match=r"empty: has masks of none of 3 pictures; .*1\.png or desk/1\.png"
    ):
        GivenMasks(street / "empty", listed(street))
    with pytest.raises(InputError, match="gone: no such folder of masks; check --masks"):
        GivenMasks(street / "gone", listed(street))


def test_landmarks_of_another_size_of_the_picture_are_refused(street):
    write_image(street / "pictures" / "street" / "1.png", np.zeros((60, 40, 3), np.uint8))
    with pytest.raises(InputError, match=r"1\.png: its landmarks lie outside of its 40x60 pixels"):
        label(street)


def test_somebody_slender_in_a_narrow_picture_is_taken(tmp_path):
    aside = np.array([[200 + (COCO[k][0] - 200) * 0.1, COCO[k][1]] for k in range(17)]) - (175, 0)
    write_image(tmp_path / "pictures" / "slender.png", np.zeros((600, 50, 3), np.uint8))
    write_image(tmp_path / "masks" / "slender.png", np.ones((600, 50), bool))
    np.savez(tmp_path / "landmarks.npz", **{"slender/xy": aside, "slender/visibility": np.ones(17)})
    assert [row["picture"] for row in label(tmp_path).rows] == ["pictures/slender"]


def test_a_folder_of_something_else_is_refused_and_kept(street):
    (street / "out").mkdir()
    (street / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(
        InputError,
        match="out: holds something else than labelled pictures; choose a new folder, or an empty "
        "one",
    ):
        label(street)
    assert [path.name for path in (street / "out").iterdir()] == ["thesis.txt"]


def test_labels_of_an_earlier_run_go_when_their_picture_is_left_out(street):
    label(street)
    (street / "masks" / "street" / "1.png").unlink()
    label(street)
    assert [picture.name for picture in pictures(street / "out")] == ["street/2"]
    assert list(read_index(street / "out" / "index.csv")) == ["street/2"]


def test_two_folders_of_one_name_are_refused(street):
    for name in ("twin", "twin/twin"):
        write_image(street / name / "1.png", np.zeros((60, 40, 3), np.uint8))
    with pytest.raises(
        InputError,
        match="twin/twin: holds pictures, and so does another folder of the name twin; rename one",
    ):
        listed(street, "twin")


def test_pictures_directly_in_the_folder_are_a_group_of_its_name(street):
    assert [picture.name for picture in listed(street, "pictures/street")] == [
        "street/1",
        "street/2",
    ]


def test_pictures_that_cannot_be_told_apart_or_are_not_there_are_refused(street):
    write_image(street / "pictures" / "street" / "1.jpg", np.zeros((60, 40, 3), np.uint8))
    with pytest.raises(InputError, match="has the name of 1.jpg; rename one"):
        listed(street)
    with pytest.raises(InputError, match="gone: no such folder of pictures"):
        listed(street, "gone")
    (street / "empty").mkdir()
    with pytest.raises(InputError, match="empty: holds no picture, nor does a folder in it"):
        listed(street, "empty")


def test_nothing_is_written_among_the_pictures_or_masks(street):
    for out in ("pictures", "masks"):
        with pytest.raises(InputError, match="labels would be written among the pictures or masks"):
            check_apart(listed(street), street / out, street / "masks")
    check_apart(listed(street), street / "out", street / "masks")


def test_a_contact_sheet_shows_pictures_beside_their_labels(street):
    rows = label(street).rows
    sheet = label_sheet(street / "out", [row["picture"] for row in rows])
    assert sheet.shape == (200, 800, 3)
    assert (sheet[100, 100] == 90).all()
    right, left = (
        sheet[76, 200 + 76].astype(int),
        sheet[76, 200 + 123].astype(int),
    )  # of the forearms
    assert right[0] > right[2] + 50
    assert left[1] > left[0] + 50


def test_pieces_without_landmarks_are_open(street):
    silhouette = np.zeros((600, 400), np.uint8)
    silhouette[100:460, 110:290], silhouette[500:520, 300:320] = 1, 1
    kept = keep_person(silhouette, listed(street)[1].points, 0.5)
    assert (kept[300, 200], kept[510, 310], kept[0, 0]) == (1, 255, 0)


def test_without_masks_the_network_s_silhouette_is_used(square_frames, square_network, tmp_path):
    frames, masks = square_frames
    write_image(tmp_path / "pictures" / "a.png", frames[6])
    where = (np.array([COCO[k] for k in range(17)]) - (120, 138)) * (32 / 160, 32 / 272) + (28, 16)
    np.savez(tmp_path / "landmarks.npz", **{"a/xy": where, "a/visibility": np.ones(17)})
    silhouettes = NetworkSilhouettes(square_network, RunSettings(size=112), LabelSettings())
    outcome = label_pictures(listed(tmp_path), tmp_path / "out", silhouettes)
    assert [row["picture"] for row in outcome.rows] == ["pictures/a"]
    labels = pictures(tmp_path / "out")[0].read_labels()
    assert np.count_nonzero((labels > 0) & (labels != 255)) == pytest.approx(
        masks[6].sum(), rel=0.4
    )
