"""J-HMDB (Jhuang et al., "Towards understanding action recognition", ICCV 2013).

Clips of 15 to 40 frames from films, television and phones. Every frame has joints and a
silhouette, those of a puppet that an annotator fitted to the person. So hidden joints are guessed,
without a mark, and outlines are the puppet's: hair, fingers, loose clothes and objects in the
hands are outside. `pos_img` counts from 1, as MATLAB does; points here count from 0. Left and
right are the person's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from personalize.datasets.reading import choose_names, list_files, read_numbers
from personalize.errors import DatasetError
from personalize.types import Mask, PathLike, Points

VIDEOS, MASKS, JOINTS = "ReCompress_Videos", "puppet_mask", "joint_positions"
MASK_FILE, MASK_VARIABLE = "puppet_mask.mat", "part_mask"
JOINTS_FILE, JOINTS_VARIABLE = "joint_positions.mat", "pos_img"

PUPPET_JOINTS = (
    *("neck", "belly", "head", "right_shoulder", "left_shoulder", "right_hip", "left_hip"),
    *("right_elbow", "left_elbow", "right_knee", "left_knee"),
    *("right_wrist", "left_wrist", "right_ankle", "left_ankle"),
)
"""Its 15 joints in the order of `pos_img`; its "face" is the head of `parts.JOINTS`."""


@dataclass(frozen=True)
class LabelledClip:
    """One clip of one person, labelled in every frame.

    Attributes
    ----------
    name : str
        Name of its video file, without the extension.
    action : str
        Name of its folder.
    path, masks, joints : Path
        The video, and the two files of labels.
    """

    name: str
    action: str
    path: Path
    masks: Path
    joints: Path

    def read_joints(self, names: Sequence[str]) -> Points:
        """Read joints of every frame.

        Parameters
        ----------
        names : sequence of str
            Of `PUPPET_JOINTS`.

        Returns
        -------
        (T, J, 2) float array
            (x, y) in pixels of the frame, (0, 0) the centre of the top-left pixel.

        Raises
        ------
        DatasetError
            If the file is damaged or of another layout.
        """
        positions = read_numbers(self.joints, JOINTS_VARIABLE, 3)
        if positions.shape[:2] != (2, len(PUPPET_JOINTS)):
            raise DatasetError(
                f"{self.joints}: '{JOINTS_VARIABLE}' of shape {positions.shape}; expected "
                f"(2, {len(PUPPET_JOINTS)}, frames)"
            )
        chosen = [PUPPET_JOINTS.index(name) for name in names]
        return positions.astype(float).transpose(2, 1, 0)[:, chosen] - 1.0  # from 1 -> from 0

    def read_masks(self) -> Mask:
        """Read the silhouette of every frame, a (T, height, width) bool array.

        Raises
        ------
        DatasetError
            If the file is damaged or of another layout, or a frame has no silhouette.
        """
        masks = read_numbers(self.masks, MASK_VARIABLE, 3)  # (height, width, T)
        masks = np.ascontiguousarray(masks.transpose(2, 0, 1) > 0)
        empty = np.flatnonzero(~masks.any(axis=(1, 2)))
        if empty.size:
            raise DatasetError(f"{self.masks}: frame {empty[0]} has no silhouette")
        return masks


def clips(root: PathLike, names: Sequence[str] | None = None) -> list[LabelledClip]:
    """List the labelled clips of J-HMDB; a data set need not have all of its actions.

    Parameters
    ----------
    root : path
        The folder that holds `ReCompress_Videos`, `puppet_mask` and `joint_positions`.
    names : sequence of str, optional
        Only these clips, in this order.

    Returns
    -------
    list of LabelledClip
        In the order of their actions and names, or in that of `names`.

    Raises
    ------
    DatasetError
        If a folder is missing or empty, a name unknown, or a clip has no labels.
    """
    videos = Path(root) / VIDEOS
    if not videos.is_dir():
        raise DatasetError(
            f"{videos}: no such folder; the layout of J-HMDB is {VIDEOS}/ACTION/CLIP.avi, "
            f"{MASKS}/ACTION/CLIP/{MASK_FILE} and {JOINTS}/ACTION/CLIP/{JOINTS_FILE}"
        )
    actions = sorted(folder for folder in videos.iterdir() if folder.is_dir())
    paths = {path.stem: path for action in actions for path in list_files(action, (".avi",))}
    if not paths:
        raise DatasetError(f"{videos}: there are no clips")
    return [_labelled_clip(Path(root), paths[name]) for name in choose_names(paths, names, videos)]


def _labelled_clip(root, path):
    place = Path(path.parent.name, path.stem)
    masks, joints = root / MASKS / place / MASK_FILE, root / JOINTS / place / JOINTS_FILE
    for labels in (masks, joints):
        if not labels.is_file():
            raise DatasetError(f"{labels}: missing, though {path} is there")
    return LabelledClip(path.stem, path.parent.name, path, masks, joints)
