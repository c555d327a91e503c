"""Where the files of a folder of rendered people are, and how they are written."""

from pathlib import Path

import cv2
import numpy as np

from personalize.errors import DatasetError
from personalize.storage.arrays import read_arrays
from personalize.storage.atomic import atomic_write
from personalize.types import Floats, Frame, Mask, Whole

SHARD = 1000
"""Pictures in a folder, and in a file of joints."""

_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 3)


def picture_path(root: Path, kind: str, index: int) -> Path:
    """Return where the picture or the labels of a person are.

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
    """Where the joints of a shard are."""
    return root / "joints" / f"{shard:03d}.npz"


def finished_people(root: Path) -> set[int]:
    """Indices of the pictures of a folder that are complete, a set of int."""
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
    """Write bytes; the file is whole or absent."""
    with atomic_write(path) as unfinished:
        unfinished.write_bytes(content)


def write_picture(path: Path, picture: Frame) -> None:
    """Write a picture in OpenCV's order of colours; the suffix says how."""
    options = _PNG if path.suffix == ".png" else ()
    write_whole(path, cv2.imencode(path.suffix, picture, options)[1].tobytes())


def write_joints(root: Path, shards: dict[int, dict[int, tuple[Floats, Mask]]]) -> None:
    """Add joints to the files of their shards, and forget them.

    Parameters
    ----------
    root : Path
    shards : dict of int to dict
        For each shard its pictures' index -> (joints (13, 2), visible (13,)); emptied.
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
