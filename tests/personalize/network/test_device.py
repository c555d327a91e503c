from types import SimpleNamespace

import pytest
import torch

from personalize.errors import DeviceError
from personalize.network.device import check_name, choose_device


@pytest.fixture
def machine(monkeypatch):
    """Return a function that gives this machine the GPUs of another."""

    def machine(*, cuda, mps):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.backends, "mps", SimpleNamespace(is_available=lambda: mps))

    return machine


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"),
    [(True, False, "cuda"), (True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_the_gpu_that_is_there(machine, cuda, mps, chosen):
    machine(cuda=cuda, mps=mps)
    assert choose_device("auto") == chosen


def test_a_device_that_is_nowhere_is_refused_by_its_name():
    check_name("cuda:3")
    for name in ("gpu", "", "cuda0"):
        with pytest.raises(DeviceError, match="no such device; use one of auto, cpu, cuda"):
            check_name(name)
