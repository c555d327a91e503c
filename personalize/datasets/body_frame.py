"""How large a body is in a picture, where it looks, and where its trunk and its head are.

The points of a person in, a `BodyFrame` out, with the units of all measures of limbs. A person is
seen from behind where shoulders and hips agree that their right side is on the right of their spine
in the picture.
"""

import math
from dataclasses import dataclass

import numpy as np

from personalize.datasets.pose_points import POINTS, SIDES, BodyPoints
from personalize.datasets.settings import PartGeometry
from personalize.types import Floats


@dataclass(frozen=True, eq=False)
class BodyFrame:
    """Measures of one body; vectors (2,) are in pixels of the picture, units about a shoulder
    width.

    Attributes
    ----------
    unit : float
        Pixels.
    shoulders, hips : (2,) float array
        The middles of both.
    half_widths : (float, float)
        Half the distances of the shoulders and of the hips, in pixels.
    hips_seen : bool
        Whether they were; else they are where they should be.
    aside : (2,) float array
        Unit vector across the trunk, to the left of a picture in which the person is upright.
    away : bool
        Whether the person is seen from behind.
    midline : float
        How far along `aside`, in pixels, the line that parts right from left is from the trunk's
        axis; infinite where all of the trunk that is seen is of one side.
    doubt : float
        How far from that line, in pixels, sides are not known: nothing shows where the person
        looks.
    near : str or None
        The side of the body that hides the other, in a view from the side.
    """

    unit: float
    shoulders: Floats
    hips: Floats
    half_widths: tuple[float, float]
    hips_seen: bool
    aside: Floats
    away: bool
    midline: float
    doubt: float
    near: str | None

    @property
    def down(self) -> Floats:
        """Unit vector from shoulders to hips."""
        return normalise(self.hips - self.shoulders)

    @property
    def trunk(self) -> np.float64:
        """Distance from shoulders to hips, in pixels."""
        return length(self.hips - self.shoulders)


def length(vector: Floats) -> np.float64:
    """Return the length of a vector (2,)."""
    return np.float64(np.linalg.norm(vector))


def normalise(vector: Floats) -> Floats:
    """Return a vector (2,) of length 1, or as it is if it has none."""
    own = length(vector)
    return vector / own if own else vector


def across(up: Floats) -> Floats:
    """Return the vector to the left of `up`, as a viewer sees it: a facing person's right."""
    return np.array([up[1], -up[0]])


def middle(points: BodyPoints, name: str, least: float) -> Floats | None:
    """Return the middle between the two points of a name, right and left.

    Parameters
    ----------
    points : BodyPoints
    name : str
        Such as "shoulder".
    least : float
        Visibility from which a point counts.

    Returns
    -------
    (2,) float array or None
        The only point that is visible, if it is one; None if it is none.
    """
    both = (points.at(f"{side}_{name}", least) for side in ("right", "left"))
    found = [place for place in both if place is not None]
    return np.mean(found, axis=0) if found else None


def pair(points: BodyPoints, name: str, least: float) -> tuple[Floats, Floats] | None:
    """Return the right and the left point of a name.

    Parameters
    ----------
    points : BodyPoints
    name : str
        Such as "shoulder".
    least : float
        Visibility from which a point counts.

    Returns
    -------
    right, left : (2,) float array
        Or None unless both are visible.
    """
    right, left = (points.at(f"{side}_{name}", least) for side in ("right", "left"))
    return None if right is None or left is None else (right, left)


