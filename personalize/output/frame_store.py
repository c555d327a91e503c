"""Store the results of a video on disk, frame by frame, so that no frame is parsed twice."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from personalize import parts
from personalize.imaging.track import SEEN
from personalize.media.images import read_image, read_mask, write_image
from personalize.storage.atomic import atomic_write, make_folder
from personalize.storage.layout import PARTS, RECORDS, SILHOUETTES, picture
from personalize.types import Array, Mask

_RECORD = np.dtype(
    [
        ("certainty", "f8"),
        ("xy", "f8", (len(parts.JOINTS), 2)),
        ("confidence", "f8", len(parts.JOINTS)),
        ("seen", "u1"),
        ("pictures", "u4", 2),  # CRC-32 of both files
    ]
)


@dataclass(frozen=True, eq=False)
class FrameResult:
    """The results of one frame.

    Attributes
    ----------
    silhouette : (H, W) bool array
    labels : (H, W) uint8 array
        Parts of the body.
    xy : (J, 2) float64 array
        Joints in pixels; NaN where there is no estimate.
    confidence : (J,) float64 array
    certainty : float
        Certainty of the network, mean over the cells of the canvas.
    seen : {"yes", "no", "doubt"}
        Whether the person is in view.
    """

    silhouette: Array
    labels: Array
    xy: Array
    confidence: Array
    certainty: float
    seen: str = "yes"


def count_kept(folder: Path) -> int:
    """Return the number of records in a folder; pictures of some may be missing or damaged."""
    try:
        return (Path(folder) / RECORDS).stat().st_size // _RECORD.itemsize
    except OSError:
        return 0


class Results:
    """The results of the first frames of a video in a folder, to which more are added.

    A kill at any moment damages no frame that was stored. A frame counts as stored when its
    pictures and its record are written; the record comes last.

    Parameters
    ----------
    folder : path-like
        Holds ``silhouettes/%06d.png`` (0 or 255), ``parts/%06d.png`` (part ids), and the
        records of all frames in one file.
    together : int
        Frames of a batch. Frames of an incomplete batch are dropped when the folder is opened,
        so that batches are the same after a stop.
    first : int
        Number of the first frame; pictures are named by numbers.
    frames : int, optional
        Frames of the video; its last batch may be smaller.
    """

    def __init__(
        self, folder: Path, together: int, *, first: int = 0, frames: int | None = None
    ) -> None:
        self.folder = Path(folder)
        self.first = first
        make_folder(self.folder)
        self._records = self._read_records()
        whole = next(
            (k for k in range(len(self._records)) if not self._is_whole(k)), len(self._records)
        )
        self._records = self._records[: whole if whole == frames else whole - whole % together]
        if self._records.size:
            os.truncate(self.folder / RECORDS, self._records.nbytes)
        else:
            (self.folder / RECORDS).unlink(missing_ok=True)

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[FrameResult]:
        for number in range(len(self)):
            yield self[number]

    def __getitem__(self, number: int) -> FrameResult:
        """Return the result of a frame, counted from 0."""
        silhouette, labels = self._pictures(number)
        record = self._records[number]
        return FrameResult(
            read_mask(silhouette),
            read_image(labels, colour=False),
            record["xy"],
            record["confidence"],
            float(record["certainty"]),
            SEEN[record["seen"]],
        )

    @property
    def last_seen(self) -> Mask | None:
        """The last silhouette that is not empty, (H, W) bool; None if there is none."""
        masks = (read_mask(self._pictures(number)[0]) for number in reversed(range(len(self))))
        return next((mask for mask in masks if mask.any()), None)

    def draw(self, number: int, result: FrameResult) -> None:
        """Write the pictures of a frame before it is added; several threads may do so."""
        silhouette, labels = self._pictures(number)
        write_image(silhouette, result.silhouette)
        write_image(labels, result.labels)

    def add(self, number: int, result: FrameResult) -> None:
        """Add the result of the next frame, whose pictures are written."""
        seen = SEEN.index(result.seen)
        sums = [crc32(path.read_bytes()) for path in self._pictures(number)]
        self._add(np.array((result.certainty, result.xy, result.confidence, seen, sums), _RECORD))

    def copy(self, number: int, other: "Results", there: int) -> None:
        """Add the result of the next frame by copying it from another folder.

        Parameters
        ----------
        number : int
            Number of the frame in this folder.
        other : Results
        there : int
            Number of the frame in `other`.
        """
        for picture_there, path in zip(other._pictures(there), self._pictures(number)):
            with atomic_write(path) as unfinished:
                shutil.copyfile(picture_there, unfinished)
        self._add(other._records[there])

    def _add(self, record):
        with open(self.folder / RECORDS, "ab") as file:
            file.write(record.tobytes())

    def _pictures(self, number):
        name = picture(self.first + number)
        return self.folder / SILHOUETTES / name, self.folder / PARTS / name

    def _read_records(self):
        path = self.folder / RECORDS
        content = path.read_bytes() if path.exists() else b""
        return np.frombuffer(content, _RECORD, count=len(content) // _RECORD.itemsize)

    def _is_whole(self, number):
        """Whether the pictures of a frame are undamaged: a power failure may have lost some."""
        sums = self._records[number]["pictures"]
        return all(
            path.exists() and crc32(path.read_bytes()) == wanted
            for path, wanted in zip(self._pictures(number), sums)
        )
