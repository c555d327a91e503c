import multiprocessing
import os

import pytest

from personalize.synthesis.threads import (
    VARIABLES,
    single_threaded_children,
    use_one_thread,
)


def seen_in_a_worker(_):
    """Threads that a worker's libraries use, the variables it sees, threads and cores it has."""
    import cv2
    import torch

    from personalize.synthesis.boxes import join_boxes
    from personalize.synthesis.raster import Scene

    for size in (0.5, 1.0):
        Scene(*join_boxes([((0, 0, 0), (size,) * 3, None)]))
    torch.ones(400, 400) @ torch.ones(400, 400)
    threads = len(os.listdir("/proc/self/task")) if os.path.exists("/proc/self/task") else None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    told = [os.environ[name] for name in VARIABLES]
    return torch.get_num_threads(), cv2.getNumThreads(), told, threads, cores


def test_a_worker_has_one_thread_of_each_library_and_may_still_use_any_core():
    pytest.importorskip("embreex", reason="embreex is not installed")
    spawn = multiprocessing.get_context("spawn")
    with single_threaded_children(), spawn.Pool(1, initializer=use_one_thread) as pool:
        seen = pool.apply_async(seen_in_a_worker, [0]).get(timeout=300)  # a worker may have died
    torch_has, opencv_has, told, threads, cores = seen
    assert (torch_has, opencv_has, told) == (1, 1, ["1"] * len(VARIABLES))
    if threads is not None:
        assert threads == 1
        assert cores == len(os.sched_getaffinity(0))


def test_variables_are_afterwards_as_before(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with single_threaded_children():
        assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "7" and "MKL_NUM_THREADS" not in os.environ
