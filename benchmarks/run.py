"""Time `personalize run` as a user sees it: seconds per stage, and peak memory.

    python benchmarks/run.py VIDEO [options of `personalize run`]

The run folder is temporary, so that nothing of an earlier run is reused. The
peak is that of the largest process, as the operating system counts it.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLI = Path(__file__).resolve().parents[1] / "cli.py"


def main(video, *options):
    """Run a video in a process of its own and print what it took."""
    with tempfile.TemporaryDirectory() as root:
        out = Path(root) / "run"
        command = [sys.executable, str(CLI), "run", video, "--out", str(out), *options]
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
    main(*sys.argv[1:])
