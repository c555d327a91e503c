"""Who may be in a frame: candidates, each judged as a person (not in the paper).

A small network takes a wall painting, a motorcycle or a paper bag for a person, and is best at
one size of people. So the network looks at frames in several sizes, and every component of
the person map is a candidate. Its score is not its number of pixels, but how much it is built
like a person: a head above a trunk, with arms where they belong. The tree of joints (`skeleton`)
measures that already. `follow` decides which candidate is the person of the video.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from personalize import parts as names
from personalize.imaging.framing import CELL, Framing
from personalize.imaging.shades import SHADES, number_shades
from personalize.network.engines.interface import Engine
from personalize.network.inference import BATCH, consensus, look, merge
from personalize.stages.joints import locate_joints
from personalize.stages.settings import FindSettings
from personalize.types import Array, Frame, Mask

HEAD = list(names.JOINTS["head"])
HEAD_JOINT = tuple(names.JOINTS).index("head")
ENOUGH = 6
"""Joints that show a person: the mean confidence of the best six of 13 is what best separates
people of three data sets from photographs of none (`benchmarks/finding.py`)."""
NEIGHBOURS = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Candidate:
    """What may be a person in one frame.

    Attributes
    ----------
    box : (4,) float64 array
        Left, top, right and bottom edge in source pixels.
    head : float
        Side, in source pixels, of the square that has the area of the head.
    at : (2,) float64 array
        The head, (x, y) in source pixels.
    score : float
        How much it is built like a person, in [0, 1]: `score_joints`.
    colours : (216,) float32 array
        Square roots of the shares of colours: the product of two is how alike they are.
    mask : (h, w) bool array
        Cells that it covers.
    framing : Framing
        Through which the frame was seen.
    """

    box: Array
    head: float
    at: Array
    score: float
    colours: Array
    mask: Mask
    framing: Framing

    def covers(self, x: float, y: float) -> bool:
        """Whether a point of the source frame lies on it, or in a cell beside it."""
        col, row = (self.framing.to_canvas((x, y)) // CELL).astype(int)
        near = cv2.dilate(self.mask.astype(np.uint8), NEIGHBOURS)
        rows, cols = near.shape
        return bool(0 <= row < rows and 0 <= col < cols and near[row, col])


def find_people(
    network: Engine,
    frames: Sequence[Frame],
    framings: Sequence[Framing],
    *,
    settings: FindSettings = FindSettings(),
) -> list[list[Candidate]]:
    """Find the candidates in each of K frames.

    Parameters
    ----------
    network : Engine
        Of a network in evaluation mode.
    frames : sequence of K (height, width, 3) uint8 arrays
        RGB.
    framings : sequence of K Framing
        Through which each frame is seen; their canvases have one size.
    settings : FindSettings

    Returns
    -------
    list of K lists of Candidate
        Largest first; components without a head are no candidates.
    """
    found = []
    for start in range(0, len(frames), BATCH):
        together = slice(start, start + BATCH)
        canvases = np.stack(
            [framing.apply(frame) for frame, framing in zip(frames[together], framings[together])]
        )
        looked = look(network, canvases)
        parts = merge(network, looked)
        people = looked.person[:, 1].cpu().numpy()
        for maps in zip(canvases, people, parts, framings[together]):
            found.append(list(_candidates(*maps, settings)))
    return found


def score_joints(confidence: Array) -> float:
    """Return how sure it is that joints are those of a person.

    This is the mean of the six greatest confidences, since hardly anybody shows all joints.

    Parameters
    ----------
    confidence : (J,) float array

    Returns
    -------
    float
        In [0, 1].
    """
    return float(np.sort(confidence)[-ENOUGH:].mean())


def _candidates(canvas, person, parts, framing, settings) -> Iterator[Candidate]:
    """Yield the candidates of one canvas: person (h, w), parts (32, h, w)."""
    shades = number_shades(cv2.resize(canvas, person.shape[::-1], interpolation=cv2.INTER_AREA))
    for mask in _components(consensus(person, parts) >= settings.sure, settings):
        estimate = locate_joints(parts, person, covered=mask.astype(np.float32))
        near = cv2.dilate(mask.astype(np.uint8), NEIGHBOURS) > 0
        head = np.sqrt(parts[HEAD][:, near].sum()) * CELL / framing.scale
        if not head:
            continue
        yield Candidate(
            box_of(mask, framing),
            float(head),
            framing.cells_to_source(estimate.xy[HEAD_JOINT]),
            score_joints(estimate.confidence),
            np.sqrt(np.bincount(shades[mask], minlength=SHADES) / mask.sum()).astype(np.float32),
            mask,
            framing,
        )


def _components(mask, settings):
    """Yield the greatest components of an (h, w) bool mask, largest first."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    for component in np.argsort(-areas, kind="stable")[: settings.most]:
        if areas[component] >= settings.least:
            yield labels == component + 1


def box_of(mask: Mask, framing: Framing) -> Array:
    """Return the box (4,) in source pixels around a mask (h, w) of cells that is not empty."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    corners = np.array([[cols[0], rows[0]], [cols[-1] + 1, rows[-1] + 1]]) - 0.5
    return framing.cells_to_source(corners).ravel() + 0.5
