"""Rendered videos: one person who moves before a background, and the truth of every frame."""

import csv
from pathlib import Path

import cv2
import numpy as np

from personalize import parts
from personalize.media.encode import VideoWriter
from personalize.media.images import write_image
from personalize.storage.atomic import atomic_write
from personalize.synthesis.people import Studio, see_joints
from personalize.synthesis.settings import (
    AssetFolders,
    FilmSettings,
    SynthesisSettings,
)
from personalize.synthesis.sitters import pose_sitter
from personalize.synthesis.stages import Stage, margin, set_stage
from personalize.synthesis.tracing import View, trace_picture
from personalize.types import Frame, Labels, Map, Mask, Wrap


def synthesize_video(
    root: Path,
    *,
    settings: FilmSettings = FilmSettings(),
    people: SynthesisSettings = SynthesisSettings(),
    assets: AssetFolders = AssetFolders(),
    keep_parts: bool = False,
    progress: Wrap = iter,
) -> None:
    """Render a video with its truth into a folder.

    Writes `clip.mp4`; `joints.csv` (frame, time, joint, x, y, visible);
    `given_silhouettes.npz` with `bits`, (T, ceil(H * W / 8)) uint8 from `numpy.packbits`
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


def shoot_frame(
    studio: Studio, stage: Stage, random: np.random.Generator, settings: FilmSettings, time: float
) -> tuple[Frame, Labels, Map, Mask]:
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


def _behind(stage, settings, shift):
    """The background of a frame, moved by parts of pixels."""
    moved = np.array([[1.0, 0.0, shift - margin(settings)], [0.0, 1.0, 0.0]])
    size = settings.width, settings.height
    return cv2.warpAffine(
        stage.background, moved, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _expose(picture, settings, random):
    """What a camera makes of a scene: dark corners, brightness, noise."""
    rows, columns = picture.shape[:2]
    down, across = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)
    corners = 1 - 0.15 * (down**2 + across**2)
    noise = random.normal(0, settings.noise, picture.shape)
    seen = picture * (settings.exposure * corners)[..., None] + noise
    return np.clip(seen, 0, 255).astype(np.uint8)


def _joint_rows(frame, time, joints, visible):
    return [
        (frame, f"{time:.3f}", name, f"{x:.2f}", f"{y:.2f}", int(seen))
        for name, (x, y), seen in zip(parts.JOINTS, joints, visible)
    ]
