"""`personalize live`: a camera's frames, parsed as they come, on a page in the browser."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from personalize.commands.groups import Computing
from personalize.commands.help import command
from personalize.commands.loading import load_base
from personalize.commands.options import computing_options
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import stage_bars, tell
from personalize.errors import SettingsError
from personalize.live.settings import LiveSettings

LIVE = LiveSettings()
TERMINATED = 143
LOCAL = ("127.0.0.1", "localhost", "::1")


@command()
@click.option(
    "--person",
    type=FILE,
    help="A person.safetensors of an earlier run; without it the generic network parses.",
)
@click.option(
    "--out",
    type=FILE,
    default="live",
    help="Gets a run folder for every recording: 001, 002 and so on.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8765, help="0: any that is free.")
@click.option("--open", "opened", is_flag=True, help="Open the page in the browser, too.")
@click.option(
    "--host",
    default=LOCAL[0],
    help="Address to listen on; any but that of the machine itself lets others in who have the "
    "link.",
)
@click.option(
    "--size",
    type=click.IntRange(64),
    default=int(LIVE.camera.most),
    help="Pixels that the network looks at, at most: as many as a square of this side has.",
)
@computing_options
def live(
    person: Path | None,
    out: Path,
    port: int,
    opened: bool,
    host: str,
    size: int,
    computing: Computing,
) -> None:
    """Show parts, silhouette and joints of whoever is before the camera, on a page in the browser.

    The page has a link with a token, on this machine alone; Ctrl-C ends it.
    """
    check_extra()
    from personalize.network.weights_file import BASE, PERSON, read_metadata

    if computing.weights:
        read_metadata(computing.weights, BASE)
    if person:
        read_metadata(person, PERSON)
    camera = replace(LIVE.camera, most=float(size), least=min(LIVE.camera.least, float(size)))
    with stage_bars() as progress, progress.during("load"):
        import asyncio

        import torch

        from personalize.live.server import Page, serve
        from personalize.live.session import warm_up
        from personalize.network.checkpoints import digest, load_person

        base = load_base(**vars(computing))
        network = load_person(person, base.network) if person else base.network
        looking = base.engines.of(network)
        warm_up(looking)
        if base.engines.name == "openvino":  # which has its threads; torch only carries pictures
            torch.set_num_threads(1)
    name = person.name if person else "nobody in particular"
    page = Page(
        looking,
        out,
        facts={"weights": digest(network.state_dict()), "engine": base.engines.name},
        shown={"person": name, "engine": f"{base.engines.name} on {base.device}"},
        host=host,
        settings=replace(LIVE, camera=camera),
    )
    if host not in LOCAL:
        tell(
            f"Others may reach this page at {host} if they have the link; browsers there give no "
            "camera to a page without https, but a video can be opened."
        )

    def show(link: str) -> None:
        click.echo(link)
        tell("Open the link in a browser on this machine; Ctrl-C ends it.")
        if opened:
            click.launch(link)

    ended = asyncio.run(serve(page, port, show))
    import signal

    if ended == signal.SIGTERM:
        sys.exit(TERMINATED)


def check_extra() -> None:
    """Raise SettingsError if the library of the server is not installed."""
    from importlib.util import find_spec

    if find_spec("aiohttp") is None:
        raise SettingsError(
            "the page needs aiohttp, which is not installed; install it with `pip install "
            '"personalize[live]"`, or from a checkout with `pip install ".[live]"`'
        )
