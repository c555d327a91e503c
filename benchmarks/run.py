"""Time `personalize run` as a user sees it: seconds per stage, and peak memory.

    python -m benchmarks.run VIDEO [--against COMMIT] [--hours H] [options of `personalize run`]

With --against the program of another commit runs the same video before and afterwards, with the
same packages, and both stand side by side; --parse times `personalize parse` instead, and options
that one of the two does not know are no options here. The run folder is temporary, so that nothing
of an earlier run is reused. With --hours the video is repeated until it is as long as that, so that
what grows with the length of a video can be seen.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.timing import ROOT, Cost, check_out, program, repeat_video, timed

Json = dict[str, Any]
Taken = tuple[Cost, Json]
"""What a run took, and its manifest."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--against", help="A commit of this repository to compare with.")
@click.option("--parse", "verb", flag_value="parse", default="run", help="Time parse, not run.")
@click.option("--hours", type=float)
@click.option("--rounds", type=click.IntRange(1), default=1, help="Times; the fastest counts.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(
    video: Path,
    against: str | None,
    verb: str,
    hours: float | None,
    rounds: int,
    options: tuple[str, ...],
) -> None:
    """Run a video in a process of its own and print what it took."""
    with tempfile.TemporaryDirectory() as root:
        if hours:
            video, short = Path(root) / "long.mkv", video
            repeat_video(short, video, 3600 * hours)
        sides = {"now": ROOT}
        if against:
            sides = {against: check_out(against, Path(root) / "before"), **sides}
        taken: dict[str, list[Taken]] = {name: [] for name in sides}
        for turn in range(rounds):
            for name, checkout in sides.items():
                out = Path(root) / f"out {name} {turn}"
                cost = timed([*program(checkout), verb, video, "--out", out, *options])
                manifest = json.loads((out / "manifest.json").read_text())
                taken[name].append((cost, manifest))
    print_table(manifest["source"], {name: fastest(runs) for name, runs in taken.items()})


def fastest(runs: Sequence[Taken]) -> Taken:
    """Return the cost and the manifest of the run that took least."""
    return min(runs, key=lambda run: run[0].seconds)


def print_table(source: Json, sides: Mapping[str, Taken]) -> None:
    """Print seconds of every stage, of the whole and peak memory: one column a side."""
    print(f"{source['name']}: {source['frames']} frames of {source['width']}x{source['height']}")
    stages = dict.fromkeys(stage for _, manifest in sides.values() for stage in manifest["stages"])
    rows: dict[str, list[str]] = {stage: [] for stage in stages}
    rows |= {"whole": [], "frames/s": [], "processor": [], "peak memory": []}
    for cost, manifest in sides.values():
        for stage in stages:
            seconds = manifest["stages"].get(stage, {}).get("seconds")
            rows[stage].append(" " * 10 if seconds is None else f"{seconds:8.1f} s")
        rows["whole"].append(f"{cost.seconds:8.1f} s")
        rows["frames/s"].append(f"{source['frames'] / cost.seconds:8.1f}  ")
        rows["processor"].append(f"{cost.processor:8.1f} s")
        rows["peak memory"].append(f"{cost.memory:6.2f} GiB")
    if len(sides) > 1:
        print(f"{'':12} {'  '.join(f'{name:>10.10}' for name in sides)}")
    for name, cells in rows.items():
        print(f"{name:12} {'  '.join(cells)}")
    if len(sides) > 1:
        before, now = (cost.seconds for cost, _ in sides.values())
        print(f"{before / now:.2f} times as fast")


if __name__ == "__main__":
    main()
