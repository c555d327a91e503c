"""How fast this machine is: measured once, and kept in the user's cache folder."""

import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version

import cv2
import numpy as np
import torch

from personalize.adaptation.base import Base
from personalize.network.engines.interface import Engine
from personalize.network.inference import look
from personalize.procedures.forecast import MEGA, Speed
from personalize.storage.cache import keep, recall
from personalize.types import Frames

FILE = "speed.json"
SIDE = 256  # of the frames that are looked at, four at a time
LONGEST = 3.0  # seconds that either measurement may take, about
ROUNDS = 5


def speed_of(base: Base, *, again: bool = False) -> Speed:
    """Return the speed of this machine; it is measured now if it is not known.

    Parameters
    ----------
    base : Base
        The generic network, with the engine and the device of all computation.
    again : bool
        Measure it even if it is known; what was learned from runs is kept.

    Returns
    -------
    Speed
    """
    name = machine(base)
    known = _known(name)
    if known and not again:
        return known
    step = measure_looks(base.network)
    looks = step if base.engine is base.network else measure_looks(base.engine)
    speed = Speed(looks, step, measure_paints(), known.learned if known else {})
    keep_speed(base, speed)
    return speed


def known_speed(base: Base) -> Speed | None:
    """Return the speed of this machine if it was measured before."""
    return _known(machine(base))


def keep_speed(base: Base, speed: Speed) -> None:
    """Keep the speed of this machine."""
    keep(FILE, {**recall(FILE), machine(base): speed.to_json()})


def machine(base: Base) -> str:
    """Return a name for what a speed depends on: processor, threads, device, torch."""
    device = base.device
    computes = torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)
    cores = f"{platform.machine()} {os.cpu_count()} cores, {torch.get_num_threads()} threads"
    return f"{platform.node()}: {cores}, {computes}, {base.engines.name}, torch {version('torch')}"


def measure_looks(engine: Engine) -> float:
    """Return the seconds of one pass of an engine over a million pixels: the middle of some."""
    random = np.random.default_rng(0)
    frames: Frames = random.integers(0, 256, (4, SIDE, SIDE, 3), dtype=np.uint8)

    def once() -> None:
        look(engine, frames)
        if engine.device.type == "cuda":
            torch.cuda.synchronize()

    return _median(once) / (frames.shape[0] * SIDE * SIDE / MEGA)


def measure_paints() -> float:
    """Return the seconds of some plain filters over a million pixels: the middle of some."""
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (45, 80, 3), dtype=np.uint8)
    frame = cv2.resize(small, (640, 360))

    def once() -> None:
        smooth = cv2.boxFilter(frame.astype(np.float32), -1, (17, 17))
        cv2.boxFilter(smooth * smooth, -1, (17, 17))
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2LAB)[..., 0]
        cv2.imencode(".png", grey)
        cv2.connectedComponentsWithStats((grey > 128).astype(np.uint8))
        np.argsort(grey.ravel())

    return _median(once) / (frame.shape[0] * frame.shape[1] / MEGA)


def _median(once: Callable[[], None]) -> float:
    took: list[float] = []
    while len(took) < 2 or (len(took) < ROUNDS and sum(took) < LONGEST):
        began = time.perf_counter()
        once()
        took.append(time.perf_counter() - began)
    return float(np.median(took[1:]))  # the first warms up


def _known(name: str) -> Speed | None:
    try:
        return Speed.from_json(recall(FILE)[name])
    except (KeyError, ValueError):
        return None
