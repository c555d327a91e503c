"""Parse frames into parts, a silhouette and joints (Charles et al., BMVC 2017, section 4.4).

Source frames in, one record a frame out. Maps are enlarged as probabilities, not
as labels, so that the outlines of parts are smoother than the cells.
"""

from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from personalize.joints import locate_joints
from personalize.predict import predict_parts

PERSON_FROM = 0.5
"""Probability from which a pixel belongs to the silhouette."""


@dataclass(frozen=True, eq=False)
class ParsedFrame:
    """What the network says of one frame.

    Attributes
    ----------
    person : (h, w) float32 array
        Probability of the person, in cells of the canvas.
    parts : (32, h, w) float32 array
        Probabilities of background and parts.
    xy : (J, 2) float array
        Joints in the order of `parts.JOINTS`, (x, y) in pixels of the source
        frame; NaN where there is no estimate.
    confidence : (J,) float array
    found : (J,) bool array
        Whether the joint's part wins a cell.
    """

    person: np.ndarray
    parts: np.ndarray
    xy: np.ndarray
    confidence: np.ndarray
    found: np.ndarray

    def silhouette(self, framing):
        """Return the (height, width) bool mask of the person in the source frame."""
        return framing.restore(self.person) >= PERSON_FROM

    def part_labels(self, framing):
        """Return the (height, width) uint8 part labels of the source frame."""
        enlarged = np.stack(
            [cv2.resize(part, (framing.cols, framing.rows)) for part in self.parts]
        )
        return framing.restore_labels(enlarged.argmax(axis=0).astype(np.uint8))


def parse_frames(network, frames, framing, *, joints, batch=4):
    """Parse frames as they come; only `batch` of them are held at a time.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode.
    frames : iterable of (height, width, 3) uint8 arrays
        RGB.
    framing : Framing
        How they lie on the canvas.
    joints : JointSettings
    batch : int

    Yields
    ------
    (height, width, 3) uint8 array, ParsedFrame
        Every frame with its parsing.
    """
    frames = iter(frames)
    while together := list(islice(frames, batch)):
        canvases = np.stack([framing.apply(frame) for frame in together])
        for frame, person, parts in zip(together, *predict_parts(network, canvases)):
            estimate = locate_joints(parts, person, settings=joints)
            xy = framing.cells_to_source(estimate.xy)
            yield frame, ParsedFrame(person, parts, xy, estimate.confidence, estimate.found)
