"""Read the contents of a report from a run folder.

Tables and small images in, one record out. Curves are held in memory, a few kilobytes a minute
of video; images are read one at a time.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from personalize import parts
from personalize.errors import WorkspaceError
from personalize.media.clip import spread_frames
from personalize.media.images import read_image
from personalize.storage.arrays import read_arrays
from personalize.storage.layout import FRAMES, JOINTS, NUMBERS, SILHOUETTES, TEXT, picture
from personalize.storage.manifest import network_kept
from personalize.types import Array, Json, Labels, PathLike, Window

UPPER_BODY = {name: j for j, name in enumerate(parts.UPPER_BODY_JOINTS)}
SAME = 0.99  # overlap from which two silhouettes look alike
FIGURES = 10  # silhouettes drawn in a row
ROWS = 120  # height to which a silhouette is scaled before its outline is taken
PRECISION = 0.6  # greatest error of an outline, in these rows


@dataclass(frozen=True, eq=False)
class Comparison:
    """The generic and the personal network compared in the window.

    Where nothing was learned, there are only pictures.

    Attributes
    ----------
    folder : Path
        Folder of the pictures.
    frames : (N,) int array
        Numbers of the frames with pictures, in the order of time.
    overlap : (W,) float array
        Intersection over union of the two silhouettes.
    certainty : (W,) float array
        Certainty of the generic network.
    """

    folder: Path
    frames: Array
    overlap: Array
    certainty: Array


@dataclass(frozen=True, eq=False)
class Findings:
    """The contents of the report of a run of T frames.

    Attributes
    ----------
    manifest : dict
    times : (T,) float array
        Seconds.
    area : (T,) float array
        Share of the frame that the silhouette covers.
    certainty : (T,) float array
        Certainty of the network that parsed the video.
    xy : (T, 7, 2) float32 array
        Joints of the upper body in pixels; NaN: not found.
    confidence : (T, 7) float32 array
    outlines : list of (int, list of (N, 2) float array)
        Frame number and the outlines of its silhouette, as shares of the frame's height.
    window : Window or None
        The frames that were learned from.
    comparison : Comparison or None
    chosen : dict of int to Path
        Frame number -> picture of the person who is tracked.
    """

    manifest: dict
    times: Array
    area: Array
    certainty: Array
    xy: Array
    confidence: Array
    outlines: list
    window: Window | None
    comparison: Comparison | None
    chosen: dict[int, Path]

    @property
    def first(self) -> int:
        """Number of the first frame in the whole video."""
        return int(self.manifest["source"].get("first", 0))

    @property
    def parsed_by(self) -> str:
        """Name of the network that parsed the video, for its curves."""
        if self.window is None:
            return "network"
        return network_kept(self.manifest)


def gather(root: PathLike, manifest: Json, comparison: PathLike) -> Findings:
    """Read the contents of the report of a run.

    Parameters
    ----------
    root : path-like
        The run folder; all frames must be parsed.
    manifest : dict
    comparison : path-like
        Folder that `write_comparison` wrote; may be missing.

    Returns
    -------
    Findings

    Raises
    ------
    WorkspaceError
        If a table of the run is missing or damaged, or the numbers of its comparison.
    """
    root = Path(root)
    count, first = manifest["source"]["frames"], manifest["source"].get("first", 0)
    try:
        frames = _read_frames(root / FRAMES, count, first)
        xy, confidence = _read_joints(root / JOINTS, count, first)
    except (OSError, ValueError, LookupError, csv.Error) as error:
        raise WorkspaceError(
            f"{root}: {FRAMES} or {JOINTS} is missing or damaged; run again, it is made anew"
        ) from error
    laid = manifest["stages"].get("predict", {}).get("settings")
    times, area, certainty = frames
    return Findings(
        manifest,
        times,
        area,
        certainty,
        xy,
        confidence,
        _read_outlines(root / SILHOUETTES, count, first),
        Window.read(laid["frames"]) if laid else None,
        _read_comparison(Path(comparison)),
        _find_chosen(Path(comparison), count),
    )


def _read_frames(path, count, first):
    """Time, area and certainty of every frame: (3, T)."""
    columns = np.empty((3, count))
    with open(path, newline="", **TEXT) as file:
        lines = csv.reader(file)
        next(lines, None)
        for number, *values in lines:
            columns[:, int(number) - first] = [float(value) for value in values[:3]]
    return columns


def _read_joints(path, count, first):
    """Coordinates and confidences of the joints of the upper body."""
    xy = np.full((count, len(UPPER_BODY), 2), np.nan, np.float32)
    confidence = np.zeros((count, len(UPPER_BODY)), np.float32)
    with open(path, newline="") as file:
        lines = csv.reader(file)
        next(lines, None)
        for number, _, joint, x, y, sure in lines:
            if joint in UPPER_BODY:
                place = int(number) - first, UPPER_BODY[joint]
                confidence[place] = float(sure)
                if x:
                    xy[place] = float(x), float(y)
    return xy, confidence


def _read_outlines(folder, count, first):
    """Outlines of some silhouettes, from the middles of equal stretches of the video."""
    return [
        (number + first, outline(read_image(folder / picture(number + first), colour=False)))
        for number in spread_frames(count, FIGURES)
    ]


def outline(silhouette: Labels) -> list[Array]:
    """Return the outlines of a silhouette (H, W) of 0 and 255: (N, 2) arrays, as shares of H."""
    height, width = silhouette.shape
    size = max(1, round(width * ROWS / height)), ROWS
    half = cv2.resize(silhouette, size, interpolation=cv2.INTER_AREA) >= 128
    small = cv2.copyMakeBorder(half.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    edges, _ = cv2.findContours(small, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    simple = [cv2.approxPolyDP(edge, PRECISION, closed=True)[:, 0] - 1.0 for edge in edges]
    return [edge / ROWS for edge in simple if len(edge) > 2]


def _find_chosen(folder, count):
    """Pictures of the person who is tracked, by frame number, in the order of time."""
    named = ((path.name.partition("_")[0], path) for path in folder.glob("*_chosen.jpg"))
    pictures = {int(number): path for number, path in named if number.isdecimal()}
    return {number: pictures[number] for number in sorted(pictures) if number < count}


def _read_comparison(folder):
    if not (folder / NUMBERS).exists():
        return None
    names = ("frames", "overlap", "certainty")
    remedy = "run again, it is made anew"
    numbers = read_arrays(folder / NUMBERS, names, kind=WorkspaceError, remedy=remedy)
    if any(array.ndim != 1 for array in numbers) or not numbers[0].size:
        raise WorkspaceError(f"{folder / NUMBERS}: holds no list of numbers; {remedy}")
    return Comparison(folder, *numbers)
