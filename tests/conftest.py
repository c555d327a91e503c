"""What tests of every room share."""

import os
from pathlib import Path

from personalize.commands.main import PATIENT

os.environ.update({**PATIENT, **os.environ})  # before torch is loaded, as the command does

import numpy as np
import pytest
import scipy.io
import torch
from PIL import Image

from personalize.adaptation.factor import finetune_factor
from personalize.adaptation.self_training import self_train_parts
from personalize.adaptation.settings import FactorSettings, SelfTrainingSettings
from personalize.imaging.framing import cell_shares
from personalize.media.encode import VideoWriter
from personalize.media.images import write_image
from personalize.network.checkpoints import save_base
from personalize.network.factored import FactoredNetwork
from personalize.parts import BACKGROUND, CLASSES


def pytest_addoption(parser):
    """How much of tests/reliability is run; `make reliability` runs the long form."""
    group = parser.getgroup("reliability")
    add = group.addoption
    add("--mutants", type=int, default=50, help="Damaged files for every reader.")
    add("--faults", type=int, default=8, help="Faults of each kind in a run; 0: at every call.")
    add("--kills", type=int, default=0, help="Kills of a real run, at random times.")
    add("--videos", type=int, default=20, help="Videos of a batch on a Ray cluster.")
    add("--table", action="store_true", help="Print what was met, as in docs/reliability.md.")


SHARED_DATA = Path(
    os.environ.get("PERSONALIZE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)
"""Folder of the real data, or what the environment says."""


@pytest.fixture(scope="session")
def shared_data():
    """Folder of the real data, which is not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data is not at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(autouse=True, scope="session")
def no_flush():
    """No test outlives a loss of power, so none waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda descriptor: None)
        yield


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """Folder of what is kept of a machine, which is no test's business; returned is its path."""
    folder = tmp_path_factory.mktemp("cache") / "personalize"
    monkeypatch.setattr("personalize.storage.cache.cache_folder", lambda: folder)
    return folder


@pytest.fixture(scope="session")
def square_frames():
    """Twelve frames of a bright square that moves over noise, and its masks."""
    random = np.random.default_rng(0)
    frames = random.integers(0, 90, (12, 64, 96, 3), dtype=np.uint8)
    masks = np.zeros((12, 64, 96), bool)
    for t in range(12):
        masks[t, 16:48, 10 + 3 * t : 42 + 3 * t] = True
    frames[masks] = random.integers(200, 255, (masks.sum(), 3), dtype=np.uint8)
    return frames, masks


@pytest.fixture(scope="session")
def square_network(square_frames):
    """A network that takes bright squares for people: a row of head (27, 28) above chest (7,
    20).
    """
    frames, masks = square_frames
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    known = finetune_factor(
        FactoredNetwork().eval(),
        frames,
        masks.astype(np.uint8),
        settings=FactorSettings(epochs=40, learning_rate=2e-3, batch=4, pull=0.0),
        generator=generator,
    )
    parts = np.zeros((len(frames), CLASSES, 8, 12), np.float32)
    for part, mask in zip(parts, masks):
        covered = cell_shares(np.uint8(mask), (8, 12))
        left = np.cumsum(covered, axis=1) <= covered.sum(axis=1, keepdims=True) / 2
        part[BACKGROUND] = 1 - covered
        for rows, right, other in ((slice(0, 3), 28, 27), (slice(3, 8), 7, 20)):
            part[right, rows], part[other, rows] = (covered * left)[rows], (covered * ~left)[rows]
    settings = SelfTrainingSettings(
        epochs=60,
        learning_rate=2e-3,
        rotation=0.0,
        shift=0.0,
        scale=(0.8, 1.8),
        background_weight=1.0,
    )
    return self_train_parts(known, frames, parts, settings=settings, generator=generator).eval()


@pytest.fixture(scope="session")
def square_weights(square_network, tmp_path_factory):
    """The weights file of `square_network`."""
    path = tmp_path_factory.mktemp("weights") / "square.safetensors"
    save_base(square_network, path, {})
    return path


@pytest.fixture(scope="session")
def square_video(square_frames, tmp_path_factory):
    """The frames of `square_frames` as a video file."""
    path = tmp_path_factory.mktemp("video") / "square.mp4"
    with VideoWriter(path, fps=25) as writer:
        for frame in square_frames[0]:
            writer.write(frame)
    return path


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
        write_image(
            root / "backgrounds" / f"{index:05d}.jpg", np.full((48, 64, 3), 20 * index, np.uint8)
        )
    return root


@pytest.fixture
def write_unite_the_people(tmp_path):
    """Return a function that writes UP-S31 in its layout and returns its folder.

    Photograph k is a bright rectangle, the right chest (7) beside the left (20), in the grey 20 k.
    The last two are in the list `test`, all others in `trainval`.
    """

    def write(count=6, height=64, width=48):
        folder = tmp_path / "up-s31" / "s31"
        tree = folder / "31" / "500" / "pkg_dorder"
        tree.mkdir(parents=True)
        labels = square_person(height, width, (7, 20))
        lines = []
        for number in range(count):
            image = np.full((height, width, 3), 20 * number, np.uint8)
            image[labels > 0] = 230
            Image.fromarray(image).save(tree / f"{number:05d}_image.png")
            Image.fromarray(labels).save(tree / f"{number:05d}_ann.png")
            stem = f"/31/500/pkg_dorder/{number:05d}"
            lines.append(f"{stem}_image.png {stem}_ann.png 1.902011\n")
        for split, listed in {"trainval": lines[:-2], "test": lines[-2:]}.items():
            (folder / f"{split}_31_500_pkg_dorder.txt").write_text("".join(listed))
        return tmp_path / "up-s31"

    return write


@pytest.fixture
def write_freiburg(tmp_path):
    """Return a function that writes Freiburg Sitting People and returns its folder.

    Every photograph is a bright square, the head (1) beside the torso (2), in the grey 20 k.
    """

    def write(count=4, side=60):
        root = tmp_path / "freiburg"
        (root / "img").mkdir(parents=True)
        (root / "masks").mkdir()
        labels = square_person(side, side, (1, 2))
        for number in range(count):
            image = np.full((side, side, 3), 20 * number, np.uint8)
            image[labels > 0] = 230
            Image.fromarray(image).save(root / "img" / f"img_{number:02d}.jpg", quality=95)
            scipy.io.savemat(root / "masks" / f"img_{number:02d}.mat", {"M": labels.astype(float)})
        return root

    return write


def square_person(height, width, pair):
    """Labels (height, width) of a person in the middle half: one part beside the other."""
    labels = np.zeros((height, width), np.uint8)
    rows = slice(height // 4, 3 * height // 4)
    labels[rows, width // 4 : width // 2], labels[rows, width // 2 : 3 * width // 4] = pair
    return labels
