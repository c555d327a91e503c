"""The server of the page: three files, and a socket for frames and answers."""

import asyncio
import errno
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from personalize.errors import SettingsError
from personalize.live.guard import new_token, refuse_strangers
from personalize.live.recorder import Recorder
from personalize.live.session import LiveSession
from personalize.live.settings import LiveSettings
from personalize.live.talk import Talk
from personalize.network.engines.interface import Engine
from personalize.types import Json, PathLike

PAGE = Path(__file__).with_name("page")
FILES = {"": "index.html", "live.css": "live.css", "live.js": "live.js", "draw.js": "draw.js"}
"""Files of the page by the last part of their paths."""


def policy(host: str) -> str:
    """Return what the page may load: what this server has, and pictures and films of its user."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        f"media-src 'self' blob:; connect-src 'self' ws://{host}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


@dataclass
class Page:
    """The page of one network.

    Attributes
    ----------
    network : Engine
        Of a network in evaluation mode.
    out : path-like
        Gets a run folder for every recording.
    facts, shown : dict
        What recordings depend on, and what the page shows of the program.
    host : str
        Name or address to listen on.
    token : str
    settings : LiveSettings
    """

    network: Engine
    out: PathLike
    facts: Json
    shown: Json
    host: str = "127.0.0.1"
    token: str = field(default_factory=new_token)
    settings: LiveSettings = LiveSettings()
    _talk: Talk | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def application(self) -> web.Application:
        """Return the application, every path of which begins with the token."""
        app = web.Application(middlewares=[refuse_strangers(self.token, self.host)])
        for name in FILES:
            app.router.add_get(f"/{self.token}/{name}", self._file)
        app.router.add_get(f"/{self.token}/socket", self._socket)
        app.on_shutdown.append(self._shut)
        return app

    def link(self, port: int) -> str:
        """Return the link that a user opens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{port}/{self.token}/"

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = FILES[request.path.rpartition("/")[2]]
        policies = {"Content-Security-Policy": policy(request.host)}
        return web.FileResponse(PAGE / name, headers=policies)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(
            compress=False, max_msg_size=self.settings.largest, heartbeat=20
        )
        await socket.prepare(request)
        if self._talk:
            await self._talk.close("This page was opened in another window.")
        session = LiveSession(self.network, self.settings)
        talk = self._talk = Talk(socket, session, self._record, self.settings, self.shown)
        running = asyncio.create_task(talk.run())
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        try:
            await asyncio.shield(running)  # a recording is written though the page has gone
        finally:
            if self._talk is talk:
                self._talk = None
        return socket

    def _record(self, height: int, width: int) -> Recorder:
        device = str(self.network.device)
        return Recorder(
            self.out, height, width, facts=self.facts, device=device, settings=self.settings
        )

    async def _shut(self, app: web.Application) -> None:
        if self._talk:
            await self._talk.close("The program has ended.")
        if self._running:
            await asyncio.wait(self._running)


@asynccontextmanager
async def listening(page: Page, port: int) -> AsyncIterator[str]:
    """Listen, and yield the link.

    Parameters
    ----------
    page : Page
    port : int
        0 takes any that is free.

    Raises
    ------
    SettingsError
        If the port is taken, or the address is none of this machine's.
    """
    runner = web.AppRunner(page.application(), access_log=None, shutdown_timeout=600)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, page.host, port).start()
        except OSError as error:
            raise SettingsError(unheard(page.host, port, error)) from error
        yield page.link(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def unheard(host: str, port: int, error: OSError) -> str:
    """Return why the server cannot listen on an address, in a sentence.

    Parameters
    ----------
    host : str
    port : int
    error : OSError
        Raised when the server tried to listen there.
    """
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken by another program; choose one with --port, or 0"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} may not be listened on; choose one above 1023 with --port"
    return f"{host} is no address of this machine ({error.strerror}); leave --host out"


async def serve(page: Page, port: int, announce: Callable[[str], object]) -> int:
    """Serve the page until somebody asks the process to end; a recording is finished first.

    Parameters
    ----------
    page : Page
    port : int
    announce : callable
        Called with the link, once it can be opened.

    Returns
    -------
    int
        The signal that ended it.
    """
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows raises KeyboardInterrupt instead
            loop.add_signal_handler(number, end, number)
    async with listening(page, port) as link:
        announce(link)
        await ended.wait()
    return received[0]
