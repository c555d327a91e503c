"""Body coordinates of every vertex: along which limb, how high, on which side.

Part labels and clothes are both bounded in these coordinates, so that a sleeve or a part
ends at the same place on every body.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from personalize.synthesis.skeleton import Skeleton
from personalize.types import Floats, Mask

_ARM = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
_LEG = ("upperleg", "lowerleg", "foot", "toe")
_TRUNK = ("root", "pelvis", "spine", "breast", "clavicle", "shoulder")
_NECK = ("neck",)


@dataclass(frozen=True, eq=False)
class Chart:
    """Coordinates of V vertices in the rest pose.

    Attributes
    ----------
    region : (V,) str array
        "arm", "leg", "trunk", "neck" or "head", by the bone that moves the vertex most.
    left : (V,) bool array
        On the person's left.
    along : (V,) float array
        On arms: 0 shoulder, 1 elbow, 2 wrist, continued in forearm lengths. On legs:
        0 hip, 1 knee, 2 ankle, continued in shin lengths. Elsewhere: 0 at the height of
        the hips, 1 at the base of the neck.
    aside : (V,) float array
        Distance from the middle of the body; the shoulder joint is at 1.
    front : (V,) float array
        Metres in front of the neck; negative behind it.
    eye_level : (V,) float array
        Metres above the eyes.
    """

    region: NDArray[np.str_]
    left: Mask
    along: Floats
    aside: Floats
    front: Floats
    eye_level: Floats


def chart_body(
    vertices: Floats, heads: Floats, skeleton: Skeleton, region: NDArray[np.str_]
) -> Chart:
    """Compute the chart of a body in the rest pose.

    Parameters
    ----------
    vertices : (V, 3) float array
    heads : (B, 3) float array
        Where the bones begin.
    skeleton : Skeleton
    region : (V,) str array
        From `name_regions`; the same for every shape.

    Returns
    -------
    Chart
    """
    left = vertices[:, 0] > 0
    at = {name: heads[skeleton.index(*name)] for name in _LANDMARKS}
    hips = (at["upperleg01", "right"] + at["upperleg01", "left"])[1] / 2
    neck = at["neck01",]
    along = (vertices[:, 1] - hips) / (neck[1] - hips)
    for side, on_side in (("left", left), ("right", ~left)):
        for limb, ends in (
            ("arm", ("upperarm01", "lowerarm01", "wrist")),
            ("leg", ("upperleg01", "lowerleg01", "foot")),
        ):
            chosen = (region == limb) & on_side
            joints = [at[name, side] for name in ends]
            along[chosen] = _along_limb(vertices[chosen], *joints)
    return Chart(
        region=region,
        left=left,
        along=along,
        aside=np.abs(vertices[:, 0]) / at["upperarm01", "left"][0],
        front=vertices[:, 2] - neck[2],
        eye_level=vertices[:, 1] - at["eye", "left"][1],
    )


_LANDMARKS = [("neck01",), ("eye", "left")] + [
    (name, side)
    for name in ("upperleg01", "lowerleg01", "foot", "upperarm01", "lowerarm01", "wrist")
    for side in ("right", "left")
]


def name_regions(skeleton: Skeleton, weights: sparse.csr_array) -> NDArray[np.str_]:
    """Name the region of every vertex, as in `Chart`, by the (V, B) sparse weights of its bones."""
    names = np.array(skeleton.names)[np.asarray(weights.argmax(axis=1)).ravel()]
    region = np.full(len(names), "head", dtype="<U5")  # bones of the face too
    for word, prefixes in (("arm", _ARM), ("leg", _LEG), ("trunk", _TRUNK), ("neck", _NECK)):
        region[np.char.startswith(names[:, None], np.array(prefixes)).any(axis=1)] = word
    return region


def _along_limb(points, first, middle, last):
    """Coordinate along a limb: 0, 1 and 2 at its joints, extrapolated beyond them."""
    upper, lower = middle - first, last - middle
    on_upper = (points - first) @ upper / (upper @ upper)
    on_lower = (points - middle) @ lower / (lower @ lower)
    bisector = upper / np.linalg.norm(upper) + lower / np.linalg.norm(lower)
    beyond = (points - middle) @ bisector > 0
    return np.where(beyond, 1 + np.maximum(on_lower, 0), np.minimum(on_upper, 1))
