"""Run commands in processes of their own, and measure what they take."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Cost(NamedTuple):
    """What a process took, with all that it started.

    Attributes
    ----------
    seconds, processor : float
        On the clock, and of all cores together.
    memory : float
        GiB of the largest process, as the operating system counts it.
    """

    seconds: float
    processor: float
    memory: float


def timed(command: Sequence[str | Path]) -> Cost:
    """Run a command whose output nobody reads, and return its Cost.

    Raises
    ------
    SystemExit
        If the command fails; what it said on stderr has been seen.
    """
    began = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: ended with {process.returncode}")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20)  # KiB on Linux


def program(checkout: Path = ROOT) -> list[str]:
    """Return the words that start the command line of a checkout, by this Python."""
    return [sys.executable, str(checkout / "cli.py")]


def check_out(commit: str, folder: Path) -> Path:
    """Write the files of a commit of this repository into a folder.

    They run with the packages that are installed here, so that the code alone differs.
    """
    folder.mkdir()
    archive = subprocess.run(
        ["git", "-C", ROOT, "archive", commit], check=True, stdout=subprocess.PIPE
    )
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder


def repeat_video(path: Path, out: Path, seconds: float) -> None:
    """Write the pictures of a video again and again, as they are encoded.

    Parameters
    ----------
    path : Path
    out : Path
        File to write.
    seconds : float
        Until it is so long.
    """
    import av

    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        stream = source.streams.video[0]
        assert stream.time_base is not None  # known of every stream of a file
        packets = [
            (packet, packet.pts, packet.dts)
            for packet in source.demux(stream)
            if packet.pts is not None and packet.dts is not None
        ]
        first = min(pts for _, pts, _ in packets)
        length = max(pts + (packet.duration or 0) for packet, pts, _ in packets) - first
        copied = target.add_stream_from_template(stream)
        turns = -(-seconds // float(length * stream.time_base))
        for turn in range(int(turns)):
            for packet, pts, dts in packets:
                packet.stream, packet.time_base = copied, stream.time_base
                packet.pts, packet.dts = pts + turn * length, dts + turn * length
                target.mux(packet)