def measure_body(
    points: BodyPoints, *, settings: PartGeometry = PartGeometry()
) -> BodyFrame | None:
    """Measure a body by its points.

    Parameters
    ----------
    points : BodyPoints
    settings : PartGeometry

    Returns
    -------
    BodyFrame or None
        None unless both shoulders are seen, and a head or hips with them.
    """
    shoulders = pair(points, "shoulder", settings.visible)
    ears = middle(points, "ear", settings.visible)
    head = ears if ears is not None else points.at("nose", settings.visible)
    hips = pair(points, "hip", settings.visible)
    if shoulders is None or (head is None and hips is None):
        return None
    centre = np.mean(shoulders, axis=0)
    width = length(shoulders[0] - shoulders[1])
    trunk = settings.unit_of_trunk * length(centre - np.mean(hips, axis=0)) if hips else 0.0
    per_neck = settings.unit_of_nose if ears is None else settings.unit_of_neck
    neck = per_neck * length(centre - head) if head is not None else 0.0
    unit = max(width, np.float64(trunk), np.float64(neck), np.float64(1))
    below = np.mean(hips, axis=0) if hips else _hips_below(shoulders, head, unit, settings)
    aside = across(normalise(centre - below))
    hip_width = length(hips[0] - hips[1]) if hips else width * 0.6
    frontal = (shoulders[0] - shoulders[1]) @ aside / unit
    away = frontal < -settings.turned and (hips is None or (hips[0] - hips[1]) @ aside < 0)
    looks = _looks_aside(points, centre, aside, unit, settings)
    edge_on = abs(frontal) < settings.edge_on
    shift = (
        np.inf if edge_on else settings.depth * unit * math.sqrt(max(0.0, float(1 - frontal**2)))
    )
    return BodyFrame(
        unit=unit,
        shoulders=centre,
        hips=below,
        half_widths=(width / 2, hip_width / 2),
        hips_seen=bool(hips),
        aside=aside,
        away=bool(away),
        midline=(-looks if away else looks) * shift if looks else 0.0,
        doubt=shift if not looks and abs(frontal) < settings.facing else 0.0,
        near={1: "left", -1: "right", 0: None}[looks] if abs(frontal) < settings.profile else None,
    )


def _hips_below(shoulders, head, unit, settings):
    """Where hips are that are not seen: straight below the shoulders, away from the head."""
    centre = np.mean(shoulders, axis=0)
    down = normalise(centre - head)
    if length(shoulders[0] - shoulders[1]) > settings.profile * unit:
        straight = across(normalise(shoulders[0] - shoulders[1]))
        down = normalise(down + 2 * straight * np.sign(straight @ down))
    return centre + down * unit / settings.unit_of_trunk


def _looks_aside(points, shoulders, aside, unit, settings):
    """Return 1 if a person looks along `aside`, -1 if against it, 0 if neither.

    The nose is before the ears, and the head before the shoulders; knees and forearms bend
    forwards, and toes are before heels.
    """
    found = {name: points.at(name, settings.visible) for name in POINTS}
    ears = middle(points, "ear", settings.visible)
    pairs = [(found["nose"], shoulders, 0.5), (found["nose"], ears, 0.25)]
    for side in SIDES:
        shoulder, elbow, wrist, hip, knee, heel, toe = (
            found[f"{side}_{name}"]
            for name in ("shoulder", "elbow", "wrist", "hip", "knee", "heel", "toe")
        )
        pairs += [(knee, hip, 1.0), (toe, heel, 0.5)]
        if elbow is not None and shoulder is not None:
            pairs.append((wrist, (elbow + shoulder) / 2, 1.6))
    ahead = [
        (front - back) @ aside / (far * unit)
        for front, back, far in pairs
        if front is not None and back is not None
    ]
    evidence = sum(ahead)
    return int(np.sign(evidence)) if abs(evidence) >= settings.sideways else 0


def lacks(points: BodyPoints, *, settings: PartGeometry = PartGeometry()) -> str | None:
    """Return in words what is missing for labels of parts; None if nothing is.

    Nose and shoulders are enough; from behind, shoulders and hips that agree on the sides.
    """
    body = measure_body(points, settings=settings)
    if body is None or pair(points, "shoulder", settings.sure) is None:
        return "the shoulders are not sure"
    if points.at("nose", settings.sure) is not None:
        return None
    if body.away and pair(points, "hip", settings.sure) is not None:
        return None
    return "neither is the nose sure, nor do shoulders and hips agree on a view from behind"
