"""Write what a user takes away: silhouettes, part maps, joints and the overlay of every frame."""

import csv
from pathlib import Path

import numpy as np

from personalize import parts
from personalize.encode import VideoWriter
from personalize.images import write_image
from personalize.overlay import draw_overlay
from personalize.parse import parse_frames

SILHOUETTES, PARTS, JOINTS, OVERLAY = "silhouettes", "parts", "joints.csv", "overlay.mp4"
OUTPUTS = (SILHOUETTES, PARTS, JOINTS, OVERLAY)
"""What `write_parsing` leaves in a folder."""

JOINT_FIELDS = ("frame", "time", "joint", "x", "y", "confidence")


def write_parsing(folder, source, framing, network, settings, *, given=None, progress=iter):
    """Parse every frame of a video and write the results as they come.

    Parameters
    ----------
    folder : path-like
        Gets ``silhouettes/%06d.png`` (0 or 255) and ``parts/%06d.png`` (part
        ids), both of the source's size; ``joints.csv``, where a joint without an
        estimate has no coordinates; and ``overlay.mp4``, with the source's sound.
    source : Source
    framing : Framing
    network : FactoredNetwork
        In evaluation mode.
    settings : RunSettings
        Of which `joints` and `overlay` are used.
    given : GivenSilhouettes, optional
        Injected, and written as they are.
    progress : callable
        Wraps the frame numbers.
    """
    folder = Path(folder)
    parsed = parse_frames(
        network, source.frames(), framing, joints=settings.joints, silhouettes=given
    )
    with (
        open(folder / JOINTS, "w", newline="") as table,
        VideoWriter(folder / OVERLAY, source=source) as video,
    ):
        rows = csv.writer(table)
        rows.writerow(JOINT_FIELDS)
        for number, (frame, result) in zip(progress(range(source.frame_count)), parsed):
            silhouette, labels = result.silhouette(framing), result.part_labels(framing)
            name = f"{number:06d}.png"
            write_image(folder / SILHOUETTES / name, silhouette.astype(np.uint8) * 255)
            write_image(folder / PARTS / name, labels)
            rows.writerows(joint_rows(number, source.times[number], result))
            video.write(
                draw_overlay(
                    frame,
                    labels,
                    silhouette,
                    result.xy,
                    result.confidence,
                    settings=settings.overlay,
                )
            )


def joint_rows(number, time, result):
    """Return one line of the table for every joint of a frame."""
    rows = []
    for joint, (x, y), confidence in zip(parts.JOINTS, result.xy, result.confidence):
        place = ("", "") if np.isnan(x) else (f"{x:.2f}", f"{y:.2f}")
        rows.append((number, f"{float(time):.4f}", joint, *place, f"{confidence:.4f}"))
    return rows
