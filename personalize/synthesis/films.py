"""Rendered videos of people in motion, with the ground truth of every frame."""

import csv
from pathlib import Path

import cv2
import numpy as np

from personalize import parts
from personalize.datasets.rendered_video import CLIP, FRAMES, JOINTS, SILHOUETTES
from personalize.media.encode import VideoWriter
from personalize.media.images import write_image
from personalize.storage.atomic import atomic_write
from personalize.synthesis.actors import head_side
from personalize.synthesis.difficulties import write_script
from personalize.synthesis.people import Studio, see_joints
from personalize.synthesis.settings import (
    AssetFolders,
    FilmSettings,
    SynthesisSettings,
)
from personalize.synthesis.shooting import Truth, prepare, take_frames
from personalize.synthesis.sitters import pose_sitter
from personalize.synthesis.stages import Stage, margin, set_stage
from personalize.synthesis.tracing import View, trace_picture
from personalize.types import Frame, Wrap

SLIVER = 0.5
"""Visible area, in areas of the head, below which it is in doubt whether the person is seen."""


def synthesize_video(
    root: Path,
    *,
    settings: FilmSettings = FilmSettings(),
    people: SynthesisSettings = SynthesisSettings(),
    assets: AssetFolders = AssetFolders(),
    keep_parts: bool = False,
    progress: Wrap = iter,
) -> None:
    """Render a video with its ground truth into a folder.

    It writes

    - ``clip.mp4``;
    - ``joints.csv``: frame, time, joint, x, y, visible;
    - ``frames.csv``: frame, time, shot, seen (yes, no or doubt), and head, the side in pixels
      of a square with the area of the head, hidden parts included;
    - ``silhouettes.npz``: ``bits``, (T, ceil(H * W / 8)) uint8, from `numpy.packbits` of the
      person's pixels row by row; ``others``, the same of other people, painted ones included;
      and ``shape``, (T, H, W);
    - with `keep_parts`, ``parts/%06d.png``.

    Parameters
    ----------
    root : Path
    settings : FilmSettings
    people : SynthesisSettings
        How people are dressed; its sizes and angles are not used.
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
    shoot = _shoot_difficulty if settings.difficulty else _shoot_talk
    frames = shoot(studio, settings, assets)
    rows, table, bits, others = [], [], [], []
    with VideoWriter(root / CLIP, fps=settings.frames_per_second) as writer:
        for frame in progress(range(settings.frames)):
            time = frame / settings.frames_per_second
            picture, truth = next(frames)
            writer.write(picture)
            bits.append(np.packbits(truth.labels > 0))
            others.append(np.packbits(truth.others))
            rows += _joint_rows(frame, time, truth.joints, truth.visible)
            table.append(_frame_row(frame, time, truth))
            if keep_parts:
                write_image(root / "parts" / f"{frame:06d}.png", truth.labels)
    shape = np.array((settings.frames, settings.height, settings.width))
    with atomic_write(root / SILHOUETTES) as unfinished:
        np.savez_compressed(unfinished, bits=np.stack(bits), others=np.stack(others), shape=shape)
    _write_table(root / JOINTS, ("frame", "time", "joint", "x", "y", "visible"), rows)
    _write_table(root / FRAMES, ("frame", "time", "shot", "seen", "head"), table)


def _write_table(path, names, rows):
    with atomic_write(path) as unfinished, open(unfinished, "w", newline="") as file:
        csv.writer(file).writerows([names, *rows])


def _shoot_talk(studio, settings, assets):
    """Yield the picture and the Truth of every frame of one person who talks."""
    random = np.random.default_rng([settings.seed, 301])
    stage = set_stage(studio, random, settings, assets)
    for frame in range(settings.frames):
        yield shoot_frame(studio, stage, random, settings, frame / settings.frames_per_second)


def _shoot_difficulty(studio, settings, assets):
    """Yield the picture and the Truth of every frame of a film of a difficulty."""
    script = write_script(
        settings.difficulty,
        np.random.default_rng([settings.seed, 0]),
        settings.height,
        settings.heads,
    )
    noise = np.random.default_rng([settings.seed, 4])
    for take in prepare(studio, script, settings):
        for picture, truth in take_frames(studio, take, settings):
            yield _expose(picture, settings, noise), truth


def shoot_frame(
    studio: Studio, stage: Stage, random: np.random.Generator, settings: FilmSettings, time: float
) -> tuple[Frame, Truth]:
    """Render one frame of a person who talks.

    Parameters
    ----------
    studio : Studio
    stage : Stage
    random : numpy.random.Generator
        Draws the noise of the sensor.
    settings : FilmSettings
    time : float
        Seconds.

    Returns
    -------
    picture : (H, W, 3) uint8 array
    truth : Truth
    """
    shift = float(stage.pan.at(time))
    camera = stage.camera.moved(np.array([shift, 0.0]))
    sitter = pose_sitter(studio.body, stage.tailored, stage.talk.posture_at(time, stage.arms))
    view = View(sitter, camera, stage.light, stage.look, occluders=None)
    colour, labels = trace_picture(view, studio.settings.samples)
    cover = colour[..., 3:] / 255.0
    picture = colour[..., :3] * cover + _behind(stage, settings, shift) * (1 - cover)
    joints, visible = see_joints(sitter, camera, labels)
    nobody = np.zeros(labels.shape, bool)
    truth = Truth(labels, nobody, joints, visible, head_side(sitter, camera), shot=0)
    return _expose(picture, settings, random), truth


def _behind(stage, settings, shift):
    """The background of a frame, shifted by fractions of a pixel."""
    moved = np.array([[1.0, 0.0, shift - margin(settings)], [0.0, 1.0, 0.0]])
    size = settings.width, settings.height
    return cv2.warpAffine(
        stage.background, moved, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _expose(picture, settings, random):
    """Add the effects of a camera: dark corners, exposure, noise."""
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


def _frame_row(frame, time, truth):
    area = np.count_nonzero(truth.labels)
    seen = "no" if not area else "doubt" if area < SLIVER * truth.head**2 else "yes"
    head = "" if np.isnan(truth.head) else f"{truth.head:.2f}"
    return frame, f"{time:.3f}", truth.shot, seen, head
