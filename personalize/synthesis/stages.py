"""The scene of a film of one person who talks: clothes, motion, camera, light, background."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from personalize.synthesis.backgrounds import list_backgrounds
from personalize.synthesis.camera import Camera, facing_camera
from personalize.synthesis.dressing import Tailored, draw_costume, tailor
from personalize.synthesis.gestures import Arms
from personalize.synthesis.looks import Look, draw_look
from personalize.synthesis.people import Studio, draw_phenotypes
from personalize.synthesis.rooms import draw_room, look_at_room
from personalize.synthesis.settings import AssetFolders, FilmSettings
from personalize.synthesis.shading import Light, draw_light
from personalize.synthesis.sitters import pose_sitter
from personalize.synthesis.talking import Talk, Track, draw_talk
from personalize.types import Frame

_PAN_SECONDS = 4.0  # approximate time from one end of a pan to the other
_ROOM_SHARE = 0.5  # share of films in an invented room, where there are photographs as well


@dataclass(frozen=True, eq=False)
class Stage:
    """All that is drawn before the first frame of a film.

    Attributes
    ----------
    tailored : Tailored
    arms : dict
        As in `poses.draw_posture`.
    talk : Talk
    camera : Camera
        At rest.
    light : Light
    look : Look
    pan : Track
        Shift of the picture, pixels.
    background : (height, width + margin, 3) uint8 array
    """

    tailored: Tailored
    arms: Arms
    talk: Talk
    camera: Camera
    light: Light
    look: Look
    pan: Track
    background: Frame


def set_stage(
    studio: Studio, random: np.random.Generator, settings: FilmSettings, assets: AssetFolders
) -> Stage:
    """Draw person, clothes, talk, camera, light and background of a film.

    Parameters
    ----------
    studio : Studio
    random : numpy.random.Generator
    settings : FilmSettings
    assets : AssetFolders

    Returns
    -------
    Stage
    """
    shape = studio.body.shape(draw_phenotypes(random))
    costume = draw_costume(random, studio.settings, studio.wardrobe)
    tailored = tailor(studio.body, shape, costume)
    motion = None
    if settings.recorded and studio.motions:
        motion = studio.motions[random.integers(len(studio.motions))]
    seconds = settings.frames / settings.frames_per_second
    talk = draw_talk(random, seconds, seated=settings.seated, motion=motion)
    arms = studio.arms(shape)
    first = pose_sitter(studio.body, tailored, talk.posture_at(0.0, arms))
    camera = _place_camera(random, settings, first)
    away = camera.place - first.joints[0]
    background = _draw_background(random, settings, assets)
    return Stage(
        tailored=tailored,
        arms=arms,
        talk=talk,
        camera=camera,
        light=draw_light(random, away / np.linalg.norm(away)),
        look=_blend_in(draw_look(random, studio.skins), background, settings, random),
        pan=_draw_pan(random, settings, seconds),
        background=background,
    )


def _place_camera(random, settings, sitter):
    """A camera in front of the person, with the head in the upper part of the picture."""
    camera = facing_camera(
        sitter.joints[0],
        settings.tallness * settings.height,
        sitter.worn.stature,
        yaw=np.radians(random.normal(0, 15)),
        pitch=np.radians(random.normal(3, 2)),
        roll=np.radians(random.normal(0, 1)),
        view=np.radians(34),
        width=settings.width,
        height=settings.height,
    )
    head = camera.project(sitter.joints[:1])[0]
    wanted = np.array([random.uniform(0.42, 0.58), 0.10 + 0.10 * settings.tallness / 1.8])
    return camera.moved(wanted * (settings.width, settings.height) - head)


def _draw_pan(random, settings, seconds):
    count = int(seconds / _PAN_SECONDS) + 3
    times = np.cumsum(random.uniform(0.8, 1.2, count)) * _PAN_SECONDS
    ends = settings.pan * random.uniform(0.6, 1.0, count) * np.resize([-0.5, 0.5], count)
    return Track(times - times[0], ends)


def margin(settings: FilmSettings) -> int:
    """Return the pixels of background that a pan needs beyond each side of the picture."""
    return int(np.ceil(settings.pan)) + 2


def _draw_background(random, settings, assets):
    width, height = settings.width + 2 * margin(settings), settings.height
    if not (assets.backgrounds or assets.panoramas) or random.random() < _ROOM_SHARE:
        return look_at_room(draw_room(random), random, width, height)
    makers = list_backgrounds(assets)
    picture = makers[random.integers(len(makers))]()
    scale = max(width / picture.shape[1], height / picture.shape[0])
    large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(large[:height, :width])


def _blend_in(look, background, settings, random):
    """The look, with clothes in the colours of the background."""
    rows, columns = background.shape[:2]
    middle = background[rows // 3 :, columns // 4 : 3 * columns // 4].reshape(-1, 3) / 255.0
    share = settings.camouflage

    def faded(fabric):
        behind = middle[random.integers(len(middle), size=3)]
        behind[0] = np.median(middle, axis=0)
        return replace(fabric, colours=(1 - share) * fabric.colours + share * behind)

    dyed = look.dyed or share > 0
    return replace(look, top=faded(look.top), bottom=faded(look.bottom), dyed=dyed)
