import numpy as np
import pytest
from PIL import Image

from personalize.datasets.davis import sequences
from personalize.errors import DatasetError


def test_a_sequence_has_frames_and_masks(write_davis):
    first, second = sequences(write_davis())
    assert (first.name, second.name) == ("dance", "hike")
    assert len(first) == 3
    assert first.folder.name == "dance"
    frame, mask = first.read_frame(2), first.read_mask(1)
    assert frame.shape == (4, 6, 3) and frame[0, 0].tolist() == [2, 2, 2]
    assert mask.dtype == bool
    assert mask.tolist() == [[True, True, False, False, False, False]] * 4


@pytest.mark.parametrize("level", ["480p", "1080p", "Full-Resolution"])
def test_a_level_of_resolution_may_be_between(write_davis, level):
    assert [sequence.name for sequence in sequences(write_davis(level=level))] == ["dance", "hike"]


def test_480p_is_preferred(write_davis):
    write_davis(names=("hike",), level="1080p")
    assert sequences(write_davis(names=("hike",), level="480p"))[0].images[0].parts[-3] == "480p"


def test_sequences_can_be_chosen(write_davis):
    root = write_davis()
    assert [sequence.name for sequence in sequences(root, ["hike"])] == ["hike"]
    with pytest.raises(DatasetError, match=r"there is no 'hikee'; did you mean hike\?"):
        sequences(root, ["hikee"])


def test_all_objects_make_one_mask(write_davis):
    sequence = sequences(write_davis())[0]
    objects = Image.fromarray(np.array([[0, 1, 2]], np.uint8)).convert("P")
    objects.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    objects.save(sequence.masks[0])
    assert sequence.read_mask(0).tolist() == [[False, True, True]]


def test_a_mask_in_colour_is_read_like_the_others(write_davis):
    sequence = sequences(write_davis())[0]
    coloured = np.array([[[0, 0, 0, 255], [255, 255, 255, 255], [0, 0, 9, 255]]], np.uint8)
    Image.fromarray(coloured).save(sequence.masks[0])
    assert sequence.read_mask(0).tolist() == [[False, True, True]]


def test_frames_need_not_all_be_annotated(write_davis):
    root = write_davis()
    (root / "Annotations" / "dance" / "00001.png").unlink()
    sequence = sequences(root)[0]
    assert len(sequence) == 3
    assert sequence.annotated == (0, 2)
    assert sequence.masks[1] is None


def test_an_annotation_without_a_frame_is_refused(write_davis):
    root = write_davis()
    (root / "JPEGImages" / "hike" / "00001.jpg").unlink()
    with pytest.raises(DatasetError, match=r"hike: 1 annotations have no frame .* 00001\.png"):
        sequences(root)


def test_empty_folders_are_refused(write_davis, tmp_path):
    with pytest.raises(DatasetError, match="JPEGImages: no such folder; the layout of DAVIS is"):
        sequences(tmp_path)
    root = write_davis()
    (root / "JPEGImages" / "empty").mkdir()
    with pytest.raises(DatasetError, match="empty: there are no frames"):
        sequences(root)
    Image.new("RGB", (6, 4)).save(root / "JPEGImages" / "empty" / "00000.jpg")
    with pytest.raises(DatasetError, match="empty: no such folder"):
        sequences(root)
    (root / "Annotations" / "empty").mkdir()
    with pytest.raises(DatasetError, match="empty: there are no annotations"):
        sequences(root)


def test_a_set_without_sequences_is_refused(tmp_path):
    (tmp_path / "JPEGImages").mkdir()
    (tmp_path / "Annotations").mkdir()
    with pytest.raises(DatasetError, match="JPEGImages: there are no sequences"):
        sequences(tmp_path)


def test_the_real_sequences_are_read(shared_data):
    found = sequences(shared_data / "davis2016_dev")
    assert [(sequence.name, len(sequence)) for sequence in found] == [
        ("dance-jump", 60),
        ("hike", 80),
        ("hockey", 75),
        ("tennis", 70),
    ]
    for sequence in found:
        assert sequence.read_mask(0).shape == sequence.read_frame(0).shape[:2] == (480, 854)
        assert 0.01 < sequence.read_mask(0).mean() < 0.3
