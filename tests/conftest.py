"""What tests of every room share."""

from pathlib import Path

import numpy as np
import pytest
import torch

from personalize.encode import VideoWriter
from personalize.network.checkpoints import save_base
from personalize.network.factored import FactoredNetwork
from personalize.settings import FactorSettings
from personalize.training.factor import finetune_factor

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data():
    """Folder of the real data, which is not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data is not at {SHARED_DATA}")
    return SHARED_DATA


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
    """A network that takes bright squares for people; its parts are untrained."""
    frames, masks = square_frames
    torch.manual_seed(0)
    settings = FactorSettings(epochs=40, learning_rate=2e-3, batch=4, pull=0.0)
    return finetune_factor(
        FactoredNetwork().eval(),
        frames,
        masks.astype(np.uint8),
        settings=settings,
        generator=torch.Generator().manual_seed(0),
    )


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
