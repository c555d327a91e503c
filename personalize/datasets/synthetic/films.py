"""Rendered videos: one person who moves before a background, and the truth of every frame."""

import csv
from dataclasses import dataclass, replace

import cv2
import numpy as np

from personalize import parts
from personalize.atomic import atomic_write
from personalize.datasets.synthetic.backgrounds import list_backgrounds
from personalize.datasets.synthetic.camera import Camera, facing_camera
from personalize.datasets.synthetic.dressing import Tailored, draw_costume, pose_sitter, tailor
from personalize.datasets.synthetic.looks import Look, draw_look
from personalize.datasets.synthetic.people import Studio, draw_phenotypes, see_joints
from personalize.datasets.synthetic.rooms import draw_room, look_at_room
from personalize.datasets.synthetic.settings import (
    AssetFolders,
    FilmSettings,
    SynthesisSettings,
)
from personalize.datasets.synthetic.shading import Light, draw_light
from personalize.datasets.synthetic.talking import Talk, Track, draw_talk
from personalize.datasets.synthetic.tracing import View, trace_picture
from personalize.encode import VideoWriter
from personalize.images import write_image

_PAN_SECONDS = 4.0  # from one end of a pan to the other, about
_ROOM_SHARE = 0.5  # of films in an invented room where there are photographs


@dataclass(frozen=True, eq=False)
class Stage:
    """What stays the same, or is known beforehand, through a film.

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
    arms: dict
    talk: Talk
    camera: Camera
    light: Light
    look: Look
    pan: Track
    background: np.ndarray


def synthesize_video(
    root,
    *,
    settings=FilmSettings(),
    people=SynthesisSettings(),
    assets=AssetFolders(),
    keep_parts=False,
    progress=iter,
):
    """Render a video with its truth into a folder.

    Writes `clip.mp4`; `joints.csv` (frame, time, joint, x, y, visible);
    `silhouettes.npz` with `bits`, (T, ceil(H * W / 8)) uint8 from `numpy.packbits`
    of the person's pixels row by row, and `shape` (T, H, W); and with `keep_parts`
    `parts/%06d.png`.

    Parameters
    ----------
    root : Path
    settings : FilmSettings
    people : SynthesisSettings
        How the person is dressed; its sizes and angles are not used.
    assets : AssetFolders
    keep_parts : bool
    progress : callable
        Wraps the sequence of frames.

    Raises
    ------
    PersonalizeError
        If a package of the extra `synthetic` is missing.
    WorkspaceError
        If the folder cannot be written.
    """
    studio = Studio(people, assets)
    random = np.random.default_rng([settings.seed, 301])
    stage = set_stage(studio, random, settings, assets)
    rows, bits = [], []
    with VideoWriter(root / "clip.mp4", fps=settings.frames_per_second) as writer:
        for frame in progress(range(settings.frames)):
            time = frame / settings.frames_per_second
            picture, labels, joints, visible = shoot_frame(studio, stage, random, settings, time)
            writer.write(picture)
            bits.append(np.packbits(labels > 0))
            rows += _joint_rows(frame, time, joints, visible)
            if keep_parts:
                write_image(root / "parts" / f"{frame:06d}.png", labels)
    shape = (settings.frames, settings.height, settings.width)
    with atomic_write(root / "silhouettes.npz") as unfinished:
        np.savez_compressed(unfinished, bits=np.stack(bits), shape=np.array(shape))
    with atomic_write(root / "joints.csv") as unfinished, open(unfinished, "w", newline="") as file:
        csv.writer(file).writerows([("frame", "time", "joint", "x", "y", "visible"), *rows])


def set_stage(studio, random, settings, assets):
    """Choose person, clothes, talk, camera, light and background of a film.

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


def shoot_frame(studio, stage, random, settings, time):
    """One frame.

    Parameters
    ----------
    studio : Studio
    stage : Stage
    random : numpy.random.Generator
        Of the sensor's noise.
    settings : FilmSettings
    time : float
        Seconds.

    Returns
    -------
    picture : (H, W, 3) uint8 array
    labels : (H, W) uint8 array
        Parts.
    joints : (13, 2) float32 array
        Pixels.
    visible : (13,) bool array
    """
    shift = float(stage.pan.at(time))
    camera = stage.camera.moved(np.array([shift, 0.0]))
    sitter = pose_sitter(studio.body, stage.tailored, stage.talk.posture_at(time, stage.arms))
    view = View(sitter, camera, stage.light, stage.look, occluders=None)
    colour, labels = trace_picture(view, studio.settings.samples)
    cover = colour[..., 3:] / 255.0
    picture = colour[..., :3] * cover + _behind(stage, settings, shift) * (1 - cover)
    joints, visible = see_joints(sitter, camera, labels)
    return _expose(picture, settings, random), labels, joints, visible


def _place_camera(random, settings, sitter):
    """Before the person, the head in the upper part of the picture."""
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


def _margin(settings):
    """Pixels of background to either side of the picture."""
    return int(np.ceil(settings.pan)) + 2


def _draw_background(random, settings, assets):
    width, height = settings.width + 2 * _margin(settings), settings.height
    if not (assets.backgrounds or assets.panoramas) or random.random() < _ROOM_SHARE:
        return look_at_room(draw_room(random), random, width, height)
    makers = list_backgrounds(assets)
    picture = makers[random.integers(len(makers))]()
    scale = max(width / picture.shape[1], height / picture.shape[0])
    large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(large[:height, :width])


def _behind(stage, settings, shift):
    """The background of a frame, moved by parts of pixels."""
    moved = np.array([[1.0, 0.0, shift - _margin(settings)], [0.0, 1.0, 0.0]])
    size = settings.width, settings.height
    return cv2.warpAffine(stage.background, moved, size, flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REPLICATE)  # fmt: skip


def _blend_in(look, background, settings, random):
    """The look with clothes of the colours behind the person."""
    rows, columns = background.shape[:2]
    middle = background[rows // 3 :, columns // 4 : 3 * columns // 4].reshape(-1, 3) / 255.0
    share = settings.camouflage

    def faded(fabric):
        behind = middle[random.integers(len(middle), size=3)]
        behind[0] = np.median(middle, axis=0)
        return replace(fabric, colours=(1 - share) * fabric.colours + share * 1.15 * behind)

    return replace(look, top=faded(look.top), bottom=faded(look.bottom), dyed=look.dyed or share > 0)


def _expose(picture, settings, random):
    """What a camera makes of a scene: dark corners, brightness, noise."""
    rows, columns = picture.shape[:2]
    down, across = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)
    corners = 1 - 0.15 * (down**2 + across**2)
    noise = random.normal(0, settings.noise, picture.shape)
    return np.clip(picture * (settings.exposure * corners)[..., None] + noise, 0, 255).astype(np.uint8)


def _joint_rows(frame, time, joints, visible):
    return [(frame, f"{time:.3f}", name, f"{x:.2f}", f"{y:.2f}", int(seen))
            for name, (x, y), seen in zip(parts.JOINTS, joints, visible)]  # fmt: skip
