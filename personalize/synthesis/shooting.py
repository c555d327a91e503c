"""Render the film of a script: draw actors and places, and render every frame with its truth."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from personalize.synthesis.actors import Actor, Placed, cast, head_side, place_actor
from personalize.synthesis.blocking import Mark, block, cameras, depth_of, focal_of
from personalize.synthesis.camera import Camera
from personalize.synthesis.people import Studio, see_joints
from personalize.synthesis.places import (
    Backdrop,
    Place,
    develop,
    draw_place,
    look_at_place,
    paint_people,
)
from personalize.synthesis.scripts import Script, Shot
from personalize.synthesis.settings import FilmSettings
from personalize.synthesis.tracing import View, trace_picture
from personalize.types import Floats, Labels, Mask

_EYE = 1.5  # height in metres of a camera that sees nobody
_BEHIND = (1.0, 2.5)  # metres from the farthest actor to the wall
_LEAST_DEPTH, _LEAST_HALF = 4.0, 2.5
_MEANT = 0


@dataclass(frozen=True, eq=False)
class Truth:
    """The ground truth of a frame.

    Attributes
    ----------
    labels : (H, W) uint8 array
        Parts of the main person.
    others : (H, W) bool array
        Other people, painted ones included.
    joints : (13, 2) float32 array
        Pixels; NaN where the main person is not in the shot.
    visible : (13,) bool array
    head : float
        Side in pixels of a square with the area of the main person's head, hidden parts
        included; NaN where they are not in the shot.
    shot : int
    """

    labels: Labels
    others: Mask
    joints: Floats
    visible: Mask
    head: float
    shot: int


@dataclass(frozen=True, eq=False)
class Take:
    """A shot that is ready to be rendered.

    Attributes
    ----------
    shot : Shot
    number : int
    place : Place
    actors : list of Actor
        One for each role.
    marks : list of list of Mark
        One for each role and each frame.
    cameras : list of Camera
        One for each frame.
    first : list of Placed
        One for each role, at the start of the shot.
    start : int
        Number of the first frame.
    """

    shot: Shot
    number: int
    place: Place
    actors: list[Actor]
    marks: list[list[Mark]]
    cameras: list[Camera]
    first: list[Placed]
    start: int


def prepare(studio: Studio, script: Script, settings: FilmSettings) -> list[Take]:
    """Draw the actors, places and cameras of a film.

    Parameters
    ----------
    studio : Studio
    script : Script
    settings : FilmSettings
        Width, height, frames, rate and seed are used.

    Returns
    -------
    list of Take
    """
    seconds = settings.frames / settings.frames_per_second
    roles = [role for shot in script.shots for role in shot.roles]
    people = {role.person for role in roles} | {_MEANT}
    astride = {role.person for role in roles if role.does == "bicycle"}
    actors = {
        person: cast(
            studio,
            np.random.default_rng([settings.seed, 1, person]),
            seconds,
            astride=person in astride,
        )
        for person in sorted(people)
    }
    lengths = script.lengths(settings.frames)
    blocked = [
        [
            block(
                role,
                actors[role.person].head,
                focal_of(shot.view, settings.height),
                settings.width,
                np.linspace(0, 1, length),
                length / settings.frames_per_second,
            )
            for role in shot.roles
        ]
        for shot, length in zip(script.shots, lengths)
    ]
    places = {
        number: _build(studio, script, blocked, number, actors, settings)
        for number in sorted({shot.place for shot in script.shots})
    }
    starts = np.cumsum([0, *lengths])
    return [
        _set_up(studio, shot, number, places[shot.place], actors, marks, settings, start, length)
        for number, (shot, marks, start, length) in enumerate(
            zip(script.shots, blocked, starts.tolist(), lengths)
        )
        if length
    ]


def _build(studio, script, blocked, number, actors, settings):
    """The place with a number, large enough for the actors."""
    random = np.random.default_rng([settings.seed, 2, number])
    here = [k for k, shot in enumerate(script.shots) if shot.place == number]
    spots = [mark.place for k in here for marks in blocked[k] for mark in marks]
    spots = np.array(spots).reshape(-1, 2)
    depth = max([_LEAST_DEPTH, *(random.uniform(*_BEHIND) - spots[:, 1])])
    half = max([_LEAST_HALF, *(1.0 + np.abs(spots[:, 0]))])
    shots = [script.shots[k] for k in here]
    painted = max(shot.painted for shot in shots)
    painting = pillar = None
    if painted:
        painting = paint_people(studio, random, painted, outdoors=shots[0].outdoors)
    for shot in shots:
        if shot.pillar is not None:
            focal, head = focal_of(shot.view, settings.height), actors[_MEANT].head
            away = depth_of(head, shot.pillar.heads, focal)
            metres = settings.width * away / focal
            pillar = shot.pillar.across * metres, -away, 0.5 * shot.pillar.width * metres
    return draw_place(
        random, depth, half, outdoors=shots[0].outdoors, painting=painting, pillar=pillar
    )


def _set_up(studio, shot, number, place, cast_of, marks, settings, start, length):
    actors = [cast_of[role.person] for role in shot.roles]
    began = start / settings.frames_per_second
    first = [
        place_actor(studio, actor, role, own[0], began)
        for actor, role, own in zip(actors, shot.roles, marks)
    ]
    subject = marks[0][0].place if marks else np.array([0.0, -_LEAST_DEPTH])
    eye = first[0].sitter.joints[0, 1] + first[0].offset[1] if first else _EYE
    random = np.random.default_rng([settings.seed, 3, number])
    seen = cameras(
        shot,
        eye,
        subject,
        random,
        np.linspace(0, 1, length),
        length / settings.frames_per_second,
        settings.width,
        settings.height,
    )
    return Take(shot, number, place, actors, marks, seen, first, start)


def take_frames(
    studio: Studio, take: Take, settings: FilmSettings
) -> Iterator[tuple[Floats, Truth]]:
    """Render a shot.

    Parameters
    ----------
    studio : Studio
    take : Take
    settings : FilmSettings

    Yields
    ------
    picture : (H, W, 3) float array
        From 0 to 255, without the noise of the sensor.
    truth : Truth
    """
    backdrop: Backdrop | None = None
    for number, camera in enumerate(take.cameras):
        time = (take.start + number) / settings.frames_per_second
        people = [
            place_actor(studio, actor, role, marks[number], time, first)
            for actor, role, marks, first in zip(
                take.actors, take.shot.roles, take.marks, take.first
            )
        ]
        if backdrop is None or not _same(camera, take.cameras[number - 1]):
            backdrop = look_at_place(take.place, camera)
        picture = develop(backdrop, take.place, people, camera.width, camera.height)
        yield _compose(studio, take, camera, people, picture, backdrop.painted)


def _same(camera, other):
    return (
        camera.focal == other.focal
        and np.array_equal(camera.place, other.place)
        and np.array_equal(camera.rotation, other.rotation)
    )


def _compose(studio, take, camera, people, picture, painted):
    """Draw people over the picture of their place, the farthest first; return it and the truth."""
    labels, others = np.zeros(painted.shape, np.uint8), painted.copy()
    away = [np.linalg.norm(_ground(placed, camera)) for placed in people]
    order = sorted(range(len(people)), key=lambda k: -away[k])
    for k in order:
        colour, own = _trace(studio, take, k, people[k], camera)
        cover = colour[..., 3:] / 255.0
        picture = colour[..., :3] * cover + picture * (1 - cover)
        hidden = cover[..., 0] >= 0.5
        labels[hidden] = 0
        others &= ~hidden
        if take.shot.roles[k].person == _MEANT:
            labels = own
        else:
            others |= own > 0
    meant = [k for k in order if take.shot.roles[k].person == _MEANT]
    return picture, _truth(take, camera, [people[k] for k in meant], labels, others)


def _ground(placed, camera):
    """Distance from the camera to an actor along the ground."""
    return (placed.sitter.joints.mean(axis=0) + placed.offset - camera.place)[[0, 2]]


def _trace(studio, take, k, placed, camera):
    own = replace(camera, place=camera.place - placed.offset)
    chest = placed.sitter.joints.mean(axis=0) + placed.offset
    if (chest - camera.place) @ camera.rotation[2] < 0.2:  # behind the camera
        blank = np.zeros((camera.height, camera.width), np.uint8)
        return np.zeros((*blank.shape, 4), np.uint8), blank
    view = View(
        placed.sitter,
        own,
        take.place.light_on(chest),
        take.actors[k].look,
        occluders=take.place.hides(placed.offset),
        things=placed.things,
    )
    return trace_picture(view, studio.settings.samples)


def _truth(take, camera, meant, labels, others):
    if not meant:
        nowhere = np.full((13, 2), np.nan, np.float32)
        return Truth(labels, others, nowhere, np.zeros(13, bool), np.nan, take.number)
    placed = meant[0]
    own = replace(camera, place=camera.place - placed.offset)
    joints, visible = see_joints(placed.sitter, own, labels)
    head = head_side(placed.sitter, own)
    return Truth(labels, others, joints, visible, head, take.number)
