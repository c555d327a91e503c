"""Where networks compute: resolved once, and handed down."""

from personalize.errors import DeviceError

DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")
"""Kinds of devices; one of several GPUs is named by its number, as cuda:1."""


def check_name(name: str) -> None:
    """Raise DeviceError unless some machine may have a device of this name; loads no torch."""
    if name.partition(":")[0] not in DEVICES:
        raise DeviceError(f"--device {name}: no such device; use one of {', '.join(DEVICES)}")


def choose_device(name: str) -> str:
    """Resolve "auto" to a GPU, Nvidia's or Apple's, if torch finds one, else the CPU; refuse a
    device that is not here.

    Raises
    ------
    DeviceError
        If the device was asked for by its name, and is not available.
    """
    check_name(name)
    import torch  # late, for help to be instant

    if name == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        raise DeviceError(f"--device {name}: not available here; use auto or cpu") from error
    return name
