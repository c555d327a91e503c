"""Arms and legs around landmarks: how far pixels are from them, and which part they would be.

A limb is a chain of segments with radii; along each lie the bands of its parts.
"""

from collections.abc import Sequence

import numpy as np

from personalize import parts
from personalize.datasets.body_frame import BodyFrame
from personalize.datasets.pose_points import BodyPoints
from personalize.datasets.settings import PartGeometry
from personalize.types import Floats, Labels, Mask

SOMEBODY = parts.REGION_LABELS["somebody"]
LABEL = {name: label for label, name in enumerate(parts.NAMES)}
FAR = np.float32(9)  # radii: no limb is so wide


def banded(along: Floats, ends: Sequence[float], labels: Sequence[np.uint8]) -> Labels:
    """Label places along a limb by the bands that they lie in.

    Parameters
    ----------
    along : (N,) float array
        0 at the beginning of the limb, 1 at its end.
    ends : sequence of K float
        Where each band but the last ends, ascending.
    labels : sequence of K + 1 uint8
        Of the bands.

    Returns
    -------
    (N,) uint8 array
    """
    band = sum((along >= np.float32(end)).view(np.uint8) for end in ends)
    return np.array(labels, np.uint8)[band]


class Segment:
    """The line between two points, seen from pixels.

    Parameters
    ----------
    pixels : (2, N) float array
        x and y.
    first, last : (2,) float array
        The points.

    Attributes
    ----------
    along : (N,) float32 array
        0 at the first point, 1 at the second.
    away : (N,) float32 array
        Pixels from the line.
    """

    def __init__(self, pixels: Floats, first: Floats, last: Floats) -> None:
        (x, y), (across, down) = pixels, (last - first).astype(np.float32)
        self.length = max(float(np.hypot(across, down)), 1e-3)
        self._right, self._below = x - np.float32(first[0]), y - np.float32(first[1])
        self._line, self._first = (across, down), first
        share = np.float32(1 / self.length**2)
        self.along = self._right * (across * share) + self._below * (down * share)
        nearest = np.clip(self.along, 0, 1)
        self.away = np.sqrt(
            (self._right - nearest * across) ** 2 + (self._below - nearest * down) ** 2
        )

    def is_beside(self, place: Floats) -> Mask:
        """Return which pixels are on the side of the line on which a place (2,) is."""
        across, down = self._line
        right, below = (place - self._first).astype(np.float32)
        return (self._right * down - self._below * across) * (right * down - below * across) > 0


class Limb:
    """An arm or a leg of one side.

    Attributes
    ----------
    side : str
    distance : (N,) float32 array
        From the nearest of its segments, in radii of it; FAR where it is not seen.
    labels : (N,) uint8 array
        Part of the nearest.
    """

    def __init__(self, pixels: Floats, side: str) -> None:
        self.side = side
        self.distance = np.full(pixels.shape[1], FAR, np.float32)
        self.labels = np.full(pixels.shape[1], SOMEBODY, np.uint8)

    def add(self, segment: Segment, radius: float, labels: Labels | np.uint8) -> Mask:
        """Add a segment: pixels that are nearer to it than to those before get its labels.

        Parameters
        ----------
        segment : Segment
        radius : float
            Of the limb around the segment, in pixels; distances are measured in radii.
        labels : (N,) uint8 array or uint8

        Returns
        -------
        (N,) bool array
            The pixels that are nearer.
        """
        distance = segment.away / np.float32(radius)
        nearer = distance < self.distance
        np.copyto(self.distance, distance, where=nearer)
        np.copyto(self.labels, labels, where=nearer)
        return nearer

    def part(self, name: str) -> np.uint8:
        """Return the label of a part of this side, such as "elbow"."""
        return np.uint8(LABEL[self.side[0] + name])


