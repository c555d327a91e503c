"""The slowdown of a run by other busy programs: a run beside them, and alone.

    python -m benchmarks.busy VIDEO [--neighbours 1] [options of `personalize run`]

Threads that spin while they wait lose their cores to other programs. On two cores, a run beside
one busy program should take at most twice the time that it takes alone.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import click

from benchmarks.timing import program, timed


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--neighbours", type=click.IntRange(1), default=1, help="Busy programs beside it.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(video: Path, neighbours: int, options: tuple[str, ...]) -> None:
    """Run a video alone and beside busy loops, and print both."""
    seconds = {}
    for name, count in (("alone", 0), (f"beside {neighbours}", neighbours)):
        loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
        try:
            with tempfile.TemporaryDirectory() as root:
                out = Path(root) / "out"
                seconds[name] = timed([*program(), "run", video, "--out", out, *options]).seconds
        finally:
            for loop in loops:
                loop.kill()
                loop.wait()
        print(f"{name:12} {seconds[name]:8.1f} s")
    alone, beside = seconds.values()
    print(f"{beside / alone:.2f} times as long")


if __name__ == "__main__":
    main()
