"""Files with the landmarks of any pose estimator: of pictures, or of the frames of videos.

An `.npz` file (numpy.savez) in one of two forms:

- for every NAME an array `NAME/xy` (N, K, 2) in pixels, (0, 0) the centre of the top-left one, and
  `NAME/visibility` (N, K) from 0 to 1; optional `NAME/frames` (N,), the numbers of the frames.
  NAME is a picture, by its stem or as FOLDER/STEM, with N = 1 or without that axis; or a folder of
  pictures, with a row for each in the natural order of their names; or a video, with a row for each
  frame;
- a single pair `xy` (N, K, 2) and `visibility` (N, K), and `names` (N,), the pictures in order;
  without `names`, the rows are those of all pictures, in order.

Or a `.json` file of keypoints in the form of COCO (`images`, `annotations`): of several people in
an image the one with the greatest score is read, or else the largest. Or a folder of OpenPose, a
`.json` file a frame (`landmarks_openpose`). K is 33 (BlazePose), 17 (COCO), 25 (OpenPose) or 133
(COCO-WholeBody); what was not found is NaN, or has a visibility of 0.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import is_zipfile

import numpy as np

from personalize.datasets.landmarks_openpose import read_openpose
from personalize.datasets.pose_points import LAYOUTS, BodyPoints, body_points, stated_layouts
from personalize.errors import DatasetError
from personalize.types import Floats, PathLike, Points, Whole

HIDDEN = 0.25
"""Visibility of a point that COCO marks as labelled, but not visible."""
WHOLE_BODY = ("keypoints", "foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts")
"""Fields of an annotation of COCO-WholeBody, in the order of its 133 points."""
SHARES = 2.0
"""Coordinates that are all below are no pixels, but shares of the sides of the picture."""


@dataclass(frozen=True, eq=False)
class Track:
    """Landmarks of one name: of a picture, of a folder of pictures, or of a video.

    Attributes
    ----------
    name : str
        Empty where a file has none.
    xy : (N, K, 2) float array
        In pixels; NaN where nobody was found.
    visibility : (N, K) float array
    frames : (N,) int array or None
        Of a video, the number of the frame of each row.
    size : (int, int) or None
        Height and width of the picture, if the file has them.
    """

    name: str
    xy: Points
    visibility: Floats
    frames: Whole | None = None
    size: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self.xy)

    def points(self, row: int) -> BodyPoints:
        """Return the BodyPoints of a row."""
        return body_points(self.xy[row], self.visibility[row])


def read_landmarks(path: PathLike) -> dict[str, Track]:
    """Read a file of landmarks, or a folder of OpenPose.

    Parameters
    ----------
    path : path-like
        `.npz`, `.json` or a folder, as above.

    Returns
    -------
    dict of str to Track
        By name, in the order of the file.

    Raises
    ------
    DatasetError
        If the file is missing, damaged or in another form.
    """
    path = Path(path)
    if path.is_dir():
        xy, visibility, frames = read_openpose(path)
        tracks = {"": Track("", xy, visibility, frames)}
    elif not path.is_file():
        raise DatasetError(f"{path}: no such file of landmarks; check --landmarks")
    else:
        tracks = _read_coco(path) if path.suffix.lower() == ".json" else _read_npz(path)
    for track in tracks.values():
        _check(path, track)
    if not tracks:
        raise DatasetError(
            f"{path}: holds no landmarks; they are arrays NAME/xy and NAME/visibility, or COCO "
            f"keypoints"
        )
    return tracks


def _read_npz(path):
    if not is_zipfile(path):
        raise DatasetError(
            f"{path}: not a readable .npz file of landmarks; write it with numpy.savez, or give "
            f"COCO keypoints as .json"
        )
    try:
        with open(path, "rb") as opened, np.load(opened) as file:  # numpy leaves damaged files open
            arrays = {key: file[key] for key in file.files}
    except Exception as error:  # damage shows as any of a dozen kinds
        raise DatasetError(
            f"{path}: not a readable .npz file of landmarks ({error}); write it with numpy.savez, "
            f"or "
            "give COCO keypoints as .json"
        ) from error
    if "xy" in arrays:
        return _named_rows(path, _track(path, arrays, ""), arrays.get("names"))
    names = [key.removesuffix("/xy") for key in arrays if key.endswith("/xy")]
    return {name: _track(path, arrays, name) for name in names}


def _track(path, arrays, name):
    """The Track of a name in the arrays of a file."""
    prefix = f"{name}/" if name else ""
    if f"{prefix}visibility" not in arrays:
        raise DatasetError(
            f"{path}: has {prefix}xy but no {prefix}visibility; write 1 for every point if nothing "
            f"is known"
        )
    xy, visibility = arrays[f"{prefix}xy"], arrays[f"{prefix}visibility"]
    if not all(array.dtype.kind in "fiu" for array in (xy, visibility)):
        raise DatasetError(f"{path}: {prefix}xy and {prefix}visibility must be numbers")
    if xy.ndim == 2:
        xy, visibility = xy[None], visibility[None]
    return Track(name, xy, visibility, arrays.get(f"{prefix}frames"))


def _named_rows(path, track, names):
    """Tracks of one row each, by their names; the track as it is without names."""
    if names is None:
        return {track.name: track}
    names = [str(name) for name in np.atleast_1d(names)]
    if len(names) != len(track) or len(set(names)) != len(names):
        raise DatasetError(
            f"{path}: {len(names)} names, {len(set(names))} of them different, for {len(track)} "
            f"rows of "
            "landmarks; each row needs a name of its own"
        )
    return {
        name: replace(
            track, name=name, xy=track.xy[k : k + 1], visibility=track.visibility[k : k + 1]
        )
        for k, name in enumerate(names)
    }


def _check(path, track):
    """Raise DatasetError unless the arrays of a track go together."""
    where = f"{path}: {track.name or 'xy'}"
    if track.xy.ndim != 3 or track.xy.shape[1] not in LAYOUTS or track.xy.shape[2] != 2:
        raise DatasetError(
            f"{where} has landmarks of shape {track.xy.shape}; expected (N, K, 2), with K "
            f"{stated_layouts()}"
        )
    if track.visibility.shape != track.xy.shape[:2]:
        raise DatasetError(
            f"{where} has visibility of shape {track.visibility.shape} for landmarks of shape "
            f"{track.xy.shape}; "
            f"expected {track.xy.shape[:2]}"
        )
    if track.frames is not None and np.shape(track.frames) != (len(track),):
        raise DatasetError(
            f"{where} has {np.size(track.frames)} frame numbers for {len(track)} rows; each row "
            f"needs one"
        )
    if track.frames is not None and (
        track.frames.dtype.kind not in "iu" or (np.diff(track.frames) <= 0).any()
    ):
        raise DatasetError(
            f"{where} has frame numbers that are not whole and rising; sort its rows by the frame, "
            f"from 0"
        )
    known = track.xy[np.isfinite(track.xy) & (track.visibility > 0)[..., None]]
    if known.size and np.abs(known).max() <= SHARES:
        raise DatasetError(
            f"{where} has coordinates that are shares of the picture; multiply them by its width "
            f"and height"
        )


def _read_coco(path):
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        images = {image["id"]: image for image in content["images"]}
        people = {}
        for person in content["annotations"]:
            people.setdefault(person["image_id"], []).append(person)
        return dict(
            _coco_track(images[number], max(found, key=_standing))
            for number, found in people.items()
        )
    except (ValueError, KeyError, TypeError, OSError, AttributeError) as error:
        raise DatasetError(
            f"{path}: not COCO keypoints ({type(error).__name__}: {error}); expected images with "
            f"id and "
            "file_name, and annotations with image_id and keypoints"
        ) from error


def _standing(person):
    """What chooses among the people of an image: score, then area, then the number of keypoints."""
    area = person.get("area") or np.prod((person.get("bbox") or (0, 0, 0, 0))[2:])
    return person.get("score") or 0, area, person.get("num_keypoints") or 0


def _coco_track(image, person):
    """The name and the Track of an image and its person."""
    found = [
        np.array(person[field], float).reshape(-1, 3) for field in WHOLE_BODY if field in person
    ]
    rows = np.concatenate(found)
    visibility = rows[:, 2]
    if np.isin(visibility, (0, 1, 2)).all() and visibility.max() == 2:
        visibility = np.array([0.0, HIDDEN, 1.0])[visibility.astype(int)]
    size = (image["height"], image["width"]) if "height" in image and "width" in image else None
    xy = np.where(visibility[:, None] > 0, rows[:, :2], np.nan)
    name = image["file_name"].replace("\\", "/")
    return name, Track(name, xy[None], visibility[None], size=size)
