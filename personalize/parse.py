"""Parse frames into parts, a silhouette and joints (Charles et al., BMVC 2017, section 4.4).

Source frames in, one record a frame out. Maps are enlarged as probabilities, not
as labels, so that the outlines of parts are smoother than the cells.
"""

from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
import torch

from personalize.joints import locate_joints
from personalize.predict import predict_parts
from personalize.silhouettes import canvas_mask

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
    given : (height, width) bool array or None
        The silhouette in the source frame, where it was given and not predicted.
    """

    person: np.ndarray
    parts: np.ndarray
    xy: np.ndarray
    confidence: np.ndarray
    found: np.ndarray
    given: np.ndarray | None = None

    def silhouette(self, framing):
        """Return the (height, width) bool mask of the person in the source frame."""
        return self.given if self.given is not None else framing.restore(self.person) >= PERSON_FROM

    def part_labels(self, framing):
        """Return the (height, width) uint8 part labels of the source frame."""
        enlarged = np.stack(
            [cv2.resize(part, (framing.cols, framing.rows)) for part in self.parts]
        )
        return framing.restore_labels(enlarged.argmax(axis=0).astype(np.uint8))


def parse_frames(network, frames, framing, *, joints, silhouettes=None, batch=4):
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
    silhouettes : GivenSilhouettes, optional
        Of some of the frames, numbered from 0; they are injected.
    batch : int

    Yields
    ------
    (height, width, 3) uint8 array, ParsedFrame
        Every frame with its parsing.
    """
    frames, start = iter(frames), 0
    while together := list(islice(frames, batch)):
        canvases = np.stack([framing.apply(frame) for frame in together])
        numbers = range(start, start + len(together))
        given = [silhouettes.get(number) if silhouettes else None for number in numbers]
        maps = predict_parts(network, canvases, injected(given, framing))
        for frame, known, person, parts in zip(together, given, *maps):
            estimate = locate_joints(parts, person, settings=joints)
            xy = framing.cells_to_source(estimate.xy)
            found = estimate.confidence, estimate.found
            yield frame, ParsedFrame(person, parts, xy, *found, given=known)
        start = numbers.stop


def injected(given, framing):
    """Turn masks of the source, or None, into what the network takes; None if there is none."""
    if all(mask is None for mask in given):
        return None
    return [
        None if mask is None else torch.from_numpy(canvas_mask(mask, framing)) for mask in given
    ]
