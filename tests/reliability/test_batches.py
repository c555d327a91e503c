"""Several batches on one folder: each video is made exactly once, and none is called failed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from personalize.procedures.check import check_runs

HERE = Path(__file__).parent
VIDEOS = 8


@pytest.fixture
def folder(tmp_path):
    """A folder of names of videos."""
    (tmp_path / "videos").mkdir()
    for number in range(VIDEOS):
        (tmp_path / "videos" / f"{number}.mp4").touch()
    return tmp_path


def start(folder):
    """Start a batch on the folder."""
    words = [HERE / "batch_worker.py", folder / "videos", folder / "out", folder / "log"]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def finish(batch):
    """Return the states of a batch."""
    told, said = batch.communicate(timeout=300)
    assert batch.returncode == 0, said
    return told.splitlines()


@pytest.mark.parametrize("count", [2, 4])
def test_batches_on_one_folder_make_each_video_once(count, folder, tally):
    batches = [start(folder) for _ in range(count)]
    states = Counter(state for batch in batches for state in finish(batch))
    made = (folder / "log").read_text().splitlines()
    assert sorted(made) == sorted(path.name for path in (folder / "videos").iterdir())
    assert states["failed"] == 0
    assert states["done"] == VIDEOS
    assert states.total() == count * VIDEOS
    assert [run.state for run in check_runs(folder / "out")] == ["whole"] * VIDEOS
    tally(f"videos of {count} batches on one folder", {"made once": VIDEOS})


def test_what_a_killed_batch_left_is_ended_by_the_next(folder):
    first = start(folder)
    deadline = time.monotonic() + 120
    while not (folder / "log").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    states = Counter(finish(start(folder)))
    assert states["failed"] == 0
    assert states["done"] + states["finished before"] == VIDEOS
    assert [run.state for run in check_runs(folder / "out")] == ["whole"] * VIDEOS
