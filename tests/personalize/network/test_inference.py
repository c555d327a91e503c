"""What is asked of a network beyond one pass: views, and both of its answers."""

import threading

import numpy as np
import torch

from personalize.network import inference
from personalize.network.inference import (
    consensus,
    look,
    merge,
    predict_consensus,
    predict_person,
    to_images,
)
from personalize.network.settings import VIEWS


def test_the_consensus_of_a_window_is_that_of_each_frame(square_network, square_frames):
    frames = np.stack(square_frames[0])
    found = predict_consensus(square_network, frames, views=VIEWS["2"], batch=5)
    assert found.shape == (len(frames), 8, 12)
    looked = look(square_network, frames[3:4], views=VIEWS["2"])
    parts = merge(square_network, looked._replace(views=looked.views[:1]))  # of the first view
    expected = consensus(looked.person[:, 1].numpy(), parts)
    np.testing.assert_allclose(found[3:4], expected, atol=1e-5)
    alone = predict_person(square_network, frames[3:4], views=VIEWS["2"])
    np.testing.assert_allclose(found[3:4], (alone + 1 - parts[:, 0]) / 2, atol=1e-5)


def test_threads_change_no_bit_of_a_consensus(square_network, square_frames):
    frames = np.stack(square_frames[0])
    one, several = (
        predict_consensus(square_network, frames, views=VIEWS["2"], batch=2, workers=workers)
        for workers in (1, 3)
    )
    np.testing.assert_array_equal(one, several)


class OnApple:
    """Answers as a network does, says that it is on Apple's GPU, and notes who asks."""

    device = torch.device("mps")

    def __init__(self, network):
        self.network, self.threads = network, set()

    def __getattr__(self, name):
        self.threads.add(threading.get_ident())
        return getattr(self.network, name)


def test_apples_gpu_is_asked_by_the_thread_of_the_caller(
    square_network, square_frames, monkeypatch
):
    monkeypatch.setattr(inference, "to_images", lambda frames, device: to_images(frames, "cpu"))
    network = OnApple(square_network)
    predict_consensus(network, np.stack(square_frames[0]), batch=2, workers=3)
    assert network.threads == {threading.get_ident()}
