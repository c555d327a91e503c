"""Open what a command names: a video, base weights, a device."""

import click

from personalize.errors import DeviceError


def open_video(source, partial, progress):
    """Open a video and tell what its user should know of it."""
    from personalize.video import open_source

    video = open_source(source, partial=partial, progress=progress("open"))
    for remark in video.remarks:
        click.echo(f"{video.name}: {remark}", err=True)
    return video


def load_base(weights, device):
    """Load the base network to the device of all computation."""
    from personalize.network.checkpoints import SHIPPED
    from personalize.network.checkpoints import load_base as load
    from personalize.pipeline import Base

    network, _ = load(weights or SHIPPED, choose_device(device))
    return Base.of(network)


def choose_device(name):
    """Resolve "auto"; refuse a device that is not here."""
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        raise DeviceError(f"--device {name}: not available here; use auto or cpu") from error
    return name
