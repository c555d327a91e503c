import cv2
import numpy as np
import pytest

from personalize.errors import DatasetError
from personalize.synthesis import backgrounds
from personalize.synthesis.backgrounds import list_backgrounds, look_into, tone_map
from personalize.synthesis.settings import AssetFolders


def test_a_photograph_is_cropped_in_the_middle(tmp_path):
    picture = np.zeros((100, 400, 3), np.uint8)
    picture[:, 140:260] = (0, 0, 255)  # red, in OpenCV's order
    cv2.imwrite(str(tmp_path / "wide.png"), picture)
    (make,) = list_backgrounds(AssetFolders(backgrounds=tmp_path))
    made = make()
    assert made.shape == (384, 512, 3) and made.dtype == np.uint8
    assert made[192, [0, 256, 511]].tolist() == [[0, 0, 0], [255, 0, 0], [0, 0, 0]]


def test_a_file_that_is_no_picture_is_named(tmp_path):
    (tmp_path / "notes.jpg").write_text("no picture")
    (make,) = list_backgrounds(AssetFolders(backgrounds=tmp_path))
    with pytest.raises(DatasetError, match="notes.jpg: not a picture"):
        make()


def test_looks_into_a_panorama_go_around():
    panorama = np.full((64, 128, 3), 0.01, np.float32)
    panorama[28:36, 60:68] = 5.0  # a lamp straight ahead
    assert look_into(panorama, 0)[192, 256].min() > 200
    assert look_into(panorama, 3)[192, 256].max() < 200


def test_tone_mapping_does_not_depend_on_the_exposure():
    linear = np.random.default_rng(0).uniform(0.1, 3, (8, 8, 3)).astype(np.float32)
    np.testing.assert_allclose(tone_map(linear).astype(int), tone_map(100 * linear), atol=1)


def test_an_exr_panorama_is_read_without_its_negative_rings(tmp_path):
    exr = pytest.importorskip("OpenEXR", reason="OpenEXR is not installed")
    pixels = np.full((32, 64, 3), 0.5, np.float32)
    pixels[10, 10] = -3
    header = {"compression": exr.ZIP_COMPRESSION, "type": exr.scanlineimage}
    exr.File(header, {"RGB": pixels}).write(str(tmp_path / "room.exr"))
    makers = list_backgrounds(AssetFolders(panoramas=tmp_path))
    assert len(makers) == 6
    made = makers[0]()
    assert made.min() == made.max() > 0


def test_without_assets_rooms_are_invented(monkeypatch):
    pytest.importorskip("embreex", reason="embreex is not installed")
    monkeypatch.setattr(backgrounds, "WIDTH", 64)
    monkeypatch.setattr(backgrounds, "HEIGHT", 48)
    first, second = (make() for make in list_backgrounds(AssetFolders())[:2])
    assert first.shape == (48, 64, 3) and first.std() > 5
    assert (first != second).any()
    np.testing.assert_array_equal(first, list_backgrounds(AssetFolders())[0]())
