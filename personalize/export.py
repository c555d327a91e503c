"""Write what a user takes away: silhouettes, part maps, joints and the overlay of every frame."""

import csv
from pathlib import Path

import numpy as np

from personalize import parts
from personalize.encode import VideoWriter
from personalize.images import write_image
from personalize.overlay import draw_overlay
from personalize.parse import parse_frames
from personalize.predict import certainty
from personalize.smooth import smooth_joints

SILHOUETTES, PARTS, OVERLAY = "silhouettes", "parts", "overlay.mp4"
JOINTS, FRAMES = "joints.csv", "frames.csv"
OUTPUTS = (SILHOUETTES, PARTS, JOINTS, FRAMES, OVERLAY)
"""What `write_parsing` leaves in a folder."""

JOINT_FIELDS = ("frame", "time", "joint", "x", "y", "confidence")
FRAME_FIELDS = ("frame", "time", "area", "certainty", "name")


def write_parsing(
    folder, source, framing, network, settings, *, given=None, appearance=None, progress=iter
):
    """Parse every frame of a video and write the results as they come.

    Parameters
    ----------
    folder : path-like
        Gets ``silhouettes/%06d.png`` (0 or 255) and ``parts/%06d.png`` (part
        ids), both of the source's size; ``joints.csv``, where a joint without an
        estimate has no coordinates; ``frames.csv``, with the silhouette's share of
        every frame, how certain the network was of it, and the name of its file in a
        folder of frames; and ``overlay.mp4``,
        with the source's sound.
    source : Source
    framing : Framing
    network : FactoredNetwork
        In evaluation mode.
    settings : RunSettings
        Of which `views`, `joints`, `smooth` and `overlay` are used.
    given : GivenSilhouettes, optional
        Injected, and written as they are.
    appearance : Appearance, optional
        As for `parse_frames`.
    progress : callable
        Wraps the frame numbers.
    """
    folder = Path(folder)
    parsed = parse_frames(
        network,
        source.frames(),
        framing,
        joints=settings.joints,
        views=settings.views,
        silhouettes=given,
        appearance=appearance,
    )
    if settings.smooth.reach:
        parsed = smooth_joints(parsed, settings=settings.smooth)
    names = {number: name for name, number in source.frame_names.items()}
    with (
        open(folder / JOINTS, "w", newline="") as joints,
        open(folder / FRAMES, "w", newline="") as frames,
        VideoWriter(folder / OVERLAY, source=source) as video,
    ):
        joint_table, frame_table = csv.writer(joints), csv.writer(frames)
        joint_table.writerow(JOINT_FIELDS)
        frame_table.writerow(FRAME_FIELDS)
        for number, (frame, result) in zip(progress(range(source.frame_count)), parsed):
            silhouette, labels = result.silhouette, result.part_labels(framing)
            name = f"{number:06d}.png"
            write_image(folder / SILHOUETTES / name, silhouette.astype(np.uint8) * 255)
            write_image(folder / PARTS / name, labels)
            joint_table.writerows(joint_rows(number, source.times[number], result))
            row = frame_row(number, source.times[number], silhouette, result)
            frame_table.writerow((*row, names.get(number, "")))
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


def frame_row(number, time, silhouette, result):
    """Return the line of the table for a frame as a whole, all but its name."""
    sure = certainty(result.person)
    return number, f"{float(time):.4f}", f"{silhouette.mean():.6f}", f"{sure:.6f}"
