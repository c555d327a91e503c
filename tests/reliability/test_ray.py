"""A batch on a Ray cluster: each video once, whoever dies on the way, and damaged ones named."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from personalize.procedures.check import check_runs

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
pytestmark = pytest.mark.skipif(not importlib.util.find_spec("ray"), reason="Ray is not installed")


def submit(folder, what):
    """Run the batch in a process of its own, and return that."""
    words = [HERE / "ray_driver.py", folder / "videos", folder / "out", folder / "log", what]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}",
        "RAY_gcs_rpc_server_reconnect_timeout_s": "5",  # how long a dead head is waited for
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", *words],
        capture_output=True,
        text=True,
        env=environment,
        timeout=400,
        check=False,
    )


def run(folder, what):
    """Run the batch to its end; return what it told."""
    done = submit(folder, what)
    assert done.returncode == 0, done.stderr[-3000:]
    told = next(line for line in done.stdout.splitlines() if line.startswith("{"))
    return json.loads(told)


def write_videos(folder, count):
    """Write so many videos, of which a tenth are damaged."""
    folder.mkdir()
    for number in range(count):
        broken = number % 10 == 7
        (folder / f"{number}.mp4").write_text("damaged" if broken else "")


@pytest.mark.parametrize("what", ["a process", "a node"])
def test_a_batch_on_a_cluster_makes_each_video_once_whoever_dies(
    what, tmp_path, tally, pytestconfig
):
    count = pytestconfig.getoption("--videos")
    write_videos(tmp_path / "videos", count)
    found = run(tmp_path, what)
    assert found["states"] == {"done": count - count // 10, "failed": count // 10}
    assert found["count"] == count
    assert not found["usage reports"]
    made = (tmp_path / "log").read_text().splitlines()
    assert len(made) == len(set(made)) == count - count // 10
    assert {run.state for run in check_runs(tmp_path / "out")} == {"whole"}
    tally(f"videos on a Ray cluster of which {what} died", {"made once": len(made)})
    if what == "a process":
        return
    again = run(tmp_path, "nothing")  # a second submission
    assert again["states"] == {"finished before": count - count // 10, "failed": count // 10}
    assert (tmp_path / "log").read_text().splitlines() == made


def test_a_dead_head_loses_and_repeats_nothing(tmp_path, tally):
    count = 20
    write_videos(tmp_path / "videos", count)
    assert submit(tmp_path, "the head").returncode != 0
    before = len((tmp_path / "log").read_text().splitlines())
    assert 3 <= before < count - count // 10
    again = run(tmp_path, "nothing")
    assert again["states"]["failed"] == count // 10
    assert again["states"]["finished before"] >= 3
    made = (tmp_path / "log").read_text().splitlines()
    assert len(made) == len(set(made)) == count - count // 10
    assert {run.state for run in check_runs(tmp_path / "out")} == {"whole"}
    tally(
        "videos on a Ray cluster whose head died, and which was submitted again",
        {"made": len(made)},
    )


def test_a_terminated_batch_ends_with_one_sentence(tmp_path):
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "a.mp4").symlink_to(ROOT / "data/demo/clip.mp4")
    words = ["batch", tmp_path / "videos", "--out", tmp_path / "out", "--ray", "--progress", "none"]
    batch = subprocess.Popen(
        [str(word) for word in (sys.executable, ROOT / "cli.py", *words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 240
    while not list(tmp_path.glob("out/.claims/*/*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    batch.send_signal(signal.SIGTERM)
    printed, said = batch.communicate(timeout=60)
    assert batch.returncode == 143, said
    assert (printed, said) == ("", "Stopped. The same command goes on from what was finished.\n")
