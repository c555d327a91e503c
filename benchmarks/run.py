"""Time `personalize run` as a user sees it: seconds per stage, and peak memory.

    python -m benchmarks.run VIDEO [--hours H] [options of `personalize run`]

The run folder is temporary, so that nothing of an earlier run is reused. The
peak is that of the largest process, as the operating system counts it. With
--hours the video is repeated until it is as long as that, so that what grows with
the length of a video can be seen.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

CLI = Path(__file__).resolve().parents[1] / "cli.py"


def repeat_video(path, out, hours):
    """Write the pictures of a video again and again, as they are encoded, until `hours` are
    over.
    """
    import av

    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        stream = source.streams.video[0]
        packets = [packet for packet in source.demux(stream) if packet.pts is not None]
        first, last = min(p.pts for p in packets), max(p.pts + p.duration for p in packets)
        times = [(packet.pts, packet.dts) for packet in packets]
        copied = target.add_stream_from_template(stream)
        turns = -(-hours * 3600 // float((last - first) * stream.time_base))
        for turn in range(int(turns)):
            for packet, (pts, dts) in zip(packets, times):
                packet.stream, packet.time_base = copied, stream.time_base
                packet.pts, packet.dts = pts + turn * (last - first), dts + turn * (last - first)
                target.mux(packet)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--hours", type=float)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(video, hours, options):
    """Run a video in a process of its own and print what it took."""
    with tempfile.TemporaryDirectory() as root:
        out = Path(root) / "run"
        if hours:
            video, short = Path(root) / "long.mkv", video
            repeat_video(short, video, hours)
        command = [sys.executable, str(CLI), "run", str(video), "--out", str(out), *options]
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        manifest = json.loads((out / "manifest.json").read_text())
    source = manifest["source"]
    print(f"{source['name']}: {source['frames']} frames of {source['width']}x{source['height']}")
    for name, stage in manifest["stages"].items():
        print(f"{name:12} {stage['seconds']:8.1f} s")
    print(f"{'whole run':12} {seconds:8.1f} s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20  # KiB on Linux
    print(f"{'peak memory':12} {peak:8.2f} GiB")


if __name__ == "__main__":
    main()
