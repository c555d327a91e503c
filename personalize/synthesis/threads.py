"""Worker processes of one thread each: many native threads in every process slow all down."""

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
"""Native libraries read these as they are loaded, so they are set before a worker starts."""


@contextmanager
def single_threaded_children() -> Iterator[None]:
    """Start processes within this context with one thread of OpenMP, OpenBLAS and MKL."""
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
    """Limit torch, OpenCV and Embree to one thread in this process; call it before any scene.

    Embree starts one thread for each core that the process may use when its first scene is
    made, and embreex has no setting for that. So the first scene is made on a single core.
    """
    import cv2
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if not hasattr(os, "sched_setaffinity"):  # only Linux has it
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        cube = Scene(*join_boxes([(np.zeros(3), np.ones(3), None)]))
        cube.cast(np.array([0.0, 0.0, -3.0]), np.array([[0.0, 0.0, 1.0]]))
    except PersonalizeError:
        pass  # without embreex there is nothing to limit
    finally:
        os.sched_setaffinity(0, cores)
