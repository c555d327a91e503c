import numpy as np
import pytest
from PIL import Image

from personalize.images import write_image


@pytest.fixture(scope="session")
def rendered_set(tmp_path_factory):
    """Eight bright people of 64x64 in the layout of `personalize synthesize`, two backgrounds.

    Each is a square: its left half in the picture the right chest (7), the other the left (20).
    """
    root = tmp_path_factory.mktemp("people")
    for index in range(8):
        cutout, labels = np.zeros((64, 64, 4), np.uint8), np.zeros((64, 64), np.uint8)
        cutout[16:48, 16:48] = (200, 180, 160 + 10 * index, 255)
        labels[16:48, 16:32], labels[16:48, 32:48] = 7, 20
        picture = root / "people" / "000" / f"{index:06d}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(cutout).save(picture)
        write_image(root / "parts" / "000" / f"{index:06d}.png", labels)
    for index in range(2):
        write_image(root / "backgrounds" / f"{index:05d}.jpg", np.full((48, 64, 3), 20 * index, np.uint8))
    return root
