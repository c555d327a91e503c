"""Tell the person from somebody who passes them (not in the paper).

The network sees people, not whose arm is whose: of two who touch it makes one silhouette. In the
looks at the video at which they are apart (`find`), both have a head and a trunk of their own, and
the colours of each are learned there. Where they touch, the silhouette is cut in two: by these
colours, by where the track expects the person, and along edges.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from personalize.imaging.components import box_around
from personalize.imaging.framing import Framing
from personalize.imaging.grabcut import contrast_edges, minimum_cut
from personalize.imaging.shades import SHADES, number_shades, shade_log_ratio
from personalize.imaging.track import UNTOLD
from personalize.media.given_silhouettes import canvas_mask
from personalize.stages.find import Candidate
from personalize.stages.settings import OtherSettings, PasserSettings
from personalize.stages.sightings import Sightings
from personalize.types import Array, Frame, Map, Mask

NOBODY = np.full(SHADES, np.nan)
BESIDE = 2
"""Looks on either side of one that are beside it."""
HALF = 0.5
"""Share of a pixel that somebody else must cover; heads outside of a box in which the person's own
head may still lie; and share of somebody else's box that may lie where the person is in the looks
beside."""


def others_of(
    looks: Sequence[Sequence[Candidate]],
    chosen: Sequence[Candidate | None],
    *,
    settings: OtherSettings = OtherSettings(),
) -> Array:
    """Return the colours of other people in each of K looks.

    Somebody else is built like a person, wears something else, and is apart from the one who was
    chosen, in this look and as a rule in those beside it: where a look chose a ball, the person is
    not somebody else. Nor is who was seen once only, with no second look nearby.

    Parameters
    ----------
    looks : sequence of K sequences of Candidate
    chosen : sequence of K Candidate or None
        The person in each look.
    settings : OtherSettings

    Returns
    -------
    (K, SHADES) float64 array
        Shares of colours; NaN in looks that show nobody else.
    """
    colours = np.tile(NOBODY, (len(looks), 1))
    for k, (candidates, person) in enumerate(zip(looks, chosen)):
        if person is None:
            continue
        beside = [*chosen[max(k - BESIDE, 0) : k], *chosen[k + 1 : k + 1 + BESIDE]]
        places = [one.box for one in beside if one is not None]
        worn = [
            one.colours**2
            for one in candidates
            if _is_other(one, person, settings) and _is_elsewhere(one.box, places)
        ]
        if worn:
            colours[k] = np.mean(worn, axis=0)
    met = ~np.isnan(colours[:, 0])
    colours[met & (_around(met, settings.near) < settings.looks)] = np.nan
    return colours


def frames_met(
    seen: Sightings, frame_count: int, *, settings: OtherSettings = OtherSettings()
) -> Mask:
    """Return the frames in which somebody else may touch the person: (T,) bool.

    From a little before they were first seen to a little after they were last seen: between the
    two they may be hidden.

    Parameters
    ----------
    seen : Sightings
        With colours.
    frame_count : int
        T, of the video.
    settings : OtherSettings
        A little is `near` looks.
    """
    frames = np.zeros(frame_count, bool)
    [met] = np.nonzero(_is_met(seen.colours))
    if len(met):
        edges = np.append(seen.numbers, frame_count)
        first, last = met[0] - settings.near, met[-1] + settings.near + 1
        start = edges[first] if first > 0 else 0
        frames[start : edges[min(last, len(seen.numbers))]] = True
    return frames


def part_merged(seen: Sightings, *, settings: OtherSettings = OtherSettings()) -> Sightings:
    """Return sightings without the looks that took two people for one.

    Around such a look others were seen, and its box is larger than those there, or its head lies
    outside of its box: it is somebody else's. What it saw is replaced by what lies between the
    looks around it.

    Parameters
    ----------
    seen : Sightings
        With colours.
    settings : OtherSettings

    Returns
    -------
    Sightings
        The same object if no look is such a one.
    """
    merged = _merged(seen, settings)
    sound = seen.known & ~merged
    if seen.colours is None or not merged.any() or not sound.any():
        return seen
    numbers = seen.numbers

    def between(values):
        values = values.copy()
        for column in values.T:
            column[merged] = np.interp(numbers[merged], numbers[sound], column[sound])
        return values

    colours = seen.colours.copy()
    colours[merged, 0] = np.nan
    heads = between(seen.heads[:, None])[:, 0]
    return Sightings(numbers, between(seen.boxes), heads, between(seen.at), colours)


def _merged(seen: Sightings, settings: OtherSettings) -> Mask:
    """Whether each of K looks took two people for one."""
    merged = np.zeros(len(seen.numbers), bool)
    if seen.colours is None:
        return merged
    met = _around(_is_met(seen.colours), settings.near) > 0
    areas = np.prod(seen.boxes[:, 2:] - seen.boxes[:, :2], axis=1)
    room = HALF * seen.heads[:, None]
    within = (seen.at >= seen.boxes[:, :2] - room) & (seen.at <= seen.boxes[:, 2:] + room)
    torn = np.asarray(~within.all(axis=1))
    for k in np.flatnonzero(seen.known):
        around = slice(max(k - settings.near, 0), k + settings.near + 1)
        large = areas[k] > settings.swells * np.nanmedian(areas[around])
        merged[k] = met[k] and (large or torn[k])
    return merged


def shades_of(colours: Array | None) -> Array:
    """Return the colours that tell the person of a video from others.

    Parameters
    ----------
    colours : (K, 2, SHADES) float array or None
        Of the person and of others in each look (`Sightings.colours`).

    Returns
    -------
    (2, SHADES) float64 array
        Means over the looks, as `Track.shades`; `UNTOLD` where there is nobody else.
    """
    if colours is None or not _is_met(colours).any():
        return UNTOLD
    both = ~np.isnan(colours[:, :, 0])  # (K, 2)
    return np.stack([colours[both[:, side], side].mean(axis=0) for side in (0, 1)])


def _is_met(colours):
    """Whether each of K looks, of which these are the `Sightings.colours`, shows somebody else."""
    return ~np.isnan(colours[:, 1, 0])


def _around(met, near):
    """How many of K looks show somebody else, of those `near` each and itself: (K,) int."""
    return np.convolve(met, np.ones(2 * near + 1, int))[near : near + len(met)]


def _is_other(one, person, settings):
    if one is person or one.score < settings.sure:
        return False
    own, theirs = (who.mask.sum() / who.framing.scale**2 for who in (person, one))
    if theirs < settings.size * own:
        return False
    apart = _overlap(one.box, person.box) <= settings.overlap
    return apart and float(one.colours @ person.colours) <= settings.alike


def _is_elsewhere(box, places):
    """Whether half of a box, or of the place, lies outside of the other, for most places."""
    overlaps = [_overlap(box, place) for place in places]
    return not overlaps or float(np.median(overlaps)) < HALF


def _overlap(one, other):
    """The share of the smaller of two boxes that lies in the other."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    areas = [np.prod(box[2:] - box[:2]) for box in (one, other)]
    return np.prod(np.maximum(sides, 0)) / min(areas)


