"""Measure how fast a training composes images, steps, and does both, and how long its device waits.

    python -m benchmarks.training PEOPLE [--photographs DIR] [--real-people DIR] [--device cuda]
        [--batch 128] [--size 304] [--compile] [--bfloat16] [--against CHECKOUT]

PEOPLE is a folder of `synthesize people`. Every rate is of one process that composes and steps in
turn, with pictures in memory; `train --workers` composes beside the steps of a CPU. A GPU is busy
while a kernel or a copy is at work on it (torch's profiler), and waits else.

`--against` names a checkout of this project from before images were composed in batches (any
commit up to d3b7c0c), and composes the same number of images there, in turn with here: processor
time an image, in the first round, which reads pictures, and in the second.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import torch

from personalize.commands.groups import grouped
from personalize.training.compose.composer import Composer
from personalize.training.settings import RECIPES, TrainingSettings

Step = Callable[[int], object]
"""Called with the number of the step."""

FOLDER = click.Path(path_type=Path)

OLDER = """
import json, sys, time
import cv2, torch
from dataclasses import replace
from personalize.training.prepare import training_data
from personalize.training.settings import RECIPES
people, photographs, size, share, threads = json.loads(sys.argv[1])
torch.set_num_threads(threads), cv2.setNumThreads(threads)
settings = replace(RECIPES["quick"], size=size, real_share=share, samples=10**9)
import personalize.training.prepare as prepare
prepare.validation_samples = lambda *_: []
samples, _ = training_data(people, photographs, settings)
for line in sys.stdin:
    first, last = json.loads(line)
    began = time.perf_counter(), time.process_time()
    for number in range(first, last):
        samples[number]
    print(json.dumps([time.perf_counter() - began[0], time.process_time() - began[1]]), flush=True)
"""
"""Composes samples one by one, in a checkout in which `TrainingSamples` did."""


@dataclass(frozen=True)
class Data:
    """What images are composed of.

    Attributes
    ----------
    people : Path
        Folder of `synthesize people`.
    photographs, real_people : Path or None
        As for `personalize train`.
    real_share : float
        Share of real pictures, in [0, 1].
    """

    people: Path
    photographs: Path | None
    real_people: Path | None
    real_share: float


@dataclass(frozen=True)
class Computing:
    """What computes.

    Attributes
    ----------
    device : str
    threads : int
        Of a CPU.
    compiled, bfloat16 : bool
        As for `personalize train`.
    """

    device: str
    threads: int
    compiled: bool
    bfloat16: bool


def wait(device: str) -> None:
    """Wait until a device has done all that is queued on it."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def rate(step: Step, images: int, rounds: int, device: str) -> float:
    """Measure the images a second of a step; as many calls before are not counted.

    Parameters
    ----------
    step : callable
        ``step(number)``.
    images : int
        Of one step.
    rounds : int
        Calls.
    device : str

    Returns
    -------
    float
    """
    for number in range(rounds):
        step(number)
    wait(device)
    began = time.perf_counter()
    for number in range(rounds):
        step(number)
    wait(device)
    return images * rounds / (time.perf_counter() - began)


def busy_share(step: Step, rounds: int, device: str) -> float:
    """Measure the share of the time in which a GPU has work, by the profiler's kernels.

    Parameters
    ----------
    step : callable
        ``step(number)``.
    rounds : int
        Calls.
    device : str

    Returns
    -------
    float
        In [0, 1].
    """
    from torch.profiler import ProfilerActivity, profile

    wait(device)
    with profile(activities=[ProfilerActivity.CUDA]) as profiled:
        began = time.perf_counter()
        for number in range(rounds):
            step(number)
        wait(device)
        passed = time.perf_counter() - began
    kernels = (
        (event.time_range.start, event.time_range.end)
        for event in profiled.events()
        if event.device_type == torch.autograd.DeviceType.CUDA
    )
    return covered(kernels) / 1e6 / passed  # of microseconds


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """Return the length that spans (start, end) cover together, where they overlap only once."""
    length, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        length += max(end - max(start, until), 0.0)
        until = max(until, end)
    return length


