"""The actors of a film: who they are, and where they stand in the world at a given time."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from personalize import parts
from personalize.synthesis import gaits, rides
from personalize.synthesis.blocking import Mark
from personalize.synthesis.camera import Camera
from personalize.synthesis.dressing import Tailored, draw_costume, tailor
from personalize.synthesis.looks import Look, draw_look
from personalize.synthesis.people import Studio, draw_phenotypes
from personalize.synthesis.raster import Scene
from personalize.synthesis.scripts import Role
from personalize.synthesis.sitters import Sitter, pose_sitter
from personalize.synthesis.talking import Talk, draw_talk
from personalize.synthesis.thing_shapes import MAKERS
from personalize.synthesis.things import Things, assemble, place_about
from personalize.types import Floats

_STANDS = ("chair", "post", "table", "scooter", "bicycle", "net")  # stay where they are
_BOUNCE = 0.75  # seconds from hand to hand


@dataclass(frozen=True, eq=False)
class Actor:
    """An actor of a film.

    Attributes
    ----------
    tailored : Tailored
    look : Look
    arms : dict
        As in `poses.draw_posture`.
    standing, seated : Talk
        Movements while they talk.
    head : float
        Side of a square with the area of the head, in metres.
    seed : int
        Of the objects that they touch.
    """

    tailored: Tailored
    look: Look
    arms: dict[str, Any]
    standing: Talk
    seated: Talk
    head: float
    seed: int


@dataclass(frozen=True, eq=False)
class Placed:
    """An actor at a given time.

    Attributes
    ----------
    sitter : Sitter
        In axes of their own.
    things : Things or None
        In the same axes.
    offset : (3,) float array
        From their own axes to the world.
    lead : (2,) float array
        From hips to head at the start of the shot: to the left and to the front.
    """

    sitter: Sitter
    things: Things | None
    offset: Floats
    lead: Floats


def cast(
    studio: Studio, random: np.random.Generator, seconds: float, *, astride: bool = False
) -> Actor:
    """Draw an actor at random.

    Parameters
    ----------
    studio : Studio
    random : numpy.random.Generator
    seconds : float
        Longest time that the film may last.
    astride : bool
        The actor rides a bicycle, so they wear no skirt.

    Returns
    -------
    Actor
    """
    shape = studio.body.shape(draw_phenotypes(random))
    settings = replace(studio.settings, skirt_share=0.0) if astride else studio.settings
    tailored = tailor(studio.body, shape, draw_costume(random, settings, studio.wardrobe))
    return Actor(
        tailored=tailored,
        look=draw_look(random, studio.skins),
        arms=studio.arms(shape),
        standing=draw_talk(random, seconds, seated=False),
        seated=draw_talk(random, seconds, seated=True),
        head=_outlined(tailored.rest[: tailored.own][_on_head(tailored)][:, :2]) ** 0.5,
        seed=int(random.integers(1 << 30)),
    )


def place_actor(
    studio: Studio,
    actor: Actor,
    role: Role,
    mark: Mark,
    time: float,
    first: Placed | None = None,
) -> Placed:
    """Place an actor in the world at a given time.

    Parameters
    ----------
    studio : Studio
    actor : Actor
    role : Role
    mark : Mark
        Where they are.
    time : float
        Seconds.
    first : Placed, optional
        The actor at the start of the shot; objects that stand still stay where they were then.

    Returns
    -------
    Placed
    """
    body = studio.body
    posture, ground = _posture(body, actor, role, mark, time)
    posture = gaits.turned(posture, mark.heading)
    sitter = pose_sitter(body, actor.tailored, posture)
    root = sitter.joints[_HIPS].mean(axis=0)
    if ground is not None:
        ground += root[1]
    elif first is not None and role.does == "sit":
        ground = -float(first.offset[1])
    else:
        ground = float(sitter.vertices[:, 1].min())
    # the script gives the place of the head: close to a camera its lean matters
    cosine, sine = np.cos(mark.heading), np.sin(mark.heading)
    own = np.array([[cosine, -sine], [sine, cosine]])  # world -> left, front
    lead = own @ (sitter.joints[0] - root)[[0, 2]] if first is None else first.lead
    aside, away = mark.place - lead @ own - root[[0, 2]]
    offset = np.array([aside, -ground, away])
    things = _things(actor, role, mark, sitter, ground, time, first, offset)
    return Placed(sitter, things, offset, lead)


_HIPS = [list(parts.JOINTS).index(name) for name in ("right_hip", "left_hip")]


def _posture(body, actor, role, mark, time):
    """The posture, facing the front, and the height of the ground below the hips, if known."""
    talk = actor.seated if role.does == "sit" else actor.standing
    posture = talk.posture_at(time, actor.arms)
    shape = actor.tailored.shape
    if role.does == "walk":
        leg = sum(gaits.limb_lengths(body, shape, "left")[2:])
        return gaits.walk(posture, mark.gone / (gaits.STRIDE * leg), mark.effort), None
    if role.does in rides.RIDES:
        ride = rides.RIDES[role.does](body, shape, actor.tailored.stature, mark.gone)
        return gaits.hold(posture, body, shape, ride.held), ride.ground
    return posture, None


def _things(actor, role, mark, sitter, ground, time, first, offset):
    """The objects that the actor touches, in the axes of the sitter."""
    random = np.random.default_rng(actor.seed)  # the same object in every frame
    thing = "chair" if role.does == "sit" and role.thing is None else role.thing
    if role.does in rides.RIDES:
        made = rides.vehicle(role.does, sitter, ground, mark, actor.tailored.stature)
    elif thing is None:
        return None
    elif thing in _STANDS and first is not None:
        return _moved(first.things, first.offset - offset)
    elif thing == "bounced ball":
        made = _bounced(place_about(random, sitter), random, time)
    else:
        made = MAKERS[thing][0](random, place_about(random, sitter))
    return assemble(made, np.random.default_rng(actor.seed + 1), actor.look)


def _bounced(place, random, time):
    radius = random.uniform(0.1, 0.13)
    top, low = place.hand[1] - 0.06 - radius, place.low[1] + radius
    share = time / _BOUNCE % 1.0
    height = low + (top - low) * (2 * share - 1) ** 2
    return place.world([rides.round_ball((place.hand[0], height, place.hand[2] + 0.05), radius)])


def _moved(things, step):
    vertices = things.vertices + step
    return replace(things, vertices=vertices, scene=Scene(vertices, things.triangles))


def head_side(sitter: Sitter, camera: Camera) -> float:
    """Return the side of a square with the area of a sitter's head in the picture, in pixels.

    Hair and hats do not count, parts that are hidden do. NaN where the head is behind the camera.
    """
    own = sitter.worn.own
    head = sitter.vertices[:own][_on_head(sitter.worn)]
    outline = camera.project(head)
    return _outlined(outline) ** 0.5 if np.isfinite(outline).all() else float("nan")


def _on_head(tailored):
    return np.isin(tailored.labels[: tailored.own], parts.JOINTS["head"])


def _outlined(points):
    """Area of the outline of points (N, 2)."""
    return float(cv2.contourArea(cv2.convexHull(points.astype(np.float32))))
