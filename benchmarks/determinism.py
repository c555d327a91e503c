"""How far results of another number of threads, or of another engine, lie from the reference.

    python -m benchmarks.determinism [VIDEO] [options of `personalize run`]

The reference is torch in one thread. Every kind is run twice, each time by a process of its own:
the second must leave the same bytes as the first. Without VIDEO the first 24 frames of the demo
clip are run, half as large, with settings of seconds.
"""

import os
import subprocess
import tempfile
from pathlib import Path

import click
import numpy as np

from benchmarks.demo import small_frames, write_clip
from benchmarks.timing import program

KINDS = {"torch": (1, 2), "openvino": (1, 2)}
"""Engines, and numbers of threads."""
FRAMES = 24
QUICK = ("--size", "160", "--window", str(FRAMES), "--epochs", "2", "--parts-epochs", "1")
TIMED = {"manifest.json", "report.html"}
"""Files that hold times."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("video", type=click.Path(path_type=Path), required=False)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(video: Path | None, options: tuple[str, ...]) -> None:
    """Run a video with every engine and number of threads, and print how results differ."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if video is None:
            video = write_clip(root / "clip.mp4", small_frames(FRAMES))
            options = (*QUICK, *options)
        runs = {}
        for engine, counts in KINDS.items():
            for threads in counts:
                for turn in (1, 2):
                    out = root / f"{engine}-{threads}-{turn}"
                    run(video, out, engine, threads, options)
                    runs[engine, threads, turn] = out
        print("| engine | threads | joints, px | confidence | silhouettes | weights | second run |")
        for engine, threads, turn in runs:
            if turn == 1:
                again = same(runs[engine, threads, 1], runs[engine, threads, 2])
                cells = differences(runs["torch", 1, 1], runs[engine, threads, 1])
                print(f"| {engine} | {threads} | {' | '.join(cells)} | {again} |")


def run(video: Path, out: Path, engine: str, threads: int, options: tuple[str, ...]) -> None:
    """Run a video.

    Parameters
    ----------
    video, out : Path
    engine : {"torch", "openvino"}
    threads : int
    options : tuple of str
        More of `personalize run`.
    """
    words = ["run", video, "--out", out, "--engine", engine, "--progress", "none", *options]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    command = [str(word) for word in (*program(), *words)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def same(one: Path, other: Path) -> str:
    """Return whether two runs left the same bytes, in words."""
    first, second = (
        {
            path.relative_to(root): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and path.name not in TIMED
        }
        for root in (one, other)
    )
    differing = [str(name) for name in first if first[name] != second.get(name)]
    return f"differs in {', '.join(differing)}" if differing else "the same bytes"


def differences(one: Path, other: Path) -> list[str]:
    """Return the greatest differences between two runs, in words."""
    from personalize import read_run
    from personalize.network.checkpoints import read_tensors
    from personalize.network.weights_file import PERSON

    first, second = read_run(one), read_run(other)
    here, there = (read_tensors(found.person, PERSON)[0] for found in (first, second))
    changed = sum(int((a != b).sum()) for a, b in zip(first.silhouettes(), second.silhouettes()))
    weights = max((here[name].double() - there[name].double()).abs().max().item() for name in here)
    lost = int((np.isnan(first.xy) != np.isnan(second.xy)).sum() // 2)
    joints = f"{np.nanmax(np.abs(first.xy - second.xy)):.3f}"
    return [
        joints + (f", and {lost} found by one alone" if lost else ""),
        f"{np.nanmax(np.abs(first.confidence - second.confidence)):.4f}",
        f"{changed} of {len(first) * first.size[0] * first.size[1]:,}",
        f"{weights:.1e}",
    ]


if __name__ == "__main__":
    main()