def side_by_side(
    samples: Composer, batch: int, rounds: int, checkout: Path, facts: Sequence[object]
) -> tuple[list[float], list[float]]:
    """Compose here and in an older checkout in turn.

    Parameters
    ----------
    samples : Composer
    batch : int
        Images at a time.
    rounds : int
        Batches, each of which is composed twice.
    checkout : Path
    facts : sequence
        What `OLDER` is given, as JSON has it.

    Returns
    -------
    ours, theirs : list of 2 float
        Seconds of the processor a batch: in the first round, and again.
    """
    ours: list[float] = []
    theirs: list[float] = []
    with subprocess.Popen(
        [sys.executable, "-c", OLDER, json.dumps(facts)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as older:
        assert older.stdin is not None and older.stdout is not None  # both are pipes
        for number in range(2 * rounds):
            first = number % rounds * batch  # the second time pictures are in memory
            began = time.process_time()
            samples.compose(range(first, first + batch))
            ours.append(time.process_time() - began)
            print(json.dumps([first, first + batch]), file=older.stdin, flush=True)
            theirs.append(json.loads(older.stdout.readline())[1])
        older.stdin.close()
    here, there = (
        [sum(times[:rounds]) / rounds, sum(times[rounds:]) / rounds] for times in (ours, theirs)
    )
    return here, there


def compare(ours: Sequence[float], theirs: Sequence[float], batch: int) -> None:
    """Print what composing costs here and there.

    Parameters
    ----------
    ours, theirs : sequence of 2 float
        From `side_by_side`.
    batch : int
        Images at a time.
    """
    for name, times in (("here", ours), ("there", theirs)):
        first, again = (1000 * seconds / batch for seconds in times)
        print(
            f"composing {name}: {first:.1f} ms of a processor an image at first, {again:.1f} again"
        )


def measure(
    samples: Composer,
    settings: TrainingSettings,
    rounds: int,
    computing: Computing,
) -> None:
    """Print the rates of composing, stepping and both, and how long the device waits.

    Parameters
    ----------
    samples : Composer
    settings : TrainingSettings
    rounds : int
        Batches that are measured.
    computing : Computing
    """
    from personalize.training.batches import to_floats
    from personalize.training.state import resume
    from personalize.training.train import advance, compile_modules

    batch, device = settings.batch, computing.device
    if device.startswith("cuda"):
        samples.fill()
    state = resume(Path("nowhere"), settings, None, device)
    if device.startswith("cuda"):
        state.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if computing.compiled:
        compile_modules(state.network)
    precision = torch.autocast(device.split(":")[0], torch.bfloat16, enabled=computing.bfloat16)

    def compose(number: int) -> Any:
        images, *labels = samples.compose(range(number * batch, (number + 1) * batch))
        return to_floats(images, device), *labels

    same = compose(0)

    def step(number: int, composed: Any = same) -> None:
        with precision:
            advance(state, number, composed, settings)

    def both(number: int) -> None:
        step(number, compose(number))

    steps: dict[str, Step] = {"composing": compose, "stepping": step, "both": both}
    for name, what in steps.items():
        print(f"{name}: {rate(what, batch, rounds, device):.0f} images a second", flush=True)
    if device.startswith("cuda"):
        waits = 1 - busy_share(both, rounds, device)
        print(f"the device waits {waits:.0%} of the time, and is busy {1 - waits:.0%}")
    else:
        print("the share of the time that a GPU waits: not measured; give --device cuda")


@click.command()
@grouped(
    "data",
    Data,
    click.argument("people", type=FOLDER),
    click.option("--photographs", type=FOLDER),
    click.option("--real-people", type=FOLDER),
    click.option("--real-share", default=0.25),
)
@grouped(
    "computing",
    Computing,
    click.option("--device", default="cpu"),
    click.option("--threads", default=1, help="Of a CPU."),
    click.option("--compile", "compiled", is_flag=True),
    click.option("--bfloat16", is_flag=True),
)
@click.option("--batch", default=16)
@click.option("--size", default=304, help="Side of the images.")
@click.option("--rounds", default=10, help="Batches that are measured.")
@click.option("--against", type=FOLDER, help="An older checkout, to compose there, too.")
def main(
    data: Data,
    computing: Computing,
    batch: int,
    size: int,
    rounds: int,
    against: Path | None,
) -> None:
    """Print images a second of composing alone, stepping alone, and both."""
    from personalize.training.prepare import training_data

    torch.set_num_threads(computing.threads)
    settings = replace(
        RECIPES["quick"],
        size=size,
        batch=batch,
        real_share=data.real_share,
        samples=10**9,
        end_to_end=1.0,
    )
    samples, _ = training_data(
        data.people,
        data.photographs,
        settings,
        real_root=data.real_people,
        device=computing.device,
        measured=False,
    )
    if against:
        photographs = str(data.photographs) if data.photographs else None
        facts = [str(data.people), photographs, size, data.real_share, computing.threads]
        compare(*side_by_side(samples, batch, rounds, against.resolve(), facts), batch)
    else:
        measure(samples, settings, rounds, computing)


if __name__ == "__main__":
    main()
