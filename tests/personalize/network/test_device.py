import sys
from types import SimpleNamespace

import pytest
import torch

from personalize.errors import DeviceError, EngineError
from personalize.network import device
from personalize.network.device import (
    check_device,
    check_engine,
    choose_device,
    is_absent,
    threads_on,
)


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
    for name in ("gpu", "", "cuda0"):
        with pytest.raises(DeviceError, match="no such device; use one of auto, cpu, cuda"):
            check_device(name)


@pytest.mark.parametrize(
    ("build", "drivers", "amd", "absent"),
    [
        ("2.13.0+cpu", True, False, True),
        ("2.13.0+cpu", True, True, True),
        ("2.13.0", True, False, False),
        ("2.13.0", False, False, True),
        ("2.13.0+rocm6.4", False, True, False),
        ("", True, False, False),
    ],
)
def test_a_gpu_is_absent_without_a_build_or_a_driver_for_it(
    monkeypatch, tmp_path, build, drivers, amd, absent
):
    monkeypatch.setattr(device, "_torch_version", lambda: build)
    monkeypatch.setattr(device, "_loads", lambda library: drivers)
    monkeypatch.setattr(device, "AMD", tmp_path if amd else tmp_path / "gone")
    assert is_absent("cuda") == absent
    if absent:
        with pytest.raises(DeviceError, match="--device cuda:1: not available here; use auto or"):
            check_device("cuda:1")
    else:
        check_device("cuda:1")


@pytest.mark.parametrize(
    ("engine", "device", "sentence"),
    [
        ("cuda", "cpu", "--engine cuda: computes on a GPU, and the device is a CPU"),
        ("openvino", "cuda:1", "--engine openvino: computes on CPUs, and the device is cuda:1"),
        ("torch", "cuda:1", None),
        ("openvino", "auto", None),
        ("auto", "cpu", None),
    ],
)
def test_an_engine_that_cannot_compute_on_a_device_is_refused(engine, device, sentence):
    if sentence is None:
        check_engine(engine, device)
        return
    with pytest.raises(EngineError, match=sentence):
        check_engine(engine, device)


def test_the_engine_of_gpus_is_refused_where_auto_finds_none(monkeypatch):
    monkeypatch.setattr(device, "is_absent", lambda kind: True)
    with pytest.raises(EngineError, match="the device is a CPU"):
        check_engine("cuda", "auto")
    monkeypatch.setattr(device, "is_absent", lambda kind: kind != "cuda")
    check_engine("cuda", "auto")


def test_a_library_that_is_nowhere_is_not_loaded():
    assert not device._loads("libnothing-of-this-name.so.9")


def test_only_a_mac_has_mps(monkeypatch):
    for system, absent in (("darwin", False), ("linux", True), ("win32", True)):
        monkeypatch.setattr(sys, "platform", system)
        assert is_absent("mps") == absent
    assert not is_absent("cpu")
    assert not is_absent("auto")


def test_apples_gpu_is_asked_by_one_thread_and_others_by_all():
    assert [threads_on(torch.device(kind), 4) for kind in ("mps", "cpu", "cuda")] == [1, 4, 4]
    assert threads_on(torch.device("cpu"), 0) == 0
