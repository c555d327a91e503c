"""How well labels that are drawn around landmarks agree with those landmarks, and with true parts.

    python -m benchmarks.labels [--jhmdb J-HMDB --landmarks FILE] [--people PEOPLE] [--step 3]

Frames of J-HMDB: labels are drawn around the landmarks of FILE inside the puppet masks, and joints
are read from them again as centres of parts. The table has medians and means of the distances from
the landmarks. A second one compares people who are taken to be seen from behind with their true
shoulders. A third one has the distances for labels as a teacher makes them in a run: in cells of
the canvas, with joints by the rule of a run; first without and then with the correction that moves
landmarks.

Rendered people: labels are drawn around the 13 true joints, with the middle of the head for COCO's
nose, inside the true silhouette. The table has the overlap with the true parts, left and right
pooled. Pixels labelled as an unknown part of the person count as missed in the first column, and
are left out of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from benchmarks.labels_rendered import measure_people, people_table, point_of

if TYPE_CHECKING:
    from personalize.adaptation.settings import TeacherSettings
    from personalize.datasets.pose_points import BodyPoints
    from personalize.types import Array, Labels

Distances = dict[str, tuple[float, float] | None]
"""Joint -> pixels and units from its point, or None where the part is not drawn."""

GROUPS = {
    "head, to the nose": ("head",),
    "shoulders": ("right_shoulder", "left_shoulder"),
    "elbows": ("right_elbow", "left_elbow"),
    "wrists": ("right_wrist", "left_wrist"),
    "hips": ("right_hip", "left_hip"),
    "knees": ("right_knee", "left_knee"),
    "ankles": ("right_ankle", "left_ankle"),
}
PLACE = click.Path(path_type=Path)
UNIT = 60.0
"""Pixels of the canvas in a unit of a body, about the width of the shoulders; a head has 42."""


def read_off(labels: Labels) -> Array:
    """Return joints (13, 2) at the centres of parts in labels (H, W); NaN for absent parts."""
    from personalize import parts
    from personalize.stages.joints import locate_joints
    from personalize.stages.settings import JointSettings

    known = np.where(labels < parts.CLASSES, labels, parts.BACKGROUND)
    maps = (known == np.arange(parts.CLASSES)[:, None, None]).astype(np.float32)
    return locate_joints(maps, settings=JointSettings(rule="plain")).xy


def distances(points: BodyPoints, labels: Labels, unit: float) -> Distances:
    """Measure the distances of joints that are read from labels to the visible points.

    Parameters
    ----------
    points : BodyPoints
    labels : (H, W) uint8 array
        Parts.
    unit : float
        In pixels, such as the width of the shoulders.

    Returns
    -------
    dict of str to (float, float) or None
        Joint -> distance in pixels and in units; None where its part is not drawn.
    """
    return far_from(points, read_off(labels), unit)


def far_from(points: BodyPoints, joints: Array, unit: float) -> Distances:
    """Measure the distances of joints to the visible points.

    Parameters
    ----------
    points : BodyPoints
    joints : (13, 2) float array
        (x, y) in pixels; NaN: not found.
    unit : float
        In pixels, such as the width of the shoulders.

    Returns
    -------
    dict of str to (float, float) or None
        As for `distances`.
    """
    from personalize import parts

    found: Distances = {}
    for name, xy in zip(parts.JOINTS, joints):
        place = points.at(point_of(name), 0.5)
        if place is not None:
            away = float(np.linalg.norm(xy - place))
            found[name] = (away, away / unit) if np.isfinite(away) else None
    return found


def measure_clips(root: Path, landmarks: Path, step: int) -> tuple[list[Distances], int]:
    """Draw labels in frames of J-HMDB, and measure distances.

    Parameters
    ----------
    root : Path
        Of J-HMDB.
    landmarks : Path
        File of landmarks of its clips.
    step : int
        Every `step`-th frame is looked at.

    Returns
    -------
    found : list of dict
        From `distances`, for each frame.
    left_out : int
        Frames with too few landmarks.
    """
    from personalize.datasets.body_frame import lacks, measure_body
    from personalize.datasets.jhmdb import clips
    from personalize.datasets.landmark_parts import draw_parts
    from personalize.datasets.landmarks import read_landmarks

    tracks, found, left_out = read_landmarks(landmarks), [], 0
    for clip in clips(root):
        track, masks = tracks[clip.name], clip.read_masks()
        for frame in range(0, len(masks), step):
            points = track.points(frame)
            body = measure_body(points)
            if lacks(points) or body is None:
                left_out += 1
                continue
            labels = draw_parts(points, masks[frame])
            found.append(distances(points, labels, body.unit))
    return found, left_out


def measure_taught(
    root: Path, landmarks: Path, step: int, settings: TeacherSettings
) -> tuple[list[Distances], int]:
    """Measure distances of joints in the labels of a teacher, as `measure_clips` does.

    Parameters
    ----------
    root, landmarks, step
        As for `measure_clips`.
    settings : TeacherSettings

    Returns
    -------
    found : list of dict
        From `far_from`, for each frame, in pixels of the canvas.
    left_out : int
        Frames that the teacher does not label.
    """
    import cv2

    from personalize import parts
    from personalize.adaptation.landmark_labels import parts_of_landmarks
    from personalize.datasets.body_frame import measure_body
    from personalize.datasets.jhmdb import clips
    from personalize.datasets.landmarks import read_landmarks
    from personalize.imaging.framing import CELL, round_up
    from personalize.stages.joints import locate_joints

    tracks, found, left_out = read_landmarks(landmarks), [], 0
    for clip in clips(root):
        track, masks = tracks[clip.name], clip.read_masks().astype(np.uint8)
        for frame in range(0, len(masks), step):
            points = track.points(frame)
            body, drawn = measure_body(points), None
            if body is not None:
                scale = UNIT / body.unit
                points = points.moved(scale)
                rows, cols = (round_up(round(side * scale)) for side in masks[frame].shape)
                mask = cv2.resize(masks[frame], (cols, rows), interpolation=cv2.INTER_NEAREST)
                drawn = parts_of_landmarks(points, np.asarray(mask, np.uint8), settings=settings)
            if drawn is None:
                left_out += 1
                continue
            drawn[parts.BACKGROUND] = 1 - drawn.sum(axis=0)
            estimate = locate_joints(drawn, 1 - drawn[parts.BACKGROUND], settings=settings.joints)
            joints = np.where(estimate.found[:, None], estimate.xy, np.nan)
            found.append(far_from(points, (joints + 0.5) * CELL - 0.5, UNIT))
    return found, left_out


def clip_table(found: Sequence[Distances], left_out: int) -> str:
    """Return a Markdown table of distances, with one line for each group of joints."""
    lines = [
        f"{len(found)} frames, {left_out} left out for want of landmarks",
        "",
        "| joints | median, px | mean, px | median, shoulder widths | mean | within 0.2 | not "
        "drawn |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for group, names in GROUPS.items():
        both = [frame[name] for frame in found for name in names if name in frame]
        drawn = np.array([pair for pair in both if pair])
        pixels, units = np.median(drawn, axis=0), np.mean(drawn, axis=0)
        missing = 1 - len(drawn) / len(both)
        lines.append(
            f"| {group} | {pixels[0]:.1f} | {units[0]:.1f} | {pixels[1]:.3f} | {units[1]:.3f} "
            f"| {np.mean(drawn[:, 1] < 0.2):.1%} | {missing:.1%} |"
        )
    return "\n".join(lines)


def measure_views(root: Path, landmarks: Path, step: int) -> Array:
    """Compare the estimated view of people, from the front or from behind, with the truth.

    Parameters
    ----------
    root : Path
        Of J-HMDB.
    landmarks : Path
        File of landmarks of its clips.
    step : int
        Every `step`-th frame is looked at.

    Returns
    -------
    (N, 2) int array
        Whether the person is taken to be seen from behind; and whether the right shoulder is truly
        left of the other (1), right of it (-1), or about above it (0).
    """
    from personalize.datasets.body_frame import lacks, measure_body
    from personalize.datasets.jhmdb import clips
    from personalize.datasets.landmarks import read_landmarks
    from personalize.datasets.settings import PartGeometry

    tracks, views = read_landmarks(landmarks), []
    for clip in clips(root):
        joints = clip.read_joints(("right_shoulder", "left_shoulder"))
        for frame in range(0, len(joints), step):
            points = tracks[clip.name].points(frame)
            body = measure_body(points)
            if lacks(points) or body is None:
                continue
            width = (joints[frame, 0] - joints[frame, 1]) @ body.aside / body.unit
            views.append((body.away, np.sign(width) * (abs(width) > PartGeometry().turned)))
    return np.array(views, int).reshape(-1, 2)


def view_table(views: Array) -> str:
    """Return a Markdown table of estimated and true views."""
    lines = [
        "| taken to be | frames | truly facing | in profile | from behind |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, away in (("facing", 0), ("from behind", 1)):
        truth = views[views[:, 0] == away, 1]
        shares = " | ".join(
            f"{np.mean(truth == way):.1%}" if truth.size else "" for way in (1, 0, -1)
        )
        lines.append(f"| {name} | {truth.size} | {shares} |")
    return "\n".join(lines)


@click.command()
@click.option("--jhmdb", type=PLACE)
@click.option("--landmarks", type=PLACE, help="Of its clips.")
@click.option("--people", type=PLACE, help="Rendered people.")
@click.option("--step", default=3, show_default=True, help="Of the frames of clips.")
@click.option("--most", default=1000, show_default=True, help="People.")
def main(
    jhmdb: Path | None, landmarks: Path | None, people: Path | None, step: int, most: int
) -> None:
    """Print Markdown tables."""
    from dataclasses import replace

    from personalize.adaptation.settings import TeacherSettings
    from personalize.datasets.settings import PartGeometry

    if jhmdb and landmarks is None:
        raise click.UsageError("--jhmdb needs the --landmarks of its clips")
    if jhmdb and landmarks:
        print(clip_table(*measure_clips(jhmdb, landmarks, step)))
        print()
        print(view_table(measure_views(jhmdb, landmarks, step)))
        settings = TeacherSettings()
        for rounds in (0, settings.rounds):
            print(f"\nas a teacher gives them, landmarks moved {rounds} times:")
            teacher = replace(settings, rounds=rounds)
            print(clip_table(*measure_taught(jhmdb, landmarks, step, teacher)))
    if people:
        print(people_table(*measure_people(people, most, PartGeometry())))


if __name__ == "__main__":
    main()
