"""Where networks compute: resolved once, and handed down."""

from __future__ import annotations

import ctypes
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from personalize.errors import DeviceError, EngineError

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")
"""Kinds of devices; one of several GPUs is named by its number, as cuda:1."""


DRIVERS = ("nvcuda.dll",) if sys.platform == "win32" else ("libcuda.so.1", "libamdhip64.so")
"""Libraries of the drivers of what torch calls cuda: Nvidia's and, on Linux, AMD's."""
AMD = Path("/dev/kfd")
"""Device file of AMD's driver, whose library may lie within torch."""


def check_device(name: str) -> None:
    """Raise DeviceError if there is no device of this name, as far as that is seen without torch.

    torch takes seconds to load. The name of its build says which kinds of devices it has code for,
    and drivers are files of the system. What passes may still be refused by `choose_device`.

    Parameters
    ----------
    name : str
        A kind of device, or one of several, as cuda:1.
    """
    kind = name.partition(":")[0]
    if kind not in DEVICES:
        raise DeviceError(f"--device {name}: no such device; use one of {', '.join(DEVICES)}")
    if is_absent(kind):
        raise _not_available(name)


def check_engine(engine: str, device: str) -> None:
    """Raise EngineError if an engine cannot compute on a device, as far as that is seen without
    torch.

    Parameters
    ----------
    engine : str
        One of `settings.ENGINES`.
    device : str
        "auto", or a device that may be here (`check_device`).
    """
    kind = device.partition(":")[0]
    on_cpu = kind == "cpu" or (kind == "auto" and is_absent("cuda") and is_absent("mps"))
    if engine == "cuda" and on_cpu:
        raise EngineError(
            "--engine cuda: computes on a GPU, and the device is a CPU; use auto or openvino"
        )
    if engine == "openvino" and kind not in ("cpu", "auto"):
        raise EngineError(
            f"--engine openvino: computes on CPUs, and the device is {device}; add --device cpu"
        )


def threads_on(device: torch.device, workers: int) -> int:
    """Return how many of these threads may compute on a device at once.

    Apple's GPU is left to one: with two, torch ends the process
    (https://github.com/pytorch/pytorch/issues/197805).

    Parameters
    ----------
    device : torch.device
    workers : int
        As for `workers.in_order`.
    """
    return 1 if device.type == "mps" else workers


def is_absent(kind: str) -> bool:
    """Whether no device of a kind can be here; if True, torch would find none."""
    if kind == "mps":
        return sys.platform != "darwin"
    if kind in ("cuda", "xpu") and _torch_version().endswith("+cpu"):
        return True
    return kind == "cuda" and not AMD.exists() and not any(map(_loads, DRIVERS))


def _torch_version() -> str:
    """The version of torch with the name of its build, "" if it is not known."""
    try:
        return version("torch")
    except PackageNotFoundError:
        return ""


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _not_available(name: str) -> DeviceError:
    return DeviceError(f"--device {name}: not available here; use auto or cpu")


def choose_device(name: str) -> str:
    """Resolve "auto" to a GPU, Nvidia's or Apple's, if torch finds one, else the CPU; refuse a
    device that is not here.

    Raises
    ------
    DeviceError
        If the device was asked for by its name, and is not available.
    """
    check_device(name)
    import torch  # late, for help to be instant

    if name == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        raise _not_available(name) from error
    return name
