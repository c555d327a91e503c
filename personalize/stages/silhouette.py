"""The silhouette of a frame: enlarged from the person map or cut out, and without other people.

Maps in cells of the canvas in, masks of the source frame out. The paper takes the cells themselves
(Charles et al., BMVC 2017); here the silhouette follows the edges of the frame.
"""

import numpy as np

from personalize.imaging.components import CORE, drop_others, is_one_piece
from personalize.imaging.framing import Framing
from personalize.imaging.guided_filter import enlarge_guided
from personalize.media.given_silhouettes import cells_covered
from personalize.network.inference import PERSON_FROM
from personalize.stages.appearance import Appearance
from personalize.stages.find import HEAD
from personalize.stages.refine import reconcile
from personalize.types import Array, Frame, Mask

HALF = 0.5  # share of a pixel that a mask restored to the source must cover
ELSEWHERE = 0.5
"""Weight of a head and a trunk outside of the last silhouette: of two people, the one who was seen
there is kept."""
UNEXPECTED = 0.2
"""Their weight outside of the place where the track expects the person: of two people who pass each
other, the one who is tracked is kept."""
ROOM = 0.1
"""Margin around the expected place of a person in a frame in doubt, as a share of its longer side.
"""
SPECK = 4  # a silhouette of fewer cells is dropped; a head has 27


def keep_one(
    silhouette: Mask, parts: Array, before: Mask | None, framing: Framing, place: Array | None
) -> Mask:
    """Return a silhouette without other people and specks.

    Parameters
    ----------
    silhouette, before : (height, width) bool array
        The silhouette of a frame, and the last one before it; `before` may be None.
    parts : (32, h, w) float array
    framing : Framing
    place : (4,) float array or None
        Where the person is expected (`Track.place`).
    """
    if not is_one_piece(silhouette):
        core, head = (framing.restore(parts[members].sum(axis=0)) for members in (CORE, HEAD))
        weight = np.ones_like(core)
        if before is not None:
            weight[~before] *= ELSEWHERE
        if place is not None:
            left, top, right, bottom = np.clip(place.round().astype(int), 0, None)
            unexpected = np.ones(core.shape, bool)
            unexpected[top:bottom, left:right] = False
            weight[unexpected] *= UNEXPECTED
        silhouette = drop_others(silhouette, core, head=head, weight=weight)
    return silhouette & (cells_covered(silhouette, framing).sum() >= SPECK)


def around_place(place: Array, shape: tuple[int, ...]) -> Mask:
    """Return where a person may be in a frame in doubt, of which only the track is known.

    Parameters
    ----------
    place : (4,) float array
        Where the person is expected (`Track.place`).
    shape : (int, int)
        Height and width of the frame.

    Returns
    -------
    (height, width) bool array
        The place, and `ROOM` of its longer side around it.
    """
    room = ROOM * max(place[2] - place[0], place[3] - place[1])
    box = place + room * np.array([-1, -1, 1, 1])
    left, top, right, bottom = np.clip(box.round().astype(int), 0, None)
    inside = np.zeros(shape, bool)
    inside[top:bottom, left:right] = True
    return inside


def find_silhouette(canvas: Frame, person: Array, framing: Framing) -> Mask:
    """Enlarge the person map of a canvas to the silhouette in the source frame.

    Parameters
    ----------
    canvas : (rows, cols, 3) uint8 array
        RGB; the silhouette follows its edges.
    person : (h, w) float array
        Probability of the person, in cells of the canvas.
    framing : Framing

    Returns
    -------
    (height, width) bool array
        Where the enlarged probability is at least `PERSON_FROM`.
    """
    return framing.restore(enlarge_guided(person, canvas)) >= PERSON_FROM


def cut_out(
    canvas: Frame,
    framing: Framing,
    person: Array,
    mask: Mask | None,
    silhouette: Mask | None,
    *,
    appearance: Appearance,
) -> tuple[Array | None, Mask | None]:
    """Return the map to inject into the network for a frame, and the silhouette in the source.

    A known silhouette is used unchanged. Otherwise the person is cut out along the colours of the
    window.

    Parameters
    ----------
    canvas : (rows, cols, 3) uint8 array
        RGB.
    framing : Framing
    person : (h, w) float array
        Probability of the person, in cells of the canvas.
    mask, silhouette : bool array or None
        The known silhouette: (rows, cols) on the canvas and (height, width) in the source.
    appearance : Appearance

    Returns
    -------
    injected : (rows, cols) array or None
        Probability of the person, to be injected.
    silhouette : (height, width) bool array or None
        Both are None if there is no usable cut.
    """
    if silhouette is not None:
        return mask, silhouette
    belief = appearance.doubt(canvas, person)
    mask = appearance.cut_out(canvas, belief, framing.scale)
    if mask is None:
        return None, None
    injected = reconcile(mask, belief, appearance.refine.sure)
    return injected, framing.restore(mask.astype(np.float32)) >= HALF
