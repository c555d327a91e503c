"""Workers that use one core each: N processes of many native threads get in each other's way."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from personalize.errors import PersonalizeError
from personalize.synthesis.boxes import join_boxes
from personalize.synthesis.raster import Scene

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""What native libraries read when they are loaded: too late to be set in the worker itself."""


@contextmanager
def single_threaded_children() -> Iterator[None]:
    """Processes that are started within have one thread of OpenMP, OpenBLAS and MKL."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    os.environ.update(dict.fromkeys(VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def use_one_thread() -> None:
    """Keep torch, OpenCV and Embree of this process to one thread; before its first scene.

    Embree takes as many threads as the process may use cores when it makes its first scene,
    and embreex has no setting for it: so the first scene is made while it may use one.
    """
    import cv2
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if not hasattr(os, "sched_setaffinity"):  # Linux alone has it
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        cube = Scene(*join_boxes([(np.zeros(3), np.ones(3), None)]))
        cube.cast(np.array([0.0, 0.0, -3.0]), np.array([[0.0, 0.0, 1.0]]))
    except PersonalizeError:
        pass  # without embreex there is nothing to keep down
    finally:
        os.sched_setaffinity(0, cores)
