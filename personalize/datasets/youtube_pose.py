"""YouTube Pose 1.0 (Charles et al., "Personalizing Human Video Pose Estimation", CVPR 2016).

50 videos with 100 labelled frames each; the videos of Table 3 of the paper. Facts that
the readme of the data set does not say, and what follows from them here:

* The frames in `GT_frames` are cropped and scaled already, and `locs` are on them: these
  pixels are the unit of every error that is reported.
* `locs` count from 1, as MATLAB does; points here count from 0.
* `frameids` are not sorted, and count from 1 too: some videos have a frame 1, none a
  frame 0. So the labelled frame k is frame `frameids[k] - 1` of its source video.
* `crop`, `scale` and `origRes` do not always reproduce the size of the jpg, and a video
  fetched today need not have the resolution or the frame rate of the one that was labelled.
  No coordinates are mapped with them: a source video gives the consecutive frames that a
  person is learned from, and the labelled frames are always scored on the jpgs.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from personalize import parts
from personalize.datasets.reading import check_name, choose_names, read_mat
from personalize.errors import DatasetError
from personalize.media.images import read_image
from personalize.types import Frame, PathLike, Points, Whole

MAT_NAME = "YouTube_Pose_dataset.mat"
FRAMES_FOLDER = "GT_frames"
FIELDS = ("videoname", "locs", "frameids", "label_names", "isYouTubePoseSubset")


@dataclass(frozen=True, eq=False)
class LabelledVideo:
    """One video of the data set: N labelled frames in the order of time.

    Attributes
    ----------
    name : str
        Its YouTube id, as the data set spells it.
    frame_ids : (N,) int array
        Numbers of the labelled frames as in their file names: from 1, ascending.
    xy : (N, 7, 2) float array
        (x, y) of `parts.UPPER_BODY_JOINTS` in pixels of the labelled frames, the centre
        of the top-left pixel being (0, 0); sides are the person's own.
    images : tuple of N paths
        The labelled frames.
    in_subset : bool
        Whether the data set counts it to its "YouTube Pose Subset" of five videos.
    """

    name: str
    frame_ids: Whole
    xy: Points
    images: tuple[Path, ...]
    in_subset: bool

    def __len__(self) -> int:
        return len(self.images)

    def read_frame(self, label: int) -> Frame:
        """Read the labelled frame number `label`, an (H, W, 3) uint8 array (RGB)."""
        return read_image(self.images[label])

    @property
    def source_frames(self) -> Whole:
        """(N,) int array: numbers of the labelled frames in the source video, from 0."""
        return self.frame_ids - 1

    def nearest_to_middle(self, frame_count: int) -> int:
        """Find the labelled frame nearest to the middle of the source video.

        The window that a person is learned from lies around it (Charles et al.,
        BMVC 2017, section 4.4). Of two equally near, the earlier.

        Parameters
        ----------
        frame_count : int
            Frames in the source video.

        Returns
        -------
        int
            Index of the label; `source_frames` has its place in the source video.

        Raises
        ------
        DatasetError
            If the source video ends before the first labelled frame.
        """
        if self.source_frames[0] >= frame_count:
            raise DatasetError(
                f"{self.name}: the source video has {frame_count} frames, but the first labelled "
                f"frame is number {self.frame_ids[0]}; fetch the whole video"
            )
        return int(np.argmin(np.abs(self.source_frames - (frame_count - 1) / 2)))


def videos(root: PathLike, names: Iterable[str] | None = None) -> list[LabelledVideo]:
    """Read the labels of YouTube Pose; frames are read later, one at a time.

    Parameters
    ----------
    root : path
        The folder that holds the `.mat` and `GT_frames`, or the `.mat` itself.
    names : sequence of str, optional
        Only these videos, in this order. Frames of others need not be there.

    Returns
    -------
    list of LabelledVideo

    Raises
    ------
    DatasetError
        If the `.mat` is missing, damaged or of another layout, a name is unknown, or
        labelled frames are missing.
    """
    path = find_mat(Path(root))
    records = read_mat(path, "data").ravel()
    absent = [field for field in FIELDS if field not in (records.dtype.names or ())]
    if absent:
        raise DatasetError(f"{path}: 'data' has no field {', '.join(absent)}")
    with _layout_named(path):
        by_name = {str(record["videoname"].item()): record for record in records}
        return [
            _labelled_video(check_name(path, name), by_name[name], path)
            for name in choose_names(by_name, names, path)
        ]


@contextmanager
def _layout_named(path: Path) -> Iterator[None]:
    """Turn the many ways in which nested records can be of another layout into one sentence."""
    try:
        yield
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as error:
        raise DatasetError(
            f"{path}: is not in the layout of YouTube Pose ({error}); get the file again"
        ) from error


def find_mat(root: PathLike) -> Path:
    """Return the path of the labels: `root` itself, or the `.mat` in it."""
    root = Path(root)
    if root.is_file():
        return root
    if not root.is_dir():
        raise DatasetError(f"{root}: no such folder; YouTube Pose is a .mat with {FRAMES_FOLDER}")
    if (root / MAT_NAME).is_file():
        return root / MAT_NAME
    candidates = sorted(root.glob("*.mat"))
    if len(candidates) != 1:
        raise DatasetError(
            f"{root}: looked for the labels of YouTube Pose, found {len(candidates)} .mat files; "
            f"it should hold {MAT_NAME}"
        )
    return candidates[0]


def _labelled_video(name, record, path):
    frame_ids = record["frameids"].ravel().astype(np.int64)
    locs = record["locs"]
    joints = [str(joint.item()) for joint in record["label_names"].ravel()]
    if locs.shape != (2, len(joints), len(frame_ids)) or not len(frame_ids):
        raise DatasetError(
            f"{path}: {name}: {len(frame_ids)} frames and {len(joints)} joints "
            f"do not fit labels of shape {locs.shape}"
        )
    in_time = np.argsort(frame_ids, kind="stable")
    xy = locs.astype(float).transpose(2, 1, 0) - 1.0  # (2, 7, N) from 1 -> (N, 7, 2) from 0
    folder = path.parent / FRAMES_FOLDER / name
    return LabelledVideo(
        name=name,
        frame_ids=frame_ids[in_time],
        xy=xy[in_time][:, _joint_order(joints, name, path)],
        images=_images(folder, frame_ids[in_time]),
        in_subset=bool(record["isYouTubePoseSubset"].item()),
    )


def _joint_order(joints, name, path):
    found = [joint.lower().replace(" ", "_") for joint in joints]
    missing = [joint for joint in parts.UPPER_BODY_JOINTS if joint not in found]
    if missing:
        raise DatasetError(f"{path}: {name}: no labels of {', '.join(missing)}, only of {joints}")
    return [found.index(joint) for joint in parts.UPPER_BODY_JOINTS]


def _images(folder, frame_ids):
    if not folder.is_dir():
        raise DatasetError(f"{folder}: the folder of labelled frames is missing")
    images = tuple(folder / f"frame_{frame_id:06d}.jpg" for frame_id in frame_ids)
    missing = [image.name for image in images if not image.is_file()]
    if missing:
        raise DatasetError(
            f"{folder}: {len(missing)} of {len(images)} labelled frames are missing, "
            f"the first is {missing[0]}"
        )
    return images
