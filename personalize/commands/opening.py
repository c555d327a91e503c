"""Open what a command names: a video, base weights, a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from personalize.network.device import choose_device

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.media.given_silhouettes import GivenSilhouettes
    from personalize.media.source import Source
    from personalize.storage.workspace import Workspace
    from personalize.types import PathLike, Progress


def open_video(source: PathLike, progress: Progress, **opening: Any) -> Source:
    """Open a video as `video.open_source` does, and tell what its user should know of it."""
    from personalize.media.video import open_source

    video = open_source(source, progress=progress("open"), **opening)
    for remark in video.remarks:
        click.echo(f"{video.name}: {remark}", err=True)
    return video


def open_silhouettes(
    folder: PathLike | None, video: Source, progress: Progress
) -> GivenSilhouettes | None:
    """Look through the silhouettes that a user brings; None if there are none."""
    from personalize.media.given_silhouettes import read_silhouettes

    if folder is None:
        return None
    given = read_silhouettes(folder, video, progress=progress("silhouettes"))
    if video.frame_names:
        number, file = next(iter(given.files.items()))
        frame = next(name for name, of in video.frame_names.items() if of == number)
        click.echo(
            f"{video.name}: {file.name} is taken for the silhouette of {frame}, frame {number}"
            " from 0; the others likewise",
            err=True,
        )
    return given


def tell_window(workspace: Workspace, given: GivenSilhouettes | None) -> None:
    """Tell which frames a person was learned from, where not all, and of silhouettes that are all
    outside of them that nothing was learned from them.
    """
    from personalize.types import Window

    start, stop = workspace.manifest["window"]
    frames, name = workspace.manifest["source"]["frames"], workspace.manifest["source"]["name"]
    if stop - start < frames:
        click.echo(f"{name}: learned from frames {start} to {stop - 1} of {frames}", err=True)
    if given and not given.within(Window(start, stop, start)):
        click.echo(
            f"{name}: no silhouette is of a frame of the window, {start} to {stop - 1}; they are"
            " injected, but not learned from",
            err=True,
        )


def load_base(
    weights: PathLike | None, device: str, factor: str | None = None, engine: str = "torch"
) -> Base:
    """Load the base network to the device of all computation, and the factor and the engine of a
    name.
    """
    from personalize.adaptation.base import Base
    from personalize.factors.registry import load_factor
    from personalize.network.checkpoints import SHIPPED
    from personalize.network.checkpoints import load_base as load
    from personalize.network.engines.choose import choose_engine

    plugin = load_factor(factor) if factor else None
    network, _ = load(weights or SHIPPED, choose_device(device))
    engines = choose_engine(engine, network.device)
    if engines.remark:
        click.echo(engines.remark, err=True)
    return Base.of(network, plugin, engines)
