"""Things that a person holds, touches or stands behind: seen, and labelled background.

A pole, a bat, a ball, the back of a chair, a table, a scooter, a bicycle, a net. Occluders are
cut out of the picture; these are seen in it, so that a network learns that a thing which
touches a person does not belong to the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personalize import parts
from personalize.synthesis.fabrics import draw_cloth_colour
from personalize.synthesis.looks import Look
from personalize.synthesis.pieces import Piece, Place
from personalize.synthesis.posture import UP, unit
from personalize.synthesis.raster import Scene
from personalize.synthesis.settings import SynthesisSettings
from personalize.synthesis.shading import vertex_normals
from personalize.synthesis.sitters import Sitter
from personalize.synthesis.thing_shapes import MAKERS
from personalize.types import Floats, Whole

_WORN_COLOUR, _SKIN_COLOUR = 0.2, 0.2  # shares of things in the colours of clothes and of skin
_GRAIN = 0.06


@dataclass(frozen=True, eq=False)
class Things:
    """A mesh of things in the world.

    Attributes
    ----------
    vertices : (V, 3) float array
    triangles : (F, 3) int array
    normals : (V, 3) float array
    colours : (F, 3) float array
        RGB in [0, 1].
    scene : Scene
    """

    vertices: Floats
    triangles: Whole
    normals: Floats
    colours: Floats
    scene: Scene


def draw_things(
    random: np.random.Generator, settings: SynthesisSettings, sitter: Sitter, look: Look
) -> Things | None:
    """Draw things that a person touches.

    Parameters
    ----------
    random : numpy.random.Generator
    settings : SynthesisSettings
    sitter : Sitter
    look : Look
        Colours of the person's clothes and skin, which some things share.

    Returns
    -------
    Things or None
        None where nothing touches the person.
    """
    if random.random() >= settings.touching_share:
        return None
    names = list(MAKERS)
    shares = np.array([MAKERS[name][1] for name in names])
    name = names[random.choice(len(names), p=shares / shares.sum())]
    return assemble(MAKERS[name][0](random, place_about(random, sitter)), random, look)


def place_about(random: np.random.Generator, sitter: Sitter) -> Place:
    """Measure a person, so that things can be placed.

    Parameters
    ----------
    random : numpy.random.Generator
        Chooses the hand.
    sitter : Sitter

    Returns
    -------
    Place
    """
    at = dict(zip(parts.JOINTS, sitter.joints))
    side = ("right", "left")[random.integers(2)]
    across = at["left_shoulder"] - at["right_shoulder"] + at["left_hip"] - at["right_hip"]
    left = unit(across - UP * (across @ UP))
    axes = np.stack([left, UP, np.cross(left, UP)], axis=1)
    hips = (at["left_hip"] + at["right_hip"]) / 2
    own = (sitter.vertices - hips) @ axes
    fore = unit(at[f"{side}_wrist"] - at[f"{side}_elbow"])
    return Place(
        axes=axes,
        hips=hips,
        hand=(at[f"{side}_wrist"] + 0.085 * fore - hips) @ axes,
        fore=fore @ axes,
        side=1.0 if side == "left" else -1.0,
        low=own.min(axis=0),
        front=float(np.quantile(own[:, 2], 0.97)),
        back=float(np.quantile(own[:, 2], 0.03)),
        shoulders=float((at["left_shoulder"] - hips) @ UP),
    )


def assemble(made: Sequence[Piece], random: np.random.Generator, look: Look) -> Things:
    """Join the pieces of a thing to one mesh in the world.

    Parameters
    ----------
    made : sequence of Piece
        Vertices, triangles and number of the colour.
    random : numpy.random.Generator
        Draws three colours and their grain.
    look : Look
        Of the person; things may have its colours.

    Returns
    -------
    Things
    """
    palette = [_draw_colour(random, look) for _ in range(3)]
    starts = np.cumsum([0] + [len(vertices) for vertices, _, _ in made])
    vertices = np.concatenate([vertices for vertices, _, _ in made])
    triangles = np.concatenate([corners + start for (_, corners, _), start in zip(made, starts)])
    colours = np.concatenate(
        [np.tile(palette[number], (len(corners), 1)) for _, corners, number in made]
    )
    grain = random.normal(0, _GRAIN, (len(colours) + 1) // 2)  # two triangles for each box side
    colours = np.clip(colours * (1 + np.repeat(grain, 2)[: len(colours), None]), 0, 1)
    normals = vertex_normals(vertices, triangles)
    return Things(vertices, triangles, normals, colours, Scene(vertices, triangles))


def _draw_colour(random, look):
    kind = random.random()
    if kind < _WORN_COLOUR:
        return look.top.colours[0] if random.random() < 0.5 else look.bottom.colours[0]
    if kind < _WORN_COLOUR + _SKIN_COLOUR:  # some wood has the colour of skin
        return np.array([0.75, 0.52, 0.36]) * random.uniform(0.4, 1.25)
    return draw_cloth_colour(random)
