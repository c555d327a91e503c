from dataclasses import replace

import numpy as np
import pytest
import torch

from personalize.adaptation.settings import FactorSettings
from personalize.errors import InputError, NobodyFoundError
from personalize.media.images import write_image
from personalize.procedures.transfer import (
    agreement,
    confident_labels,
    cut_labels,
    describe_transfer,
    given_labels,
    list_pictures,
    own_labels,
    transfer,
)
from personalize.settings import TransferSettings
from personalize.stages.settings import SeedSettings

SETTINGS = TransferSettings(
    size=80,
    factor=FactorSettings(epochs=12, learning_rate=1e-3, batch=4),
    seeds=SeedSettings(somebody=0.8),
)


@pytest.fixture(scope="module")
def dim_frames(square_frames):
    """The bright squares at half their light, in two shapes: canvases and masks."""
    frames, masks = square_frames
    dim = frames // 2
    return [*dim[:6], *dim[6:, 8:56]], [*masks[:6], *masks[6:, 8:56]]


@pytest.fixture
def folder(tmp_path):
    """Two images of different sizes, the second wide, and a file that is none."""
    root = tmp_path / "images"
    write_image_in(root, "b.png", np.full((60, 60, 3), 10, np.uint8))
    write_image_in(root, "a.jpg", np.full((40, 90, 3), 200, np.uint8))
    (root / "notes.txt").write_text("nothing")
    return root


def write_image_in(root, name, array):
    root.mkdir(parents=True, exist_ok=True)
    write_image(root / name, array)


def test_images_of_any_size_are_laid_on_canvases_of_one_area(folder):
    wide, square = list_pictures(folder)
    assert (wide.name, square.name) == ("a.jpg", "b.png")
    assert wide.on_canvas(64).shape == (48, 96, 3)
    assert square.on_canvas(64).shape == (64, 64, 3)


def test_folders_without_images_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such folder of images"):
        list_pictures(tmp_path / "none")
    with pytest.raises(InputError, match="holds no image"):
        list_pictures(tmp_path)


def test_given_silhouettes_are_called_as_their_images(folder, tmp_path):
    half = np.zeros((60, 60), bool)
    half[:, :30] = True
    write_image_in(tmp_path / "masks", "b.png", half)
    nothing, labels = given_labels(tmp_path / "masks", list_pictures(folder), 64)
    assert nothing is None
    assert labels.shape == (64, 64)
    assert labels[:, :30].all()
    assert not labels[:, 34:].any()


def test_silhouettes_of_other_images_are_refused(folder, tmp_path):
    write_image_in(tmp_path / "masks", "c.png", np.zeros((60, 60), bool))
    with pytest.raises(
        InputError, match=r"no silhouette of these images; .* a\.jpg would be a\.png"
    ):
        given_labels(tmp_path / "masks", list_pictures(folder), 64)
    write_image_in(tmp_path / "masks", "a.png", np.zeros((60, 60), bool))
    with pytest.raises(InputError, match=r"a\.png: is 60x60, but a\.jpg is 90x40"):
        given_labels(tmp_path / "masks", list_pictures(folder), 64)


def test_what_is_not_confident_stays_unlabelled():
    person = np.array([[0.999, 0.98, 0.5, 0.02, 0.001]])
    assert confident_labels(person, 0.99, 0.99).tolist() == [[1, 255, 255, 255, 0]]


def test_the_cut_mends_a_rough_answer_by_the_colours_of_the_image():
    image = np.full((64, 64, 3), 60, np.uint8)
    image[16:48, 16:48] = 220
    image = image + np.random.default_rng(0).integers(0, 20, image.shape, dtype=np.uint8)
    person = np.full((8, 8), 0.01, np.float32)
    person[3:6, 2:6] = 0.95  # the upper quarter is not seen
    person[2, 2:6] = 0.45
    labels = cut_labels(image, person, TransferSettings().refine)
    assert labels.shape == (64, 64)
    assert (labels[18:46, 18:46] == 1).mean() > 0.9
    assert (labels[:12] == 0).mean() > 0.95


def test_an_image_without_anybody_for_certain_teaches_nothing(square_network, square_frames):
    empty = np.full((64, 96, 3), 40, np.uint8)
    labels = own_labels(square_network, [square_frames[0][0], empty], SETTINGS)
    assert labels[0].shape == (64, 96)
    assert labels[1] is None
    plain = own_labels(square_network, [square_frames[0][0]], replace(SETTINGS, grabcut=False))
    assert plain[0].shape == (8, 12)
    assert set(np.unique(plain[0])) == {0, 1, 255}


def test_given_silhouettes_of_a_darker_world_are_learned(square_network, dim_frames):
    canvases, masks = dim_frames
    labels = [mask.astype(np.uint8) for mask in masks]
    before = square_network.state_dict()
    done = transfer(square_network, canvases, labels, SETTINGS)
    assert done.taught == 12
    assert done.after > done.before + 0.05
    assert done.after == agreement(done.network, canvases, labels)
    moved = {
        name
        for name, values in done.network.state_dict().items()
        if not torch.equal(values, before[name])
    }
    assert moved
    assert all(name.startswith("factored.") for name in moved)


def test_images_with_too_few_labels_are_not_counted_as_taught(square_network, dim_frames):
    canvases, masks = dim_frames
    labels = [np.full(mask.shape, 255, np.uint8) for mask in masks]
    labels[3] = masks[3].astype(np.uint8)
    assert transfer(square_network, canvases, labels, SETTINGS).taught == 1


def test_nobody_in_any_image_is_refused(square_network):
    canvases = [np.full((64, 64, 3), 40, np.uint8)] * 2
    for labels in ([None, np.zeros((8, 8), np.uint8)], [None, None]):
        with pytest.raises(NobodyFoundError, match="in 2 images nobody was found"):
            transfer(square_network, canvases, labels, SETTINGS)


def test_the_weights_tell_the_transfer(square_network, dim_frames):
    canvases, masks = dim_frames
    labels = [*(mask.astype(np.uint8) for mask in masks[:3]), *[None] * 9]
    done = transfer(square_network, canvases, labels, SETTINGS)
    told = describe_transfer(done, canvases, SETTINGS, given=True, base="abc")
    assert (told["base"], told["images"], told["taught"]) == ("abc", 12, 3)
    assert told["silhouettes"] == "given"
    assert told["settings"]["factor"]["epochs"] == 12
    own = describe_transfer(
        done, canvases, replace(SETTINGS, grabcut=False), given=False, base="abc"
    )
    assert own["silhouettes"] == "own, confident"
