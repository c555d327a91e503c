"""Time a live session as the page has it: frames a second, and delay.

    python -m benchmarks.live [--video VIDEO] [--side 512] [--size 256] [--seconds 10] [--rate 0]

The program serves in a process of its own, as `personalize live` does. Frames of a video, cut to a
square, go to it through its socket from this process, as the page sends them. With --rate they come
as those of a camera do, and the oldest are dropped under load; without it the next frame goes when
an answer has come, two being under way, so that the rate is what the program can do. The network
alone is timed first, at the size of the frames and at that of the canvas.
"""

import asyncio
import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import click
import cv2
import numpy as np

from personalize.live.messages import HEAD, LENGTH
from personalize.live.settings import LiveSettings
from personalize.media.video import open_source
from personalize.types import Frame

ROOT = Path(__file__).resolve().parents[1]
WARM = 10
"""Frames before any are counted: the person is found, and the engine prepares itself."""
Talk = tuple[list[float], list[float], float, int]
"""Seconds from frame to answer, milliseconds of computing, seconds in all, and dropped frames."""
UNDER_WAY = 2


@click.command()
@click.option("--video", type=click.Path(path_type=Path), default=ROOT / "data/demo/clip.mp4")
@click.option("--side", default=512, help="Pixels of a side of the frames.")
@click.option("--size", default=int(LiveSettings().camera.most), help="Of the canvas, at most.")
@click.option("--seconds", default=10.0)
@click.option("--rate", default=0.0, help="Frames a second that come; 0: as fast as they go.")
def main(video: Path, side: int, size: int, seconds: float, rate: float) -> None:
    """Print frames a second, delays and what the network takes alone."""
    for looked in (side, size):
        print(f"network alone, {looked}x{looked}: {time_network(looked):.1f} ms a frame")
    shots = [cut(frame, side) for frame in open_source(video).frames(0, 120)]
    print(f"{len(shots)} frames of {side}x{side}, again and again")
    command = [sys.executable, "cli.py", "live", "--port", "0", "--size", str(size), "-q"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None  # it is a pipe
            link = program.stdout.readline().strip()
            talk = talk_freely if not rate else talk_in_time
            delays, computed, spent, dropped = asyncio.run(talk(link, shots, seconds, rate))
        finally:
            program.terminate()
    low, middle, high = np.percentile(1000 * np.array(delays), (5, 50, 95))
    print(f"{len(delays) / spent:.1f} frames a second, {dropped} dropped")
    print(f"delay {middle:.0f} ms (from {low:.0f} to {high:.0f} in nine of ten frames)")
    print(f"computing {np.median(computed):.0f} ms a frame")


def time_network(side: int, rounds: int = 20) -> float:
    """Return milliseconds of one view of one picture by the fastest engine, the median."""
    from personalize.network.checkpoints import load_base
    from personalize.network.engines.choose import choose_engine
    from personalize.network.inference import look, merge
    from personalize.network.settings import SHIPPED

    network, _ = load_base(SHIPPED, "cpu")
    engine = choose_engine("auto", "cpu").of(network)
    frames = np.random.default_rng(0).integers(0, 255, (1, side, side, 3), dtype=np.uint8)
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        merge(engine, look(engine, frames))
        taken.append(time.perf_counter() - began)
    return float(1000 * np.median(taken[3:]))


def cut(frame: Frame, side: int) -> bytes:
    """Return the pixels of the middle square of a frame, as the page sends them."""
    rows, cols = frame.shape[:2]
    least = min(rows, cols)
    top, left = (rows - least) // 2, (cols - least) // 2
    square = cv2.resize(frame[top : top + least, left : left + least], (side, side))
    return cv2.cvtColor(square, cv2.COLOR_RGB2RGBA).tobytes()


async def talk_freely(link: str, shots: Sequence[bytes], seconds: float, rate: float) -> Talk:
    """Have two frames under way all the time.

    Parameters
    ----------
    link : str
        Of the page.
    shots : sequence of bytes
        Frames as the page sends them; sent again and again.
    seconds : float
        How long.
    rate : float
        Not used: the next frame goes when an answer has come.

    Returns
    -------
    Talk
    """
    async with aiohttp.ClientSession() as http, http.ws_connect(link + "socket") as socket:
        await socket.receive_json()
        sent: dict[int, float] = {}
        delays: list[float] = []
        computed: list[float] = []
        number, began = 0, None
        for _ in range(UNDER_WAY):
            number = await send(socket, shots, number, sent)
        while began is None or time.perf_counter() - began < seconds:
            answered, took = await hear(socket)
            if answered > WARM:
                began = began or time.perf_counter()
                delays.append(time.perf_counter() - sent[answered])
                computed.append(took)
            number = await send(socket, shots, number, sent)
        return delays[1:], computed[1:], time.perf_counter() - (began or 0.0), 0


async def talk_in_time(link: str, shots: Sequence[bytes], seconds: float, rate: float) -> Talk:
    """Send frames at a rate, as a camera does, whatever comes back.

    Parameters
    ----------
    link : str
        Of the page.
    shots : sequence of bytes
        Frames as the page sends them; sent again and again.
    seconds : float
        How long.
    rate : float
        Frames a second.

    Returns
    -------
    Talk
    """
    async with aiohttp.ClientSession() as http, http.ws_connect(link + "socket") as socket:
        await socket.receive_json()
        sent: dict[int, float] = {}
        delays: list[float] = []
        computed: list[float] = []
        for number in range(WARM):
            await send(socket, shots, number, sent)
            await hear(socket)
        began, last = time.perf_counter(), WARM + round(seconds * rate)

        async def film() -> None:
            for number in range(WARM, last):
                await asyncio.sleep(max(0, began + (number - WARM) / rate - time.perf_counter()))
                await send(socket, shots, number, sent)

        filming, answered = asyncio.create_task(film()), 0
        while answered < last:  # the newest is never dropped
            answered, took = await hear(socket)
            delays.append(time.perf_counter() - sent[answered])
            computed.append(took)
        await filming
        return delays, computed, time.perf_counter() - began, last - WARM - len(delays)


async def send(
    socket: aiohttp.ClientWebSocketResponse,
    shots: Sequence[bytes],
    number: int,
    sent: dict[int, float],
) -> int:
    """Send the next frame.

    Parameters
    ----------
    socket : aiohttp.ClientWebSocketResponse
    shots : sequence of bytes
    number : int
        Of the frame before.
    sent : dict of int to float
        Gets the time of the frame.

    Returns
    -------
    int
        The number of the frame.
    """
    number += 1
    sent[number] = time.perf_counter()
    shot = shots[number % len(shots)]
    side = math.isqrt(len(shot) // 4)
    await socket.send_bytes(HEAD.pack(number, 1000 * sent[number], side, side) + shot)
    return number


async def hear(socket: aiohttp.ClientWebSocketResponse) -> tuple[int, float]:
    """Return number and milliseconds of the next answer."""
    while True:
        message = await socket.receive(timeout=60)
        if message.type is aiohttp.WSMsgType.BINARY:
            (length,) = LENGTH.unpack_from(message.data)
            answer = json.loads(message.data[4 : 4 + length])
            return answer["number"], answer["took"]
        assert message.type is aiohttp.WSMsgType.TEXT, message


if __name__ == "__main__":
    main()
