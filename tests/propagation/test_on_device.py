"""Through torch, here on the CPU, as with NumPy."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from propagation.propagate import propagate
from propagation.settings import PropagationSettings
from propagation.tree import grow_forests

torch = pytest.importorskip("torch")
on_device = pytest.importorskip("propagation.on_device")

SEARCH = {"radius": 9, "displacements": 90}  # more than 90 in a window of 9: coarse to fine


def noise(frames=4, height=97, width=104):
    """Bytes that nothing links from frame to frame."""
    return np.random.default_rng(0).integers(256, size=(frames, height, width, 3), dtype=np.uint8)


def texture(frames=5, height=97, width=104, channels=3):
    """A soft texture that drifts to the left, and a square in it that goes to the right."""
    generator = np.random.default_rng(1)
    scene = generator.uniform(size=(height + 3 * frames, width + 3 * frames, channels))
    scene = cv2.GaussianBlur(scene, (0, 0), 2)
    scene = np.uint8(255 * (scene - scene.min()) / np.ptp(scene))
    video = np.stack([scene[t : t + height, 2 * t : 2 * t + width] for t in range(frames)])
    side = height // 3
    for t in range(frames):
        video[t, side : 2 * side, 3 * t : 3 * t + side] = scene[-side:, -side:]
    return video


def seeds_of(frames, labels=None):
    """One frame of random evidence, (T, H, W) or (T, H, W, K)."""
    shape = frames.shape[:3] if labels is None else (*frames.shape[:3], labels)
    seeds = np.zeros(shape, np.float32)
    seeds[1] = np.random.default_rng(2).normal(scale=3, size=shape[1:])
    return seeds


@pytest.mark.parametrize("labels", [None, 2, 5])
@pytest.mark.parametrize("video", [noise, texture])
def test_beliefs_equal_those_of_numpy(video, labels):
    frames, settings = video(), PropagationSettings(**SEARCH, cut_share=9.0)
    seeds = seeds_of(frames, labels)
    beliefs = propagate(frames, seeds, settings=settings, device="cpu")
    assert isinstance(beliefs, np.ndarray) and beliefs.dtype == np.float32
    assert beliefs.std() > 0.1
    np.testing.assert_allclose(beliefs, propagate(frames, seeds, settings=settings), atol=1e-5)


@pytest.mark.parametrize("labels", [None, 3])
@pytest.mark.parametrize(
    "numbers",
    [
        {"combination": "product"},
        {"combination": "agreement"},
        {"tolerance": 20.0},
        {"patch": 7, "offsets": 9},
        {"patch": 1, "offsets": 1},
    ],
)
def test_every_setting_means_the_same(numbers, labels):
    frames, settings = texture(3, 40, 50), PropagationSettings(radius=4, **numbers)
    seeds = seeds_of(frames, labels)
    beliefs = propagate(frames, seeds, settings=settings, device="cpu")
    np.testing.assert_allclose(beliefs, propagate(frames, seeds, settings=settings), atol=1e-5)


def stripes():
    """Bytes with many equal patches: ties everywhere."""
    return np.repeat(texture()[:, :, :1], 104, axis=2) // 64 * 64


@pytest.mark.parametrize("video", [noise, texture, stripes])
def test_parents_of_bytes_are_the_same_ones(video):
    settings = PropagationSettings(**SEARCH)
    expected = grow_forests(video(), settings=settings, workers=1)
    found = on_device.grow_forests(video(), settings=settings, device="cpu")
    for one, other in zip(found, expected):
        np.testing.assert_array_equal(one.parents.numpy(), other.parents)
        np.testing.assert_array_equal(one.errors.numpy(), other.errors)


def test_parents_of_float_features_are_the_same_ones():
    frames = np.float64(texture(channels=5)) / 7
    settings = PropagationSettings(**SEARCH)
    expected = grow_forests(frames, settings=settings, workers=1)
    found = on_device.grow_forests(frames, settings=settings, device="cpu")
    assert (expected[0].errors < 0.5).all()
    for one, other in zip(found, expected):
        assert (one.parents.numpy() == other.parents).mean() > 0.999  # all but nearly equal ones


def test_pairs_that_go_together_do_not_know_of_each_other(monkeypatch):
    frames, settings = texture(), PropagationSettings(**SEARCH)
    frames[3:] = noise()[:2]  # their lists of displacements differ in length
    together = on_device.grow_forests(frames, settings=settings, device="cpu")
    monkeypatch.setattr(on_device, "PIXELS", 1)
    alone = on_device.grow_forests(frames, settings=settings, device="cpu")
    for one, other in zip(together, alone):
        assert torch.equal(one.parents, other.parents) and torch.equal(one.errors, other.errors)


def test_a_cut_is_one_to_both():
    frames = texture(6)
    frames[3:] = noise()[:3]
    seeds = seeds_of(frames)
    beliefs = propagate(frames, seeds, device="cpu", settings=PropagationSettings(radius=4))
    assert (beliefs[3:] == 0.5).all() and (beliefs[:3] != 0.5).any()


def test_a_cut_that_is_told_is_one_to_both():
    frames, seeds = texture(6), seeds_of(texture(6))
    settings = PropagationSettings(radius=4)
    found = [
        propagate(frames, seeds, cuts=[3], device=device, settings=settings)
        for device in ("cpu", None)
    ]
    assert (found[0][3:] == 0.5).all() and (found[0][:3] != 0.5).any()
    np.testing.assert_allclose(*found, atol=1e-5)


def test_progress_sees_every_pair_and_every_run():
    frames, lengths = texture(4, 20, 30), []

    def progress(steps):
        lengths.append(len(steps))
        return iter(steps)

    propagate(frames, seeds_of(frames), device="cpu", progress=progress)
    assert lengths == [3, 10]


def test_torch_is_not_imported_unless_a_device_is_asked_for():
    code = (
        "import sys, numpy as np; from propagation.propagate import propagate\n"
        "propagate(np.zeros((2, 8, 9, 3), np.uint8), np.zeros((2, 8, 9)))\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