class Leg(Limb):
    """A leg.

    Parameters
    ----------
    pixels : (2, N) float array
        x and y.
    points : BodyPoints
    side : {"right", "left"}
    body : BodyFrame
    settings : PartGeometry

    Attributes
    ----------
    knee : (2,) float array or None
    thigh : Segment or None
        None where hip or knee is not visible.
    """

    def __init__(
        self, pixels: Floats, points: BodyPoints, side: str, body: BodyFrame, settings: PartGeometry
    ) -> None:
        super().__init__(pixels, side)
        hip, knee, ankle, heel, toe = (
            points.at(f"{side}_{name}", settings.visible)
            for name in ("hip", "knee", "ankle", "heel", "toe")
        )
        self.knee, self.thigh = knee, None
        if hip is None or knee is None:
            return
        self.thigh = thigh = Segment(pixels, hip, knee)
        ends = (settings.lower_body_end, settings.upper_leg_end)
        labels = self._bands(thigh, ends, ("lbody", "uleg", "knee"))
        self.add(thigh, settings.thigh * body.unit, labels)
        if ankle is None:
            return
        shin = Segment(pixels, knee, ankle)
        bands = (settings.knee_end, settings.lower_leg_end, settings.ankle_end)
        labels = self._bands(shin, bands, ("knee", "lleg", "ankle", "foot"))
        self.add(shin, settings.shin * body.unit, labels)
        toe = toe if toe is not None else ankle + settings.foot_length * (ankle - knee)
        for start in (ankle, heel if heel is not None else ankle):
            foot = Segment(pixels, start, toe)
            beyond = np.where(shin.along < settings.ankle_end, labels, self.part("foot"))
            low = np.where(shin.away < settings.ankle * body.unit, beyond, self.part("foot"))
            self.add(foot, settings.foot * body.unit, low)

    def _bands(self, segment: Segment, ends: Sequence[float], names: Sequence[str]) -> Labels:
        return banded(segment.along, ends, [self.part(name) for name in names])


class Arm(Limb):
    """An arm.

    Parameters
    ----------
    pixels : (2, N) float array
        x and y.
    points : BodyPoints
    side : {"right", "left"}
    body : BodyFrame
    settings : PartGeometry

    Attributes
    ----------
    core, ring : (N,) bool array
        In front of the trunk: where the arm is, and where it may be.
    is_seen : bool
        Whether the elbow is visible.
    """

    def __init__(
        self, pixels: Floats, points: BodyPoints, side: str, body: BodyFrame, settings: PartGeometry
    ) -> None:
        super().__init__(pixels, side)
        self.core, self.ring = np.zeros((2, pixels.shape[1]), bool)
        shoulder, elbow, wrist, hand = (
            points.at(f"{side}_{name}", settings.visible)
            for name in ("shoulder", "elbow", "wrist", "hand")
        )
        self.is_seen = elbow is not None
        if shoulder is None:  # of a body that is measured both are there
            return
        if elbow is None:  # of an arm that is not seen, a shoulder that is
            if body.near not in (None, side):
                return
            joint = Segment(pixels, shoulder, shoulder)
            self.core |= joint.away < settings.shoulder_disc * body.unit
            self.add(joint, settings.shoulder_disc * body.unit, self.part("shoulder"))
            return
        upper = Segment(pixels, shoulder, elbow)
        bands = (settings.shoulder_bands[0], settings.shoulder_bands[1], settings.upper_arm_end)
        labels = banded(
            upper.along, bands, [np.uint8(SOMEBODY), *map(self.part, ("shoulder", "uarm", "elbow"))]
        )
        self._before(upper, settings.arm_ring, body)
        near_joint = upper.along < settings.shoulder_bands[1]
        self.core |= (upper.away < settings.shoulder_disc * body.unit) & near_joint
        self.add(upper, settings.arm * body.unit, labels)
        if wrist is None:
            return
        lower = Segment(pixels, elbow, wrist)
        half = (1 - settings.lower_arm_end) * max(lower.length, settings.wrist_least * body.unit)
        beyond = (lower.along - 1) * lower.length  # pixels past the wrist
        labels = np.where(lower.along < settings.elbow_end, self.part("elbow"), self.part("larm"))
        labels[beyond > -half] = self.part("wrist")
        labels[beyond > half] = self.part("hand")
        self._before(lower, settings.forearm_ring, body)
        self.add(lower, settings.forearm * body.unit, labels)
        hand = hand if hand is not None else wrist + settings.hand_length * (wrist - elbow)
        palm = Segment(pixels, wrist, hand)
        labels = np.where(palm.along * palm.length > half, np.uint8(self.part("hand")), labels)
        self._before(palm, settings.hand_ring, body)
        self.add(palm, settings.hand * body.unit, labels)

    def _before(self, segment: Segment, ring: tuple[float, float], body: BodyFrame) -> None:
        self.core |= segment.away < ring[0] * body.unit
        self.ring |= segment.away < ring[1] * body.unit
