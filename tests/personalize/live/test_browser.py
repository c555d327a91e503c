"""The page in a real browser: headless Chromium, with a fake camera that is fed from a clip.

It is driven by the DevTools protocol. Where no Chromium is installed, this test is skipped.
"""

import asyncio
import json
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path

import av
import numpy as np
import pytest

aiohttp = pytest.importorskip("aiohttp")

from personalize.evaluation.segmentation import intersection_over_union  # noqa: E402
from personalize.live.server import Page, listening  # noqa: E402
from personalize.live.session import warm_up  # noqa: E402
from personalize.media.video import open_source  # noqa: E402
from personalize.network.checkpoints import load_base  # noqa: E402
from personalize.network.engines.choose import choose_engine  # noqa: E402
from personalize.network.settings import SHIPPED  # noqa: E402
from personalize.output.finished import read_run  # noqa: E402
from personalize.procedures.parsing import parse  # noqa: E402
from personalize.settings import RunSettings  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--remote-debugging-port=0", "--mute-audio"),
)
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
FRAMES = 8
"""Frames that are recorded, at least."""
PATIENCE = 90
"""Seconds that a busy machine may take."""


class Browser:
    """A tab of Chromium, as the DevTools protocol shows it."""

    def __init__(self, socket):
        self._socket, self._count = socket, 0

    async def command(self, method, **given):
        self._count += 1
        await self._socket.send_json({"id": self._count, "method": method, "params": given})
        while True:
            told = await self._socket.receive_json(timeout=PATIENCE)
            if told.get("id") == self._count:
                return told["result"]

    async def evaluate(self, script):
        """Return the value of a script of the page."""
        told = await self.command("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def until(self, script):
        """Wait until a script of the page gives something that is true, and return it."""
        for _ in range(10 * PATIENCE):
            if value := await self.evaluate(script):
                return value
            await asyncio.sleep(0.1)
        said = await self.evaluate("document.body.innerText")
        raise AssertionError(f"{script}: never came true; the page says:\n{said}")


@asynccontextmanager
async def browsing(profile, clip):
    """Start Chromium with a camera that shows a clip; yields the Browser."""
    camera = (*CAMERA, f"--use-file-for-fake-video-capture={clip}")
    command = [CHROMIUM, *QUIET, *camera, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            told = profile / "DevToolsActivePort"
            async with asyncio.timeout(PATIENCE):
                while not told.exists() or not told.read_text().strip():
                    await asyncio.sleep(0.1)
            port = told.read_text().split()[0]
            async with aiohttp.ClientSession() as http:
                async with http.get(f"http://127.0.0.1:{port}/json") as answer:
                    tabs = json.loads(await answer.text())
                [tab] = [tab for tab in tabs if tab["type"] == "page"]
                async with http.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    yield Browser(socket)
        finally:
            process.terminate()


@pytest.fixture
def camera_clip(tmp_path):
    """Two seconds of the demo clip as Motion JPEG, as Chromium's fake camera reads it."""
    path = tmp_path / "camera.mjpeg"
    source = open_source(ROOT / "data/demo/clip.mp4")
    with av.open(str(path), "w", "mjpeg") as film:
        stream = film.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = source.width, source.height, "yuvj420p"
        for frame in source.frames(0, 50):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(frame).reformat(format="yuvj420p")))
        film.mux(stream.encode(None))
    return path


async def record(page, profile, clip):
    """Record some frames by the page's buttons; returns what the page showed, and where it is."""
    async with listening(page, 0) as link, browsing(profile, clip) as tab:
        await tab.command("Page.navigate", url=link)
        await tab.until("document.getElementById('about')?.textContent.includes('nobody')")
        await tab.evaluate("document.getElementById('camera').click()")
        await tab.until("live.answers > 5 && live.last.seen === 'yes'")
        await tab.evaluate("document.querySelector('[value=blur]').click()")
        await tab.evaluate("document.getElementById('record').click()")
        await tab.until("live.recording")
        await tab.evaluate("live.answers = 0")
        await tab.until(f"live.answers > {FRAMES}")
        shown = {
            name: await tab.evaluate(f"document.getElementById('{name}').textContent")
            for name in ("rate", "delay", "seen", "length")
        }
        drawn = await tab.evaluate(
            "[...document.getElementById('view').getContext('2d')"
            ".getImageData(0, 0, 640, 360).data].some((v, k) => k % 4 < 3 && v > 0)"
        )
        await tab.evaluate("document.getElementById('record').click()")
        script = (
            "(document.getElementById('message').textContent.match(/Written: (.*) \\(/)||[])[1]"
        )
        return shown, drawn, await tab.until(script)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (Debian: chromium)")
def test_a_camera_is_parsed_in_a_browser_as_a_film_of_it_is(tmp_path, camera_clip):
    network, _ = load_base(SHIPPED, "cpu")
    engines = choose_engine("auto", "cpu")
    warm_up(engines.of(network))
    told = {"person": "nobody in particular", "engine": engines.name}
    page = Page(engines.of(network), tmp_path / "live", {"engine": engines.name}, told)
    profile = tmp_path / "profile"
    shown, drawn, folder = asyncio.run(record(page, profile, camera_clip))
    assert shown["seen"] == "following"
    assert float(shown["rate"]) > 0
    assert float(shown["delay"]) > 0
    assert drawn
    live = read_run(folder)
    assert len(live) >= FRAMES
    film = open_source(Path(folder) / "recording.mp4")
    parse(film, tmp_path / "batch", network, RunSettings(), engines=engines)
    batch = read_run(tmp_path / "batch")
    overlap = list(map(intersection_over_union, live.silhouettes(), batch.silhouettes()))
    assert np.mean(overlap) > 0.85
