"""Names of the files in a folder of rendered people, and how they are written."""

from pathlib import Path

import cv2
import numpy as np

from personalize.errors import DatasetError
from personalize.storage.arrays import read_arrays
from personalize.storage.atomic import atomic_write
from personalize.types import Floats, Frame, Mask, Whole

SHARD = 1000
"""Pictures per folder, and per file of joints."""

_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 3)


def picture_path(root: Path, kind: str, index: int) -> Path:
    """Return the path of the picture, or of the part labels, of a person.

    Parameters
    ----------
    root : Path
        A folder of rendered people.
    kind : {"people", "parts"}
    index : int
        Of the picture.

    Returns
    -------
    Path
    """
    return root / kind / f"{index // SHARD:03d}" / f"{index:06d}.png"


def joints_path(root: Path, shard: int) -> Path:
    """Return the path of the joints of a shard."""
    return root / "joints" / f"{shard:03d}.npz"


def finished_people(root: Path) -> set[int]:
    """Return the indices of the finished pictures of a folder."""
    done = set()
    for path in sorted((root / "joints").glob("*.npz")):
        done.update(read_joints(path)[0].tolist())
    return done


def read_joints(path: Path) -> tuple[Whole, Floats, Mask]:
    """Return the indices (N,), joints (N, 13, 2) and visibilities (N, 13) of a shard."""
    remedy = "remove it, and its people are rendered again"
    indices, xy, visible = read_arrays(
        path, ["index", "xy", "visible"], kind=DatasetError, remedy=remedy
    )
    count = indices.size
    if indices.ndim != 1 or xy.shape != (count, 13, 2) or visible.shape != (count, 13):
        raise DatasetError(f"{path}: its arrays do not fit each other; {remedy}")
    return indices.astype(int), xy, visible.astype(bool)


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes to a file, whole or not at all."""
    with atomic_write(path) as unfinished:
        unfinished.write_bytes(content)


def write_picture(path: Path, picture: Frame) -> None:
    """Write a picture in OpenCV's order of colours, in the format of the path's suffix."""
    options = _PNG if path.suffix == ".png" else ()
    write_whole(path, cv2.imencode(path.suffix, picture, options)[1].tobytes())


def write_joints(root: Path, shards: dict[int, dict[int, tuple[Floats, Mask]]]) -> None:
    """Add joints to the files of their shards, and empty `shards`.

    Parameters
    ----------
    root : Path
    shards : dict of int to dict
        Number of a shard -> index of a picture -> (joints (13, 2), visible (13,)).
    """
    for shard, found in shards.items():
        path = joints_path(root, shard)
        if path.exists():
            indices, xy, visible = read_joints(path)
            found = {**dict(zip(indices.tolist(), zip(xy, visible))), **found}
        order = sorted(found)
        with atomic_write(path) as unfinished:
            np.savez(
                unfinished,
                index=np.array(order),
                xy=np.stack([found[i][0] for i in order]),
                visible=np.stack([found[i][1] for i in order]),
            )
    shards.clear()
