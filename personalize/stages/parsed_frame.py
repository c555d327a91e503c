"""The parsing of one frame: maps, joints, the silhouette, and the part labels made of them.

Maps are enlarged as probabilities, not as labels, so that the outlines of parts are smoother than
the cells. Parts end where the silhouette does.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from skimage.segmentation import expand_labels

from personalize.imaging.components import box_around
from personalize.imaging.framing import CELL, Framing
from personalize.media.given_silhouettes import cells_covered
from personalize.parts import BACKGROUND
from personalize.stages.joints import locate_joints, of_nobody
from personalize.stages.settings import JointSettings
from personalize.types import Array, Labels, Mask

MARGIN = 3
"""Cells around a silhouette that its part labels depend on: one for the distance of the nearest
part, one for the interpolation, and one for rounding."""


@dataclass(frozen=True, eq=False)
class ParsedFrame:
    """The parsing of one frame.

    Attributes
    ----------
    person : (h, w) float32 array
        Probability of the person, in cells of the canvas; if a silhouette was given, the share of
        the cell that it covers.
    parts : (32, h, w) float32 array
        Probabilities of background and parts.
    xy : (J, 2) float array
        Joints in the order of `parts.JOINTS`, (x, y) in pixels of the source
        frame; NaN: not found.
    confidence : (J,) float array
    found : (J,) bool array
        Whether the joint's part is the most probable label of any cell.
    silhouette : (height, width) bool array
        The person in the source frame: given, or cut out, or else where the `consensus` of both
        maps, enlarged along edges, is at least `PERSON_FROM`. Unless it was given, it has no
        components far from the person (`components.drop_others`), and is empty if only a speck
        is left.
    framing : Framing
        Position of the frame on the canvas.
    seen : {"yes", "no", "doubt"}
        Whether the person is in view. If "no", the silhouette is empty and no joint has an
        estimate.
    """

    person: Array
    parts: Array
    xy: Array
    confidence: Array
    found: Array
    silhouette: Array
    framing: Framing
    seen: str = "yes"

    def part_labels(self) -> Labels:
        """Return the (height, width) uint8 part labels of the source frame.

        Parts end where the silhouette does. A pixel of the silhouette without a part takes the
        nearest one within a cell.
        """
        rows, cols = self._cells_shown()
        if rows.stop <= rows.start or cols.stop <= cols.start:  # empty, or not on the canvas
            return np.full(self.silhouette.shape, BACKGROUND, np.uint8)
        size = CELL * (cols.stop - cols.start), CELL * (rows.stop - rows.start)
        enlarged = np.stack([cv2.resize(part, size) for part in self.parts[:, rows, cols]])
        near = enlarged.argmax(axis=0).astype(np.uint8)
        labels = np.full((self.framing.rows, self.framing.cols), BACKGROUND, np.uint8)
        shown = (slice(CELL * side.start, CELL * side.stop) for side in (rows, cols))
        labels[tuple(shown)] = expand_labels(near, distance=CELL)
        labels = self.framing.restore_labels(labels)
        return np.where(self.silhouette, labels, np.uint8(BACKGROUND))

    def _cells_shown(self) -> tuple[slice, slice]:
        """Rows and columns of the cells that the part labels depend on: those that the silhouette
        covers, and `MARGIN` around them.
        """
        box = box_around(self.silhouette)
        if not self.silhouette.any():
            return box
        edges = np.array([[side.start for side in box], [side.stop for side in box]])[:, ::-1]
        cells = (self.framing.to_canvas(edges - 0.5) + 0.5) / CELL
        low = np.floor(cells[0]).astype(int) - MARGIN
        high = np.ceil(cells[1]).astype(int) + MARGIN
        most = self.parts.shape[1:]
        rows, cols = (
            slice(max(0, int(first)), min(int(last), size))
            for first, last, size in zip(low[::-1], high[::-1], most)
        )
        return rows, cols


def read_off(
    person: Array, parts: Array, silhouette: Mask, framing: Framing, joints: JointSettings
) -> ParsedFrame:
    """Read the joints from the maps of one frame, and return all of its parsing.

    Parameters
    ----------
    person : (h, w) float array
        Probability of the person, in cells.
    parts : (32, h, w) float array
        Probabilities of background and parts.
    silhouette : (height, width) bool array
        In the source frame.
    framing : Framing
    joints : JointSettings

    Returns
    -------
    ParsedFrame
    """
    if silhouette.any() or not joints.nobody:
        covered = cells_covered(silhouette, framing)
        estimate = locate_joints(parts, person, covered=covered, settings=joints)
    else:
        estimate = of_nobody()
    xy = framing.cells_to_source(estimate.xy)
    return ParsedFrame(person, parts, xy, estimate.confidence, estimate.found, silhouette, framing)
