"""A finished run folder, read back into arrays."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personalize import parts
from personalize.errors import WorkspaceError
from personalize.media.images import read_image, read_mask
from personalize.storage.layout import (
    FRAMES,
    JOINTS,
    PARSED,
    PARTS,
    PERSON,
    SILHOUETTES,
    TEXT,
    picture,
)
from personalize.storage.manifest import network_kept, read_manifest

JOINT_NAMES = tuple(parts.JOINTS)


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """What `run` or `parse` left of a video of T frames.

    Attributes
    ----------
    root : Path
        The run folder.
    manifest : dict
        What was done, and with what.

    Examples
    --------
    The right wrist of every frame, and how much of each frame the person covers::

        done = personalize.read_run("out")
        wrist = done.xy[:, done.joint_names.index("right_wrist")]  # (T, 2), NaN where nobody is
        areas = [silhouette.mean() for silhouette in done.silhouettes()]
    """

    root: Path
    manifest: dict[str, Any]

    joint_names = JOINT_NAMES

    def __len__(self) -> int:
        """Return the number of frames."""
        return int(self.manifest["source"]["frames"])

    @property
    def numbers(self) -> range:
        """The numbers of the frames in the video, by which the pictures are named."""
        first = int(self.manifest["source"].get("first", 0))
        return range(first, first + len(self))

    @property
    def kept(self) -> str:
        """Which network parsed the video: "personal" or "generic"."""
        return str(network_kept(self.manifest))

    @property
    def person(self) -> Path:
        """The file of the person, if one was learned."""
        return self.root / PERSON

    @property
    def joints_csv(self) -> Path:
        """The table of joints, as pandas reads it."""
        return self.root / JOINTS

    @property
    def xy(self) -> NDArray[np.float64]:
        """(T, 13, 2) joints in the order of `joint_names`, (x, y) in pixels; NaN where there is
        none.
        """
        return self._joints()[..., :2]

    @property
    def confidence(self) -> NDArray[np.float64]:
        """(T, 13) confidence of the joints, from 0 to 1."""
        return self._joints()[..., 2]

    @property
    def seen(self) -> list[str]:
        """Whether the person is in view, of each of T frames: "yes", "no" or "doubt"."""
        return read_seen(self.root)

    def silhouettes(self) -> Iterator[NDArray[np.bool_]]:
        """Yield the (H, W) silhouette of every frame."""
        for number in self.numbers:
            yield read_mask(self.root / SILHOUETTES / picture(number))

    def parts(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the (H, W) labels of the parts of every frame, as in `parts.NAMES`."""
        for number in self.numbers:
            yield read_image(self.root / PARTS / picture(number), colour=False)

    def _joints(self) -> NDArray[np.float64]:
        """(T, 13, 3): x, y and confidence."""
        table = np.full((len(self), len(JOINT_NAMES), 3), np.nan)
        with open(self.joints_csv, newline="") as file:
            for row in csv.DictReader(file):
                numbers = [float(row[name] or "nan") for name in ("x", "y", "confidence")]
                table[int(row["frame"]) - self.numbers.start, JOINT_NAMES.index(row["joint"])] = (
                    numbers
                )
        return table


def read_seen(root: Path) -> list[str]:
    """Return the column `seen` of the table of frames in a run folder."""
    with open(root / FRAMES, newline="", **TEXT) as file:  # type: ignore[call-overload]
        return [row["seen"] for row in csv.DictReader(file)]


def _left(manifest: dict[str, Any]) -> Iterable[str]:
    """What the stage `parse` of a manifest left; all of `PARSED` if it is not told."""
    parsed: Iterable[str] = manifest["stages"].get("parse", {}).get("outputs") or PARSED
    return parsed


def read_run(folder: str | Path) -> FinishedRun:
    """Open the folder of a finished `run` or `parse`.

    Raises
    ------
    WorkspaceError
        If there is no finished run in the folder.
    """
    root = Path(folder)
    manifest = read_manifest(root) if root.is_dir() else None
    if manifest is None or not all((root / name).exists() for name in _left(manifest)):
        raise WorkspaceError(f"{root}: there is no finished run here; run it again, it goes on")
    return FinishedRun(root, manifest)
