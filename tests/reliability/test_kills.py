"""A real run, killed at random times, ends with the same pixels, tables and tensors.

Only in the long form: `--kills N`. Each kill is of a new process; when all are done, and as often
as a run is finished in between, what it left is compared with that of a run that nobody killed.
"""

import importlib.util
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tinyrun import contents

ROOT = Path(__file__).parents[2]
CODE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import importlib.util
spec = importlib.util.spec_from_file_location("golden_make", sys.argv[2])
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)
import torch
torch.set_num_threads(1)
from personalize.procedures.library import load_generic, run
root = Path(sys.argv[3])
run(root.parent / "clip.mp4", root, settings=make.tiny_settings(), base=load_generic(device="cpu"))
"""
LEFT_OUT = {"report.html"}  # which tells seconds


def start(root):
    """Start a run in a process of its own."""
    words = [sys.executable, "-W", "ignore", "-c", CODE, ROOT, ROOT / "tests/golden/make.py", root]
    return subprocess.Popen(
        [str(word) for word in words],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def left_in(root):
    """Return what a run left, but for what tells the time."""
    return {name: content for name, content in contents(root).items() if name not in LEFT_OUT}


def test_a_real_run_that_is_killed_at_random_ends_like_one_that_is_not(
    tmp_path, tally, pytestconfig
):
    kills = pytestconfig.getoption("--kills")
    if not kills:
        pytest.skip("only with --kills")
    spec = importlib.util.spec_from_file_location("golden", ROOT / "tests/golden/make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    make.run_tiny(tmp_path)
    began = time.monotonic()
    (tmp_path / "whole").mkdir()
    with start(tmp_path / "whole") as process:
        _, said = process.communicate()
    assert process.returncode == 0, said
    lasts, whole = time.monotonic() - began, left_in(tmp_path / "whole")
    assert whole == left_in(tmp_path / "out")  # two processes, the same bytes
    dice, met, root = random.Random(0), 0, tmp_path / "killed"
    while met < kills:
        with start(root) as process:
            try:
                _, said = process.communicate(timeout=dice.uniform(0.1, 0.7) * lasts)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                met += 1
                continue
        assert process.returncode == 0, said
        assert left_in(root) == whole
        shutil.rmtree(root)
    with start(root) as process:
        _, said = process.communicate()
    assert left_in(root) == whole, said
    tally("kills of a real run at random", {"resumed to the same bytes": met})
