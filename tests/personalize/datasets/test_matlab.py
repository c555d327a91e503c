import json
import multiprocessing
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from personalize.datasets import matlab, matlab_child
from personalize.datasets.matlab import read_variable
from personalize.errors import DatasetError


def saved(path, **variables):
    scipy.io.savemat(path, variables)
    return path


@pytest.mark.parametrize(
    "value",
    [
        np.arange(6, dtype=np.uint16).reshape(2, 3),
        np.array([[1.5, np.nan]]),
        np.array(["head", "neck"]),
        np.array([[np.eye(2), np.array(["a"])]], object),
        np.array([[(np.eye(2), np.array([["b"]], object))]], [("xy", object), ("names", object)]),
        np.zeros((0, 3)),
        np.array([[1 + 2j]]),
    ],
    ids=["numbers", "unknown", "letters", "cells", "records", "empty", "complex"],
)
def test_a_variable_comes_as_scipy_gives_it(tmp_path, value):
    path = saved(tmp_path / "a.mat", M=value)
    wanted, found = scipy.io.loadmat(path)["M"], read_variable(path, "M")
    assert repr(found) == repr(wanted)
    assert found.flags.writeable


def test_one_process_reads_many_files(tmp_path):
    path = saved(tmp_path / "a.mat", M=1)
    read_variable(path, "M")
    child = matlab._CHILDREN[os.getpid()]
    assert read_variable(path, "M") == [[1]]
    assert matlab._CHILDREN[os.getpid()] is child


def kill_while(monkeypatch, tmp_path):
    """Have the child be this very script, but for a reader that kills it."""
    script = tmp_path / "child.py"
    content = Path(matlab_child.__file__).read_text()
    script.write_text(
        content.replace(
            "variables = scipy.io.loadmat(file)",
            "variables = scipy.io.loadmat(file)\n    file_content = open(path, 'rb').read()\n"
            "    if b'crash' in file_content: import os; os.kill(os.getpid(), 11)\n"
            "    if b'sleep' in file_content: import time; time.sleep(60)\n"
            "    if b'hoard' in file_content: bytearray(1 << 40)",
        )
    )
    monkeypatch.setattr(matlab_child, "__file__", str(script))
    monkeypatch.setattr(matlab, "_CHILDREN", {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("crash", r"a\.mat: not a readable MATLAB file \(its reader crashed\); get it again"),
        ("sleep", r"a\.mat: takes long to read, at most 2 seconds of work are read; .*TABLE_SECO"),
        ("hoard", r"a\.mat: needs much memory to read, and at most 2,048 MB .*_MAX_TABLE_MB"),
    ],
)
def test_a_file_that_takes_its_reader_down_is_named_and_the_next_is_read(
    tmp_path, monkeypatch, content, message
):
    kill_while(monkeypatch, tmp_path)
    monkeypatch.setenv("PERSONALIZE_MAX_TABLE_SECONDS", "2" if content == "sleep" else "60")
    with pytest.raises(DatasetError, match=message):
        read_variable(saved(tmp_path / "a.mat", M=np.array([content])), "M")
    monkeypatch.setenv("PERSONALIZE_MAX_TABLE_SECONDS", "60")
    assert read_variable(saved(tmp_path / "b.mat", M=1), "M") == [[1]]
    matlab._stop()


def test_a_matrix_that_claims_to_be_huge_takes_no_memory_here(tmp_path):
    path = saved(tmp_path / "a.mat", M=np.zeros((1, 1000)))
    content = path.read_bytes()
    place = content.index(struct.pack("<2i", 1, 1000))
    path.write_bytes(content[:place] + struct.pack("<2i", 1 << 30, 1 << 20) + content[place + 8 :])
    with pytest.raises(DatasetError, match=r"a\.mat: (not a readable MATLAB|needs much memory)"):
        read_variable(path, "M")


def test_what_is_no_array_is_refused(tmp_path):
    path = saved(tmp_path / "a.mat", M=scipy.sparse.eye(3).tocsc())
    with pytest.raises(DatasetError, match=r"a\.mat: not a readable MATLAB file \(holds a csc"):
        read_variable(path, "M")


def read_into(queue, path):
    queue.put(read_variable(path, "M").tolist())


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_fork_has_a_reader_of_its_own(tmp_path):
    path = saved(tmp_path / "a.mat", M=1)
    read_variable(path, "M")
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    fork = context.Process(target=read_into, args=(queue, path), daemon=True)
    fork.start()
    assert queue.get(timeout=60) == [[1]]
    fork.join()
    assert read_variable(path, "M") == [[1]]


def test_an_answer_is_a_head_and_bytes_and_no_pickle(tmp_path):
    path = saved(tmp_path / "a.mat", M=np.uint8([[7, 8]]))
    head, *contents = matlab_child.answer({"path": str(path), "variable": "M"})
    length = int.from_bytes(head[:8], "little")
    node = {"shape": [1, 2], "dtype": "|u1", "bytes": 2}
    assert json.loads(head[8 : 8 + length]) == {"array": node}
    assert contents == [b"\x07\x08"]
