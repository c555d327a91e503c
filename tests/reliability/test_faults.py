"""A disk that is full or broken, and a kill, at any change of the disk in a run."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tinyrun import contents

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KINDS = {"full disk": errno.ENOSPC, "broken disk": errno.EIO, "kill": 0}
DONE, SENTENCE, KILLED = 0, 1, -9


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Return a function that has a run in which a call goes wrong: status, calls, what was said."""
    compiler = shutil.which("cc")
    if not compiler or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a compiler of C")
    shim = tmp_path_factory.mktemp("shim") / "fault.so"
    build = [compiler, "-shared", "-fPIC", "-O1", "-o", shim, HERE / "fault.c", "-ldl"]
    subprocess.run(build, check=True)
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", HERE / "fault_server.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT)},
    )

    def ask(root, seed=0, call=0, error=0):
        question = {"root": str(root), "seed": seed, "call": call, "error": error}
        server.stdin.write(json.dumps(question) + "\n")
        server.stdin.flush()
        return json.loads(server.stdout.readline())

    with server:
        yield ask
        server.stdin.close()


@pytest.fixture(scope="module")
def whole(ask, tmp_path_factory):
    """Return what whole runs leave, by seed, and how many calls one takes."""
    left, calls = {}, {}
    for seed in (0, 1):
        root = tmp_path_factory.mktemp("whole") / "out"
        status, calls[seed], what = ask(root, seed)
        assert status == DONE, what
        left[seed] = contents(root)
    assert calls[0] > 50
    return left, calls[0]


def sample(calls, count):
    """Return numbers of calls, from 1 on: all, or so many evenly spread."""
    count = count or calls
    return sorted({1 + k * (calls - 1) // max(count - 1, 1) for k in range(count)})


@pytest.mark.parametrize("before", [None, 1], ids=["in a new folder", "over another run"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_met_a_fault_ends_like_one_that_met_none(
    kind, before, ask, whole, tmp_path, tally, pytestconfig
):
    left, calls = whole
    ends = Counter()
    for call in sample(calls, pytestconfig.getoption("--faults")):
        root = tmp_path / str(call)
        if before is not None:
            assert ask(root, before)[0] == DONE
        status, _, what = ask(root, 0, call, KINDS[kind])
        expected = (KILLED,) if kind == "kill" else (SENTENCE, DONE)
        # A run over another one makes other calls, fewer or more.
        assert status in (*expected, DONE), f"call {call}: {what}"
        told = not what or any(
            word in what for word in ("cannot be written", "cannot be read", "no folder can")
        )
        assert told, what
        status, _, what = ask(root, 0)
        assert status == DONE, f"after call {call}: {what}"
        assert contents(root) == left[0], f"after call {call}"
        shutil.rmtree(root)
        ends["resumed to the same bytes"] += 1
    tally(f"{kind} {'over another run' if before else 'in a new folder'}", ends)
