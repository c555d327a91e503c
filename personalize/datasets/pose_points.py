"""The points of a body that pose estimators agree on, whichever of them found them.

BlazePose has 33 points, COCO 17, COCO-WholeBody 133, OpenPose 25: the layout is
recognised by the number of points. Left and right are the person's own in all of them.
"""

from dataclasses import dataclass

import numpy as np

from personalize.types import Floats, Points

SIDES = ("right", "left")

POINTS = (
    "nose",
    *(
        f"{side}_{name}"
        for name in (
            "eye",
            "ear",
            "mouth",
            "shoulder",
            "elbow",
            "wrist",
            "hand",
            "hip",
            "knee",
            "ankle",
            "heel",
            "toe",
        )
        for side in SIDES
    ),
)
"""The points of `BodyPoints`. A mouth is one of its corners, a hand the middle of its knuckles."""

INDEX = {name: k for k, name in enumerate(POINTS)}

_BLAZEPOSE = {
    "nose": (0,),
    "eye": ((5,), (2,)),
    "ear": ((8,), (7,)),
    "mouth": ((10,), (9,)),
    "shoulder": ((12,), (11,)),
    "elbow": ((14,), (13,)),
    "wrist": ((16,), (15,)),
    "hand": ((18, 20), (17, 19)),  # knuckles of the little and of the index finger
    "hip": ((24,), (23,)),
    "knee": ((26,), (25,)),
    "ankle": ((28,), (27,)),
    "heel": ((30,), (29,)),
    "toe": ((32,), (31,)),
}
_COCO = {
    "nose": (0,),
    "eye": ((2,), (1,)),
    "ear": ((4,), (3,)),
    "shoulder": ((6,), (5,)),
    "elbow": ((8,), (7,)),
    "wrist": ((10,), (9,)),
    "hip": ((12,), (11,)),
    "knee": ((14,), (13,)),
    "ankle": ((16,), (15,)),
}
_WHOLE_BODY = {
    **_COCO,
    "mouth": ((71,), (77,)),  # 48 and 54 of the 68 points of a face, which begin at 23
    "hand": (
        (117, 121, 125, 129),
        (96, 100, 104, 108),
    ),  # knuckles of four fingers, from 112 and 91
    "heel": ((22,), (19,)),
    "toe": ((20, 21), (17, 18)),
}
_BODY_25 = {
    "nose": (0,),
    "eye": ((15,), (16,)),
    "ear": ((17,), (18,)),
    "shoulder": ((2,), (5,)),
    "elbow": ((3,), (6,)),
    "wrist": ((4,), (7,)),
    "hip": ((9,), (12,)),
    "knee": ((10,), (13,)),
    "ankle": ((11,), (14,)),
    "heel": ((24,), (21,)),
    "toe": ((22, 23), (19, 20)),
}


def _both_sides(points):
    sided = {
        f"{side}_{name}": where
        for name, pair in points.items()
        if name != "nose"
        for side, where in zip(SIDES, pair)
    }
    return {"nose": points["nose"], **sided}


LAYOUTS = {
    33: _both_sides(_BLAZEPOSE),
    17: _both_sides(_COCO),
    25: _both_sides(_BODY_25),
    133: _both_sides(_WHOLE_BODY),
}
"""Number of landmarks -> name of a point -> the landmarks whose mean it is. BlazePose (Bazarevsky
et al., 2020), COCO keypoints (Lin et al., ECCV 2014), BODY_25 of OpenPose (Cao et al., TPAMI 2019),
COCO-WholeBody (Jin et al., ECCV 2020)."""


@dataclass(frozen=True, eq=False)
class BodyPoints:
    """The points of one person in one picture.

    Attributes
    ----------
    xy : (25, 2) float array
        In the order of `POINTS`: pixels, (0, 0) the centre of the top-left one; NaN where nothing
        is known.
    visibility : (25,) float array
        In [0, 1]; 0 where nothing is known.
    """

    xy: Points
    visibility: Floats

    def __post_init__(self) -> None:
        if self.xy.shape != (len(POINTS), 2) or self.visibility.shape != (len(POINTS),):
            raise ValueError(f"points {self.xy.shape} with visibility {self.visibility.shape}")

    def at(self, name: str, least: float = 0.0) -> Points | None:
        """Return the place (2,) of a point, or None if it is less visible than `least` or not
        known.
        """
        k = INDEX[name]
        known = np.isfinite(self.xy[k]).all() and self.visibility[k] >= max(least, 1e-9)
        return self.xy[k].astype(float) if known else None

    def moved(self, scale: float, left: float = 0, top: float = 0) -> "BodyPoints":
        """Return the points in a crop of the picture that was then resized.

        Parameters
        ----------
        scale : float
            Pixels of the result per pixel of the crop.
        left, top : float
            Where the crop begins, in pixels of the picture.

        Returns
        -------
        BodyPoints
        """
        moved = (self.xy - (left, top) + 0.5) * scale - 0.5
        return BodyPoints(moved, self.visibility)


def body_points(xy: Floats, visibility: Floats) -> BodyPoints:
    """Return the BodyPoints of the landmarks of one person.

    Parameters
    ----------
    xy : (K, 2) float array
        K is 33, 17, 25 or 133.
    visibility : (K,) float array
        In [0, 1]; a point that is the mean of several landmarks is as visible as the least of them.

    Returns
    -------
    BodyPoints

    Raises
    ------
    ValueError
        If there is no layout of so many landmarks.
    """
    if len(xy) not in LAYOUTS:
        raise ValueError(f"no layout of {len(xy)} landmarks is known; there are {stated_layouts()}")
    visibility = np.where(np.isfinite(xy).all(axis=1), np.nan_to_num(visibility), 0.0)
    points, seen = np.full((len(POINTS), 2), np.nan), np.zeros(len(POINTS))
    for name, where in LAYOUTS[len(xy)].items():
        points[INDEX[name]] = xy[list(where)].mean(axis=0)
        seen[INDEX[name]] = visibility[list(where)].min()
    return BodyPoints(points, seen)


def stated_layouts() -> str:
    """Return the layouts that are known, in words."""
    return "33 (BlazePose), 17 (COCO), 25 (OpenPose) and 133 (COCO-WholeBody)"
