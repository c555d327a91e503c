"""Cut one person out of one image, starting from a soft belief.

GrabCut (Rother et al., SIGGRAPH 2004), which the paper refines its labels with
(Charles et al., BMVC 2017, section 4.4), with one change. There the belief only
sorts the pixels into sure and unsure. Here its log-odds stay in the energy beside
those of the colours, so that colours must outweigh the belief to change a pixel.

The minimum cut is PyMaxflow's, on a grid of eight neighbours. This is the only
file that imports it.
"""

from collections.abc import Sequence

import cv2
import maxflow
import numpy as np

from personalize.imaging.mixture import Mixture
from personalize.imaging.settings import CutSettings
from personalize.types import Array, Frame, Map, Mask

NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))  # (rows, cols); the other four by symmetry


def cut(image: Frame, probability: Array, colour_ratio: Array, *, settings: CutSettings) -> Mask:
    """Return the mask of least energy, by belief, by colours, and by the length of its edge.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        RGB.
    probability : (H, W) float array
        Belief in the person, in [0, 1].
    colour_ratio : (H, W) float array
        Log density of the colour of each pixel on the person, less that behind them.
    settings : CutSettings

    Returns
    -------
    (H, W) bool array
        Every component contains a pixel that is believed to be the person; a component
        that only has the person's colours is left out.
    """
    mask = np.zeros(probability.shape, bool)
    believed = probability >= 0.5
    box = surroundings(believed, settings.margin)
    if box is None:
        return mask
    data = evidence(probability[box], colour_ratio[box], settings=settings)
    person = minimum_cut(data, contrast_edges(image[box], settings.contrast))
    mask[box] = _closed(_touching(person, believed[box]), settings.gaps)
    return mask


def evidence(probability: Array, colour_ratio: Array, *, settings: CutSettings) -> Array:
    """Return the log-odds of the person in every pixel alone, by belief and colour.

    Parameters
    ----------
    probability : (H, W) float array
        Of the person, in [0, 1].
    colour_ratio : (H, W) float array
        Log-odds of the person by colour, in nats; limited here.
    settings : CutSettings

    Returns
    -------
    (H, W) float array
        In nats.
    """
    colour = np.clip(colour_ratio, -settings.colour_limit, settings.colour_limit)
    return colour + settings.belief_weight * _log_odds(probability, settings.belief_limit)


def colour_log_ratio(person: Mixture, background: Mixture, terms: Map) -> Map:
    """Return the log density of colours on the person, less that of colours behind them.

    Parameters
    ----------
    person, background : Mixture
    terms : (N, M) float32 array
        Of N colours, from `mixture.monomials`.

    Returns
    -------
    (N,) float32 array
        In nats; above 0 where a colour is rather the person's.
    """
    return person.log_density(terms) - background.log_density(terms)


def contrast_edges(image: Frame, strength: float, within: Mask | None = None) -> list[Map]:
    """Cost of a cut between neighbouring pixels: high where they look alike.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    strength : float
        Cost between equal pixels (gamma); their distance divides it.
    within : (H, W) bool array, optional
        Pixels with no edge to others outside of it.

    Returns
    -------
    list of float32 arrays
        One for each of `NEIGHBOURS`, smaller than the image by the offset.
    """
    pixels = image.astype(np.float32)
    squares = []
    for offset in NEIGHBOURS:
        here, there = _neighbouring(image.shape[:2], offset)
        difference = pixels[here] - pixels[there]
        squares.append(np.einsum("ijk,ijk->ij", difference, difference))
    total = sum(float(square.sum()) for square in squares)
    count = sum(square.size for square in squares)
    beta = 0.5 * count / total if total > 0 else 0.0
    edges = [
        strength / np.hypot(*offset) * np.exp(-beta * square)
        for offset, square in zip(NEIGHBOURS, squares, strict=True)
    ]
    if within is not None:
        for edge, offset in zip(edges, NEIGHBOURS, strict=True):
            here, there = _neighbouring(within.shape, offset)
            edge *= within[here] & within[there]
    return edges


def is_too_small(mask: Mask, settings: CutSettings) -> bool:
    """Whether either side of a mask has too few pixels to learn its colours from."""
    share = mask.mean()
    return bool(min(share, 1 - share) < settings.smallest_share)


def is_acceptable(mask: Mask, believed: Mask, settings: CutSettings) -> bool:
    """Whether a cut is near enough to the belief that it started from, in place and in size.

    Parameters
    ----------
    mask, believed : (H, W) bool array
    settings : CutSettings
        `accept_overlap` and `accept_growth` count.

    Returns
    -------
    bool
    """
    overlap, union = (mask & believed).sum(), (mask | believed).sum()
    small, large = sorted((int(mask.sum()), int(believed.sum())))
    near = overlap >= settings.accept_overlap * union
    return bool(near and small > 0 and large <= settings.accept_growth * small)


def _log_odds(probability: Array, limit: float) -> Array:
    """Log-odds of a probability, no further from 0 than `limit`."""
    least = 1 / (1 + np.exp(limit))
    probability = np.clip(probability, least, 1 - least)
    log_odds: Array = np.log(probability / (1 - probability))
    return log_odds


def surroundings(mask: Mask, margin: float) -> tuple[slice, slice] | None:
    """Slices of the box around a mask, widened by `margin` of its size; None if it is empty."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    room = int(np.ceil(margin * max(np.ptp(rows), np.ptp(cols)))) + 1
    boxed = (slice(max(0, side[0] - room), side[-1] + room + 1) for side in (rows, cols))
    return next(boxed), next(boxed)


def minimum_cut(data: Array, edges: Sequence[Map]) -> Mask:
    """Return the mask of least energy on a grid of eight neighbours.

    Parameters
    ----------
    data : (H, W) float array
        What calling a pixel person gains, in nats.
    edges : list of float arrays
        From `contrast_edges`.

    Returns
    -------
    (H, W) bool array
    """
    graph = maxflow.GraphFloat(data.size, len(NEIGHBOURS) * data.size)
    nodes = graph.add_grid_nodes(data.shape)
    for offset, weights in zip(NEIGHBOURS, edges, strict=True):
        here, there = _neighbouring(data.shape, offset)
        weights = weights.ravel()
        graph.add_edges(nodes[here].ravel(), nodes[there].ravel(), weights, weights)
    graph.add_grid_tedges(nodes, np.maximum(-data, 0), np.maximum(data, 0))
    graph.maxflow()
    person: Mask = graph.get_grid_segments(nodes)  # True: the sink's side
    return person


def _closed(mask: Mask, width: int) -> Mask:
    """Close the gaps of a mask that are no wider than `width` pixels, an odd number."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    room = np.pad(mask.astype(np.uint8), width)  # what lies between a mask and the border is no gap
    closed = cv2.morphologyEx(room, cv2.MORPH_CLOSE, disc)
    return closed[width:-width, width:-width].astype(bool)


def _touching(mask: Mask, believed: Mask) -> Mask:
    """The components of a mask that contain a believed pixel."""
    components, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    kept = np.bincount(labels[believed], minlength=components) > 0
    kept[0] = False  # the background
    touching: Mask = kept[labels]
    return touching


def _neighbouring(
    shape: Sequence[int], offset: tuple[int, int]
) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Two pairs of slices: all pixels that have a neighbour at `offset`, and these neighbours."""
    here, there = [], []
    for size, step in zip(shape, offset, strict=True):
        here.append(slice(max(0, -step), size - max(0, step)))
        there.append(slice(max(0, step), size - max(0, -step)))
    return tuple(here), tuple(there)
