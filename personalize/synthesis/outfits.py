"""Painted cloth: which points of the body it covers, and how thick it is.

A painted garment is a range of body coordinates (`Chart`): a sleeve ends at some place of the
arm, a hem at some height. The same test is used for vertices, which are moved outwards, and
for pixels, which are coloured.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from personalize.synthesis.chart import Chart
from personalize.types import Array, Floats

SKIN, TOP, BOTTOM, SHOES, GLOVES, HAIR, HAT = range(7)
PAINTED = 255
"""Stands for any of these pieces: `cover` finds out which one it is."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Body coordinates of N points, for `cover`.

    Attributes
    ----------
    rest : (N, 3) float array
        Position in the rest pose, metres.
    sleeve : (N,) float array
        `Chart.along` on arms, 0 elsewhere.
    height : (N,) float array
        `Chart.along` on trunk, neck and head; falls from 0 to -1 at the knee and on
        along legs; constant on arms.
    aside, front, eye_level : (N,) float array
        As in `Chart`.
    face : (N,) float array
        1 on the head, 0 elsewhere.
    """

    rest: Floats
    sleeve: Floats
    height: Floats
    aside: Floats
    front: Floats
    eye_level: Floats
    face: Floats


@dataclass(frozen=True)
class Outfit:
    """Borders of painted garments and of hair, in the coordinates of `Chart`.

    Attributes
    ----------
    sleeve : float
        End of the sleeves: 0 shoulder, 1 elbow, 2 wrist.
    hem, neckline, opening : float
        Lower and upper end of the top; depth of its neckline in front.
    waist, leg : float
        Upper end of the bottom; end of its legs: 1 knee, 2 ankle.
    shoe : float
        Upper end of the shoes, along the leg.
    gloves, hat : bool
    loose : (float, float, float)
        Distance of top, bottom and hair from the skin, metres.
    hairline, hair_length, beard : float
        Metres above the eyes; length behind, metres below the eyes; 1 for a beard.
    waves : (6, 4) tuple of tuples
        Frequencies and phase of the folds.
    """

    sleeve: float
    hem: float
    neckline: float
    opening: float
    waist: float
    leg: float
    shoe: float
    gloves: bool
    hat: bool
    loose: tuple
    hairline: float
    hair_length: float
    beard: float
    waves: tuple


def surface_of(vertices: Floats, chart: Chart) -> Surface:
    """Return the chart of a body as a `Surface`, whose values can be interpolated."""
    arm, leg = chart.region == "arm", chart.region == "leg"
    return Surface(
        rest=vertices,
        sleeve=np.where(arm, chart.along, 0.0),
        height=np.where(arm, 0.85, np.where(leg, -chart.along, chart.along)),
        aside=chart.aside,
        front=chart.front,
        eye_level=chart.eye_level,
        face=(chart.region == "head").astype(float),
    )


def pick(surface: Surface, chosen: Array) -> Surface:
    """Return the chosen points of a `Surface`."""
    return Surface(
        **{field.name: getattr(surface, field.name)[chosen] for field in fields(Surface)}
    )


def moved(surface: Surface, rest: Floats) -> Surface:
    """Return a `Surface` with other positions (N, 3) in the rest pose, and all else the same."""
    return replace(surface, rest=rest)


def draw_outfit(random: np.random.Generator) -> Outfit:
    """Draw an outfit."""
    sleeve = random.choice([0.12, 0.55, 0.95, 1.4, 1.96], p=[0.1, 0.28, 0.1, 0.12, 0.4])
    leg = random.choice([0.35, 0.8, 1.0, 1.5, 1.98], p=[0.08, 0.12, 0.08, 0.07, 0.65])
    folds = np.concatenate([random.normal(0, 14, (6, 3)), random.uniform(0, 6.3, (6, 1))], axis=1)
    return Outfit(
        sleeve=sleeve + random.normal(0, 0.04),
        hem=random.choice([0.22, 0.0, -0.25, -0.9], p=[0.3, 0.45, 0.18, 0.07]),
        neckline=random.uniform(0.95, 1.12),
        opening=max(0.0, random.normal(0.05, 0.12)),
        waist=random.uniform(0.1, 0.35),
        leg=leg + random.normal(0, 0.04),
        shoe=random.choice([2.06, 1.9, 1.5, 9.0], p=[0.45, 0.35, 0.1, 0.1]),
        gloves=random.random() < 0.03,
        hat=random.random() < 0.08,
        loose=(
            random.uniform(0.003, 0.02),
            random.uniform(0.003, 0.018),
            random.uniform(0.004, 0.03),
        ),
        hairline=random.uniform(0.045, 0.085) if random.random() > 0.08 else 0.3,
        hair_length=random.choice([-0.03, 0.02, 0.10, 0.25], p=[0.35, 0.3, 0.15, 0.2]),
        beard=float(random.random() < 0.2),
        waves=tuple(map(tuple, folds)),
    )


def cover(outfit: Outfit, surface: Surface) -> NDArray[np.uint8]:
    """Return the piece at each point, (N,): SKIN, TOP, BOTTOM, SHOES, GLOVES, HAIR or HAT."""
    piece = np.full(len(surface.height), SKIN, np.uint8)
    face = surface.face > 0.5
    collar = outfit.neckline - outfit.opening * np.exp(-((surface.aside / 0.25) ** 2)) * (
        surface.front > 0
    )
    below_neck = ~face & (surface.height < collar)
    bottom = (surface.height < outfit.waist) & (surface.height > -outfit.leg)
    piece[bottom & ~face] = BOTTOM
    top = below_neck & (surface.height > outfit.hem) & (surface.sleeve < outfit.sleeve)
    piece[top] = TOP
    piece[(surface.height < -outfit.shoe) & ~face] = SHOES
    if outfit.gloves:
        piece[surface.sleeve > 2.0] = GLOVES
    piece[_hairy(outfit, surface)] = HAIR
    if outfit.hat:
        piece[face & (surface.eye_level > 0.055 - 0.15 * surface.front)] = HAT
    return piece


def stand_off(outfit: Outfit, surface: Surface, piece: NDArray[np.uint8]) -> Floats:
    """Return the distance of cloth from the skin: its thickness and its folds.

    Parameters
    ----------
    outfit : Outfit
    surface : Surface
        N points.
    piece : (N,) uint8 array
        Piece at each point, from `cover`.

    Returns
    -------
    (N,) float array
        In metres.
    """
    thickness = np.array(
        [0, outfit.loose[0], outfit.loose[1], 0.006, 0.003, outfit.loose[2], 0.012]
    )[piece]
    waves = np.array(outfit.waves)
    folds = np.sin(surface.rest @ waves[:, :3].T + waves[:, 3]).mean(axis=1)
    return thickness * (1 + 0.9 * folds)


def _hairy(outfit, surface):
    """Above the hairline at the front; at the sides and behind down to the hair's length."""
    face = surface.face > 0.5
    behind = surface.front < 0.07
    crown = face & (surface.eye_level > outfit.hairline - 0.25 * (0.12 - surface.front))
    falls = behind & (surface.eye_level > 0.03 - outfit.hair_length - 0.4 * (0.07 - surface.front))
    ears = face & (np.abs(surface.rest[:, 0]) > 0.068) & (surface.eye_level < 0.02)
    long = (surface.height > 0.8) & (surface.sleeve == 0) & (surface.front < -0.02)
    hair = crown | (falls & face & ~ears) | (falls & long & (surface.aside < 0.55))
    if outfit.beard:
        hair |= face & (surface.front > 0.06) & (surface.eye_level < -0.075)
    return hair & (outfit.hairline < 0.2)
