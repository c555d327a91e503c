import cv2
import numpy as np
import pytest

from personalize.errors import DatasetError
from personalize.synthesis.garments import drape, nearest_anchor, read_garments

BASE = np.array([[0, 0, 0], [2, 0, 0], [0, 4, 0], [0, 0, 1.0], [9, 9, 9]])

MHCLO = """# comment
name shirt
obj_file shirt.obj
x_scale 0 1 10
y_scale 0 2 10
z_scale 0 3 10
verts 0
0 1 2 0.5 0.25 0.25 1 0 0
1
0 1 3 0 0 1 0 0 2
delete_verts
0 - 1 3
"""
OBJ = """v 0 0 0
v 1 0 0
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
f 1/1 2/2 3/3
"""


@pytest.fixture
def wardrobe(tmp_path):
    (tmp_path / "shirt.mhclo").write_text(MHCLO)
    (tmp_path / "shirt.obj").write_text(OBJ)
    picture = np.zeros((4, 4, 4), np.uint8)
    picture[:, :, 2] = 200  # red, in OpenCV's order
    picture[:2, :, 3] = 255
    cv2.imwrite(str(tmp_path / "shirt_diffuse.png"), picture)
    return tmp_path


def test_a_garment_hangs_on_its_anchors(wardrobe):
    (shirt,) = read_garments(wardrobe, len(BASE))
    np.testing.assert_allclose(drape(shirt, BASE), [[0.7, 1, 0], [2, 0, 0], [0, 0, 1.2]])
    assert nearest_anchor(shirt).tolist() == [0, 1, 3]


def test_a_garment_hides_ranges_and_single_vertices(wardrobe):
    (shirt,) = read_garments(wardrobe, len(BASE))
    assert shirt.hides.tolist() == [True, True, False, True, False]


def test_a_picture_is_rgba_and_may_have_holes(wardrobe):
    (shirt,) = read_garments(wardrobe, len(BASE))
    assert shirt.picture[0, 0].tolist() == [200, 0, 0, 255]
    assert shirt.see_through
    assert shirt.kind == "suit"


def test_a_garment_without_its_mesh_is_refused(wardrobe):
    (wardrobe / "shirt.obj").unlink()
    with pytest.raises(DatasetError, match="shirt.mhclo: not a garment that can be read"):
        read_garments(wardrobe, len(BASE))


def test_the_real_wardrobe_fits_the_base_mesh(shared_data):
    folder = shared_data / "makehuman_cc0" / "assets" / "clothes" / "shoes01"
    (shoes,) = read_garments(folder, 19158)
    assert shoes.kind == "shoes" and shoes.anchors.max() < 19158
    np.testing.assert_allclose(shoes.shares.sum(axis=1), 1, atol=0.01)
