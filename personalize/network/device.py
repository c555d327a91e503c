"""Where networks compute: resolved once, and handed down."""

from personalize.errors import DeviceError


def choose_device(name: str) -> str:
    """Resolve "auto" to a GPU, if torch finds one, else the CPU; refuse a device that is not here.

    Raises
    ------
    DeviceError
        If the device was asked for by its name, and is not available.
    """
    import torch  # late, for help to be instant

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        raise DeviceError(f"--device {name}: not available here; use auto or cpu") from error
    return name
