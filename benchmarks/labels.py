"""How well labels that are drawn around landmarks agree with those landmarks, and with true parts.

    python -m benchmarks.labels [--jhmdb J-HMDB --landmarks FILE] [--people PEOPLE] [--step 3]

In frames of J-HMDB labels are drawn around the landmarks of FILE inside of the puppet masks, and
joints are read off them again, as centres of parts: medians and means of the distances; and whether
those who are taken to be seen from behind are, by the true shoulders. Then the same as a teacher
tells them in a run: in cells of the canvas, joints by the rule of a run, as they are drawn and with
landmarks moved against what joints are beside them. On rendered people
they are drawn around the 13 true joints, as of COCO with the middle of the head for the nose,
inside of the true silhouette: overlap with the true parts, left and right pooled. "Somebody" is
left open: it counts as missed in the first column, and is left out of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

if TYPE_CHECKING:
    from personalize.adaptation.settings import TeacherSettings
    from personalize.datasets.pose_points import BodyPoints
    from personalize.datasets.settings import PartGeometry
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
"""Canvas pixels of a unit of a body, about the width of the shoulders, whose head measures 42."""


def point_of(joint: str) -> str:
    """The point that a joint of `parts.JOINTS` is."""
    return "nose" if joint == "head" else joint


def read_off(labels: Labels) -> Array:
    """Joints (13, 2) at the centres of parts in labels (H, W); NaN where a part is not there."""
    from personalize import parts
    from personalize.stages.joints import locate_joints
    from personalize.stages.settings import JointSettings

    known = np.where(labels < parts.CLASSES, labels, parts.BACKGROUND)
    maps = (known == np.arange(parts.CLASSES)[:, None, None]).astype(np.float32)
    return locate_joints(maps, settings=JointSettings(rule="plain")).xy


def distances(points: BodyPoints, labels: Labels, unit: float) -> Distances:
    """Measure how far joints that are read off labels are from the visible points.

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
    """Measure how far joints are from the visible points.

    Parameters
    ----------
    points : BodyPoints
    joints : (13, 2) float array
        (x, y) in pixels; NaN where there is none.
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
    """Measure distances of joints in what a teacher tells, as `measure_clips` does of labels.

    Parameters
    ----------
    root, landmarks, step
        As of `measure_clips`.
    settings : TeacherSettings

    Returns
    -------
    found : list of dict
        From `far_from`, for each frame, in pixels of the canvas.
    left_out : int
        Frames of which the teacher tells nothing.
    """
    import cv2

    from personalize import parts
    from personalize.adaptation.teacher import tell_parts
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
            body, told = measure_body(points), None
            if body is not None:
                scale = UNIT / body.unit
                points = points.moved(scale)
                rows, cols = (round_up(round(side * scale)) for side in masks[frame].shape)
                mask = cv2.resize(masks[frame], (cols, rows), interpolation=cv2.INTER_NEAREST)
                told = tell_parts(points, np.asarray(mask, np.uint8), settings=settings)
            if told is None:
                left_out += 1
                continue
            told[parts.BACKGROUND] = 1 - told.sum(axis=0)
            estimate = locate_joints(told, 1 - told[parts.BACKGROUND], settings=settings.joints)
            drawn = np.where(estimate.found[:, None], estimate.xy, np.nan)
            found.append(far_from(points, (drawn + 0.5) * CELL - 0.5, UNIT))
    return found, left_out


def clip_table(found: Sequence[Distances], left_out: int) -> str:
    """A Markdown table of distances: a group of joints a line."""
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
    """Compare from where people are taken to be seen with the truth.

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
    """A Markdown table of views: as they are taken to be, and as they are."""
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


def rendered_joints(root: Path) -> dict[int, tuple[Array, Array]]:
    """True joints of rendered people: index -> (13, 2) pixels, and (13,) whether they are seen."""
    found = {}
    for path in sorted(root.glob("joints/*.npz")):
        with np.load(path) as shard:
            for index, xy, visible in zip(shard["index"], shard["xy"], shard["visible"]):
                found[int(index)] = xy, visible
    return found


