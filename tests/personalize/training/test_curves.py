import pytest

from personalize.media.images import read_image
from personalize.training.curves import draw_curves


def test_a_log_becomes_a_picture(tmp_path):
    pytest.importorskip("matplotlib")
    (tmp_path / "log.csv").write_text(
        "samples,hours,parts_loss,person_loss,parts_iou,parts_accuracy,person_iou\n"
        "100,0.1,3.0,0.7,0.1,0.2,0.4\n"
        "200,0.2,2.0,nan,0.2,0.3,0.5\n"
    )
    draw_curves(tmp_path / "log.csv", tmp_path / "curves.png")
    picture = read_image(tmp_path / "curves.png")
    assert picture.shape[1] > picture.shape[0] > 300
    assert len({tuple(pixel) for pixel in picture.reshape(-1, 3)[::7]}) > 10
