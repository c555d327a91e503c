"""The keypoints of other programs, as far as landmarks give them.

Eyes, ears and nose are absent, since a face is found as a whole. The toes of a foot are found
as one point, which is written as the big toe. Heels are absent.
"""

from collections.abc import Mapping

import numpy as np

from personalize.exports.landmarks import Landmarks
from personalize.types import Array

_SIDED = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")

COCO_17: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("nose", "left_eye", "right_eye", "left_ear", "right_ear"), ()),
    **{f"{side}_{joint}": (f"{side}_{joint}",) for joint in _SIDED for side in ("left", "right")},
}
"""The keypoints of COCO (Lin et al., ECCV 2014) in order -> the landmarks whose mean each is."""

COCO_LIMBS = (
    *((16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9)),
    *((8, 10), (9, 11), (2, 3), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7)),
)
"""Pairs of keypoints that are connected, counted from 1."""

BODY_25: Mapping[str, tuple[str, ...]] = {
    "Nose": (),
    "Neck": ("right_shoulder", "left_shoulder"),
    **{f"R{joint.title()}": (f"right_{joint}",) for joint in ("shoulder", "elbow", "wrist")},
    **{f"L{joint.title()}": (f"left_{joint}",) for joint in ("shoulder", "elbow", "wrist")},
    "MidHip": ("right_hip", "left_hip"),
    **{f"R{joint.title()}": (f"right_{joint}",) for joint in ("hip", "knee", "ankle")},
    **{f"L{joint.title()}": (f"left_{joint}",) for joint in ("hip", "knee", "ankle")},
    **dict.fromkeys(("REye", "LEye", "REar", "LEar"), ()),
    **{"LBigToe": ("left_toes",), "LSmallToe": (), "LHeel": ()},
    **{"RBigToe": ("right_toes",), "RSmallToe": (), "RHeel": ()},
}
"""The keypoints of OpenPose (Cao et al., TPAMI 2019) in order -> the landmarks whose mean each is.
OpenPose's neck is the middle of the shoulders, not of the part "neck"."""


def arrange(layout: Mapping[str, tuple[str, ...]], landmarks: Landmarks) -> Array:
    """Convert landmarks to the keypoints of a layout.

    Parameters
    ----------
    layout : mapping
        `COCO_17` or `BODY_25`.
    landmarks : Landmarks

    Returns
    -------
    (K, 3) float64 array
        x, y and confidence; 0, 0, 0 for absent keypoints, as in both formats.
    """
    keypoints = np.zeros((len(layout), 3))
    for keypoint, names in zip(keypoints, layout.values()):
        found = np.array([landmarks.at(name) for name in names]).reshape(-1, 3)
        if len(found) and np.isfinite(found).all():
            keypoint[:] = *found[:, :2].mean(axis=0), found[:, 2].min()
    return keypoints