def drop_passers(
    silhouette: Mask,
    canvas: Frame,
    framing: Framing,
    shades: Array,
    *,
    place: Array | None = None,
    settings: PasserSettings = PasserSettings(),
) -> Mask:
    """Remove from a silhouette what belongs to somebody else.

    Parameters
    ----------
    silhouette : (height, width) bool array
        In the source frame.
    canvas : (rows, cols, 3) uint8 array
        RGB.
    framing : Framing
    shades : (2, SHADES) float array
        Shares of the colours of the person and of others (`Track.shades`).
    place : (4,) float array, optional
        Where the person is expected (`Track.place`).
    settings : PasserSettings

    Returns
    -------
    (height, width) bool array
        Unchanged if less than `settings.least` of it is somebody else's.
    """
    shown = canvas_mask(silhouette, framing)
    if not shown.any():
        return silhouette
    box = box_around(shown)
    inside, image = shown[box], canvas[box]
    odds = shade_log_ratio(*shades)[number_shades(image)]
    data = _mean_around(np.clip(odds, -settings.limit, settings.limit), inside, settings.around)
    expected = _expected(place, framing, shown.shape, settings.room)[box]
    data += settings.own + settings.expected * expected
    if data[inside].min() >= 0:
        return silhouette
    edges = contrast_edges(image, settings.contrast, inside)
    theirs = inside & ~minimum_cut(np.where(inside, data, 0), edges)
    if theirs.sum() < settings.least * inside.sum():
        return silhouette
    others = np.zeros(shown.shape, np.float32)
    others[box] = theirs
    return silhouette & (framing.restore(others) < HALF)


def _mean_around(values: Map, inside: Mask, side: int) -> Map:
    """Mean of the values (h, w) in a square of so many pixels, of those inside of a mask."""
    here = inside.astype(np.float32)
    total, count = (
        np.asarray(cv2.blur(part, (side, side)), np.float32)
        for part in ((values * here).astype(np.float32), here)
    )
    return (total / np.maximum(count, 1e-6)).astype(np.float32)


def _expected(place, framing, shape, room):
    """0 where the person is expected on the canvas, and within `room` of the longer side of the
    place around it; then less, down to -1 at twice that distance: (h, w)."""
    if place is None:
        return np.zeros(shape, np.float32)
    low, high = framing.to_canvas(place.reshape(2, 2) - 0.5) + 0.5
    cols, rows = np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5
    across = np.maximum(np.maximum(low[0] - cols, cols - high[0]), 0)
    down = np.maximum(np.maximum(low[1] - rows, rows - high[1]), 0)
    away = np.hypot(across[None], down[:, None]) / max(room * (high - low).max(), 1)
    return -np.clip(away - 1, 0, 1).astype(np.float32)
