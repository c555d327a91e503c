"""Read a finished run folder into arrays."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from personalize import parts
from personalize.errors import WorkspaceError, in_a_sentence
from personalize.imaging.framing import CELL
from personalize.media.images import read_image, read_mask
from personalize.storage.atomic import open_table
from personalize.storage.layout import (
    FRAMES,
    JOINTS,
    MANIFEST,
    PARSED,
    PARTS,
    PERSON,
    SILHOUETTES,
    arrays_of,
    picture,
)
from personalize.storage.manifest import network_kept, read_manifest

JOINT_NAMES = tuple(parts.JOINTS)
_DAMAGE = (OSError, EOFError, LookupError, TypeError, ValueError, BadZipFile, csv.Error)


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """The results of `run` or `parse` for a video of T frames.

    Attributes
    ----------
    root : Path
        The run folder.
    manifest : dict
        Settings, input and versions of the run.

    Examples
    --------
    The right wrist of every frame, and how much of each frame the person covers::

        done = personalize.read_run("out")
        wrist = done.xy[:, done.joint_names.index("right_wrist")]  # (T, 2), NaN: not found
        areas = [silhouette.mean() for silhouette in done.silhouettes()]
    """

    root: Path
    manifest: dict[str, Any]

    joint_names = JOINT_NAMES

    def __len__(self) -> int:
        """Return the number of frames."""
        return int(self.manifest["source"]["frames"])

    @property
    def name(self) -> str:
        """Name of the video file, or of the folder of frames."""
        return str(self.manifest["source"]["name"])

    @property
    def path(self) -> str | None:
        """Path of the video when it was parsed; None if that is not known."""
        path = self.manifest.get("notes", {}).get("path")
        return path if isinstance(path, str) else None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of every frame."""
        source = self.manifest["source"]
        return int(source["height"]), int(source["width"])

    @property
    def fps(self) -> Fraction:
        """Mean frames per second, as an exact fraction such as 30000/1001."""
        return Fraction(str(self.manifest["stages"]["parse"]["settings"]["fps"]))

    @property
    def numbers(self) -> range:
        """Numbers of the frames in the video; pictures are named by them."""
        first = int(self.manifest["source"].get("first", 0))
        return range(first, first + len(self))

    @property
    def times(self) -> NDArray[np.float64]:
        """(T,) seconds from the first frame of the video."""
        return self._frames["time"]

    @property
    def areas(self) -> NDArray[np.float64]:
        """(T,) share of each frame that the silhouette covers."""
        return self._frames["area"]

    @property
    def frame_names(self) -> list[str]:
        """Names of the files of the T frames; "" in a video file."""
        return [str(name) for name in self._frames["name"]]

    @property
    def seen(self) -> list[str]:
        """Whether the person is in view in each of T frames: "yes", "no" or "doubt"."""
        return [str(word) for word in self._frames["seen"]]

    @property
    def in_view(self) -> NDArray[np.bool_]:
        """(T,) whether a frame shows the person; all exports use this.

        A frame in doubt counts if it has a silhouette.
        """
        in_view: NDArray[np.bool_] = (self._frames["seen"] != "no") & (self.areas > 0)
        return in_view

    @property
    def cells(self) -> NDArray[np.float64]:
        """(T,) side of a cell of the network, in pixels of each frame."""
        if "track" in self.manifest["stages"]:  # the crop follows the person
            scale = self._track["scale"]
            scales = scale if len(scale) > 1 else np.broadcast_to(scale, len(self))
        else:  # whole frames, as large as the canvas
            canvas = self.manifest["stages"]["parse"]["settings"]["track"]
            whole = np.sqrt(canvas["rows"] * canvas["cols"] / np.prod(self.size))
            scales = np.broadcast_to(whole, len(self))
        cells: NDArray[np.float64] = CELL / scales
        return cells

    @property
    def kept(self) -> str:
        """Which network parsed the video: "personal" or "generic"."""
        return str(network_kept(self.manifest))

    @property
    def person(self) -> Path:
        """Path of the person file, which exists if a person was learned."""
        return self.root / PERSON

    @property
    def joints_csv(self) -> Path:
        """Path of the table of joints, for pandas."""
        return self.root / JOINTS

    @property
    def xy(self) -> NDArray[np.float64]:
        """(T, 13, 2) joints in the order of `joint_names`, (x, y) in pixels; NaN: not found."""
        return self._joints()[..., :2]

    @property
    def confidence(self) -> NDArray[np.float64]:
        """(T, 13) confidence of the joints, from 0 to 1."""
        return self._joints()[..., 2]

    def silhouettes(self) -> Iterator[NDArray[np.bool_]]:
        """Yield the (H, W) silhouette of every frame."""
        for number in self.numbers:
            yield self.silhouette(number)

    def silhouette(self, number: int) -> NDArray[np.bool_]:
        """Return the (H, W) silhouette of the frame with a number."""
        return read_mask(self.root / SILHOUETTES / picture(number))

    def parts(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the (H, W) labels of the parts of every frame, as in `parts.NAMES`."""
        for number in self.numbers:
            yield self.part_labels(number)

    def part_labels(self, number: int) -> NDArray[np.uint8]:
        """Return the (H, W) labels of the parts of the frame with a number."""
        return read_image(self.root / PARTS / picture(number), colour=False)

    @cached_property
    def _frames(self) -> dict[str, NDArray[Any]]:
        """The columns of the table of frames, (T,) each."""
        path = self.root / FRAMES
        with _named(path), open_table(path) as file:
            rows = list(csv.DictReader(file))
            if len(rows) != len(self):
                raise ValueError(f"{len(rows)} rows of {len(self)}")
            kinds = {"frame": int, "time": float, "area": float, "name": str, "seen": str}
            return {
                name: np.array([kind(row[name]) for row in rows]) for name, kind in kinds.items()
            }

    @cached_property
    def _track(self) -> dict[str, NDArray[Any]]:
        """The arrays of the track."""
        path = self.root / arrays_of("track")
        with _named(path), np.load(path, allow_pickle=False) as stored:
            return dict(stored)

    def _joints(self) -> NDArray[np.float64]:
        """(T, 13, 3): x, y and confidence."""
        table = np.full((len(self), len(JOINT_NAMES), 3), np.nan)
        with _named(self.joints_csv), open(self.joints_csv, newline="") as file:
            for row in csv.DictReader(file):
                numbers = [float(row[name] or "nan") for name in ("x", "y", "confidence")]
                table[int(row["frame"]) - self.numbers.start, JOINT_NAMES.index(row["joint"])] = (
                    numbers
                )
        return table


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn the exceptions of reading a damaged table into one sentence."""
    try:
        yield
    except _DAMAGE as error:
        raise WorkspaceError(
            f"{path}: is not as a run leaves it ({in_a_sentence(str(error))}); run it again, that "
            "makes it anew"
        ) from error


def read_seen(root: Path) -> list[str]:
    """Return the column `seen` of the table of frames in a run folder.

    Raises
    ------
    WorkspaceError
        If the table is damaged.
    """
    with _named(root / FRAMES), open_table(root / FRAMES) as file:
        return [row["seen"] for row in csv.DictReader(file)]


def _left(manifest: dict[str, Any]) -> Iterable[str]:
    """Outputs of the stage `parse` in a manifest; all of `PARSED` if it does not list any."""
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
    parsed = manifest["stages"].get("parse") if manifest else None
    if (
        manifest is None
        or not parsed
        or not all((root / name).exists() for name in _left(manifest))
    ):
        raise WorkspaceError(
            f"{root}: there is no finished run here; a run that was stopped goes on when it is "
            "started again"
        )
    if parsed["key"] is None:  # a run with other settings was stopped here
        raise WorkspaceError(f"{root / MANIFEST}: is of a run that was stopped; run it again")
    return FinishedRun(root, manifest)