def as_estimated(xy: Array, visible: Array, truth: Labels) -> BodyPoints:
    """Return true joints as a pose estimator would give them.

    It also gives joints below clothes, if the limb is seen.

    Parameters
    ----------
    xy : (13, 2) float array
        In pixels.
    visible : (13,) bool array
    truth : (H, W) uint8 array
        True parts.

    Returns
    -------
    BodyPoints
    """
    from personalize import parts
    from personalize.datasets.pose_points import INDEX, POINTS, BodyPoints

    places, seen = np.full((len(POINTS), 2), np.nan), np.zeros(len(POINTS))
    for name, place, shown in zip(parts.JOINTS, xy, visible):
        col, row = np.rint(np.nan_to_num(place, nan=-1)).astype(int)
        inside = 0 <= row < truth.shape[0] and 0 <= col < truth.shape[1]
        label = parts.NAMES[truth[row, col]] if inside else ""
        below = label[1:] in ("uleg", "knee", "lleg", "ankle") and label[:1] == name[0]
        deep = name.endswith(("shoulder", "hip")) and label != "background"
        places[INDEX[point_of(name)]] = place
        seen[INDEX[point_of(name)]] = inside and (shown or deep or below)
    return BodyPoints(places, seen)


def measure_people(root: Path, most: int, settings: PartGeometry) -> tuple[Array, int]:
    """Draw labels on rendered people, and count them against the truth.

    Parameters
    ----------
    root : Path
        Of the people.
    most : int
        People at most, evenly spread.
    settings : PartGeometry

    Returns
    -------
    counts : (40, 32) float array
        Pixels by drawn and by true label.
    drawn : int
        People.
    """
    from personalize import parts
    from personalize.datasets.body_frame import measure_body
    from personalize.datasets.landmark_parts import draw_parts
    from personalize.datasets.samples import RenderedPeople

    people, counts, drawn = RenderedPeople(root), np.zeros((40, parts.CLASSES)), 0
    joints = rendered_joints(root)
    for index in np.linspace(0, len(people) - 1, min(most, len(people))).astype(int):
        _, truth = people.person(index)
        points = as_estimated(*joints[int(people.people[index].stem)], truth)
        if measure_body(points) is None:
            continue
        labels = draw_parts(points, truth > 0, settings=settings)
        counts += np.bincount(
            labels.ravel() * np.int64(parts.CLASSES) + truth.ravel(), minlength=counts.size
        ).reshape(counts.shape)
        drawn += 1
    return counts, drawn


def people_table(counts: Array, drawn: int) -> str:
    """A Markdown table of overlaps: a pair of parts a line."""
    from personalize import parts

    told = counts[: parts.CLASSES]  # without what is left open
    mirrored = list(parts.MIRRORED)
    lines = [
        f"{drawn} people; {counts[parts.CLASSES :].sum() / counts[:, 1:].sum():.1%} of their "
        f"pixels are somebody",
        "",
        "| part | IOU | where told | right of what is drawn | left open | other side |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    rows = []
    for part in range(1, parts.CLASSES):
        both = [part, mirrored[part]] if mirrored[part] != part else [part]
        if min(both) < part:
            continue
        hits = sum(told[k, k] for k in both)
        alarms = sum(told[k].sum() - told[k, k] for k in both)
        missed = sum(told[:, k].sum() - told[k, k] for k in both)
        left_open = sum(counts[parts.CLASSES :, k].sum() for k in both)
        swapped = sum(told[mirrored[k], k] for k in both) if len(both) > 1 else 0.0
        total = hits + missed + left_open
        rows.append(
            [
                hits / (total + alarms),
                hits / (hits + alarms + missed),
                hits / (hits + alarms),
                left_open / total,
                swapped / total,
            ]
        )
        name = parts.NAMES[part][1:] if len(both) > 1 else parts.NAMES[part]
        lines.append(f"| {name} | " + " | ".join(f"{value:.3f}" for value in rows[-1]) + " |")
    lines.append("| mean | " + " | ".join(f"{value:.3f}" for value in np.mean(rows, axis=0)) + " |")
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
            print(f"\nas a teacher tells them, landmarks moved {rounds} times:")
            teacher = replace(settings, rounds=rounds)
            print(clip_table(*measure_taught(jhmdb, landmarks, step, teacher)))
    if people:
        print(people_table(*measure_people(people, most, PartGeometry())))


if __name__ == "__main__":
    main()
