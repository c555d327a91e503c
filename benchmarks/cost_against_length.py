"""Seconds and memory against the length of a video.

    python -m benchmarks.cost_against_length VIDEO [--frames 300,3000,30000] [options of run]

The video is repeated until it has so many frames. What a run learns from is a window of the same
length in all of them, so only parsing grows.
"""

import json
import tempfile
from pathlib import Path

import click

from benchmarks.timing import program, repeat_video, timed


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--frames", default="300,3000,30000", help="Lengths, separated by commas.")
@click.option("--parse", "verb", flag_value="parse", default="run", help="Time parse, not run.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(video: Path, frames: str, verb: str, options: tuple[str, ...]) -> None:
    """Run a video in several lengths and print what each took."""
    import av

    with av.open(str(video)) as container:
        fps = float(container.streams.video[0].average_rate or 25)
    print(f"{'frames':>8} {'seconds':>9} {'parse, s':>9} {'ms a frame':>11} {'memory, GiB':>12}")
    for length in map(int, frames.split(",")):
        with tempfile.TemporaryDirectory() as root:
            longer, out = Path(root) / "long.mkv", Path(root) / "out"
            repeat_video(video, longer, (length - 0.5) / fps)
            cost = timed([*program(), verb, longer, "--out", out, *options])
            manifest = json.loads((out / "manifest.json").read_text())
        count, parsing = manifest["source"]["frames"], manifest["stages"]["parse"]["seconds"]
        a_frame = 1000 * cost.seconds / count
        print(f"{count:8} {cost.seconds:9.1f} {parsing:9.1f} {a_frame:11.1f} {cost.memory:12.2f}")


if __name__ == "__main__":
    main()
