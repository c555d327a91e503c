"""Landmarks of the frames of one video, out of a file of any pose estimator: a teacher.

A file may name many videos, or none; give every frame of a video a row, or some by their
numbers; or hold a picture a frame, as COCO does, which is called like the frame of a folder, or by
its number. What does not fit the video is refused here, before anything is computed.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from personalize.datasets.landmarks import Track, read_landmarks
from personalize.datasets.pose_points import BodyPoints
from personalize.errors import DatasetError, NoLandmarksError
from personalize.media.source import Source
from personalize.types import Json, PathLike, Window

IN_PICTURE = 0.5
"""Share of the visible landmarks that must lie in the frames; else they are of another video, or
of one of another size."""
VISIBLE = 0.5
"""Visibility from which a landmark counts for that."""


@dataclass(frozen=True, eq=False)
class VideoLandmarks:
    """What a pose estimator found in some frames of a video.

    Attributes
    ----------
    points : dict of int to BodyPoints
        By the number of the frame, ascending; in pixels of the video.
    """

    points: Mapping[int, BodyPoints]

    def __len__(self) -> int:
        return len(self.points)

    def within(self, window: Window) -> Self:
        """Return those of the frames of a window alone."""
        return type(self)({k: points for k, points in self.points.items() if k in window})

    def of_stretch(self, source: Source) -> Self:
        """Return those of a stretch of the video alone, by the places of its frames."""
        first, count = source.first, source.frame_count
        return type(self)(
            {k - first: points for k, points in self.points.items() if 0 <= k - first < count}
        )

    def describe(self) -> Json:
        """Return what a manifest keeps: of how many frames, and the digest of all numbers."""
        content = hashlib.sha256()
        for number, points in self.points.items():
            content.update(f"{number}\n".encode())
            for values in (points.xy, points.visibility):
                content.update(np.ascontiguousarray(values, np.float64).tobytes())
        return {"frames": len(self), "digest": content.hexdigest()}


def read_video_landmarks(path: PathLike, source: Source, name: str | None = None) -> VideoLandmarks:
    """Read the landmarks of a video.

    Parameters
    ----------
    path : path-like
        As for `landmarks.read_landmarks`.
    source : Source
        The whole video.
    name : str, optional
        What the file may call it, beside its name with and without the ending.

    Returns
    -------
    VideoLandmarks

    Raises
    ------
    DatasetError
        If the file is missing or damaged, has nothing of this video, or landmarks that do not fit
        it in number or size.
    NoLandmarksError
        If none of them is visible in any frame.
    """
    path = Path(path)
    tracks = read_landmarks(path)
    track = _track_of(tracks, source, name)
    rows = _by_row(path, track, source) if track else _by_picture(path, tracks, source)
    found = {number: row.points(place) for number, (row, place) in sorted(rows.items())}
    _check_places(path, found, source)
    return VideoLandmarks(found)


def has_landmarks(path: PathLike, source: Source) -> bool:
    """Whether a file of many videos has landmarks of this one, by its name."""
    tracks = {name: track for name, track in read_landmarks(path).items() if name}
    return _track_of(tracks, source, None) is not None or bool(_pictures(tracks, source))


def _track_of(tracks: Mapping[str, Track], source: Source, name: str | None) -> Track | None:
    """The track with the name of a video, or the only one, if it has no name."""
    called = (name, source.name, Path(source.name).stem, "")
    return next((tracks[known] for known in called if known is not None and known in tracks), None)


def _by_row(path: Path, track: Track, source: Source) -> dict[int, tuple[Track, int]]:
    """The rows of a track by the numbers of their frames."""
    if track.frames is None and len(track) != source.frame_count:
        raise DatasetError(
            f"{path}: {len(track)} rows of landmarks for the {source.frame_count} frames of "
            f"{source.name}; give a row for each, or give their numbers in "
            f"{track.name + '/' if track.name else ''}frames"
        )
    numbers = range(len(track)) if track.frames is None else track.frames.tolist()
    if numbers and not 0 <= min(numbers) <= max(numbers) < source.frame_count:
        raise DatasetError(
            f"{path}: has landmarks of frame {max(numbers) if min(numbers) >= 0 else min(numbers)},"
            f" but {source.name} has frames 0 to {source.frame_count - 1}; they are of another "
            f"video, or not numbered from 0"
        )
    return {number: (track, place) for place, number in enumerate(numbers)}


def _by_picture(
    path: Path, tracks: Mapping[str, Track], source: Source
) -> dict[int, tuple[Track, int]]:
    """Tracks of a picture each by the number of the frame that the picture is."""
    found: dict[int, tuple[Track, int]] = {}
    for track, number in _pictures(tracks, source):
        if number >= source.frame_count or number in found:
            which = f"{number}, and so has {found[number][0].name}" if number in found else number
            raise DatasetError(
                f"{path}: {track.name} has the number of frame {which}; {source.name} has frames 0 "
                f"to {source.frame_count - 1}, one picture each"
            )
        if track.size not in (None, (source.height, source.width)):
            height, width = track.size  # type: ignore[misc]
            raise DatasetError(
                f"{path}: {track.name} is {width}x{height}, but {source.name} is "
                f"{source.width}x{source.height}; find landmarks in the video itself"
            )
        found[number] = track, 0
    if not found:
        names = ", ".join(list(tracks)[:3])
        raise DatasetError(
            f"{path}: has no landmarks of {source.name}; it names {names}"
            f"{' ...' if len(tracks) > 3 else ''}; call them {Path(source.name).stem}"
        )
    return found


def _pictures(tracks: Mapping[str, Track], source: Source) -> list[tuple[Track, int]]:
    """The tracks of one row that are pictures of the frames of a source: by the names of a folder
    of frames, else by the last digits of names that begin like the video's, or with a digit.
    """
    single = {name: track for name, track in tracks.items() if len(track) == 1 and name != ""}
    stems = {name: Path(name).stem for name in single}
    if source.frame_names:
        by_name = {Path(name).stem: number for name, number in source.frame_names.items()}
        return [
            (track, by_name[stems[name]])
            for name, track in single.items()
            if stems[name] in by_name
        ]
    video = re.escape(Path(source.name).stem)
    numbered = re.compile(rf"(?:{video}[^0-9]*|frame[^0-9]*)?([0-9]+)", re.IGNORECASE)
    matches = ((track, numbered.fullmatch(stems[name])) for name, track in single.items())
    return [(track, int(match[1])) for track, match in matches if match]


def _check_places(path: Path, found: Mapping[int, BodyPoints], source: Source) -> None:
    """Raise DatasetError unless most of the visible landmarks lie in the frames."""
    xy = np.concatenate([points.xy[points.visibility >= VISIBLE] for points in found.values()])
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        raise NoLandmarksError(
            f"{path}: has no visible landmark of {source.name}; nothing can be learned from it"
        )
    inside = ((xy >= -0.5) & (xy < (source.width - 0.5, source.height - 0.5))).all(axis=1)
    if inside.mean() < IN_PICTURE:
        raise DatasetError(
            f"{path}: its landmarks lie outside of the {source.width}x{source.height} pixels of "
            f"{source.name}; find landmarks in the video itself, in its size"
        )
