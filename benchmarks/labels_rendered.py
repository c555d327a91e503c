"""How labels that are drawn around true joints of rendered people agree with their true parts.

`benchmarks.labels` prints the table.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from personalize.datasets.pose_points import BodyPoints
    from personalize.datasets.settings import PartGeometry
    from personalize.types import Array, Labels


def point_of(joint: str) -> str:
    """Return the name of the body point at a joint of `parts.JOINTS`."""
    return "nose" if joint == "head" else joint


def rendered_joints(root: Path) -> dict[int, tuple[Array, Array]]:
    """Return the true joints of rendered people: index -> (13, 2) pixels, (13,) visibility."""
    found = {}
    for path in sorted(root.glob("joints/*.npz")):
        with np.load(path) as shard:
            for index, xy, visible in zip(shard["index"], shard["xy"], shard["visible"]):
                found[int(index)] = xy, visible
    return found


def as_estimated(xy: Array, visible: Array, truth: Labels) -> BodyPoints:
    """Return true joints in the form of a pose estimator's output.

    An estimator also finds joints below clothes if the limb is seen.

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
    """Draw labels on rendered people, and count pixels by drawn and true label.

    Parameters
    ----------
    root : Path
        Folder of the people.
    most : int
        Greatest number of people, evenly spread.
    settings : PartGeometry

    Returns
    -------
    counts : (40, 32) float array
        Pixels by drawn and by true label.
    drawn : int
        Number of people.
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
    """Return a Markdown table of overlaps, with one line for each pair of parts."""
    from personalize import parts

    labelled = counts[: parts.CLASSES]  # without what is left open
    mirrored = list(parts.MIRRORED)
    lines = [
        f"{drawn} people; {counts[parts.CLASSES :].sum() / counts[:, 1:].sum():.1%} of their "
        f"pixels are somebody",
        "",
        "| part | IOU | where labelled | right of what is drawn | left open | other side |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    rows = []
    for part in range(1, parts.CLASSES):
        both = [part, mirrored[part]] if mirrored[part] != part else [part]
        if min(both) < part:
            continue
        hits = sum(labelled[k, k] for k in both)
        alarms = sum(labelled[k].sum() - labelled[k, k] for k in both)
        missed = sum(labelled[:, k].sum() - labelled[k, k] for k in both)
        left_open = sum(counts[parts.CLASSES :, k].sum() for k in both)
        swapped = sum(labelled[mirrored[k], k] for k in both) if len(both) > 1 else 0.0
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
