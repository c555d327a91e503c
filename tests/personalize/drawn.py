"""A finished run of a drawn figure, made without a network: every number in it is known."""

import csv

import numpy as np
import pytest

from personalize.imaging.framing import Framing
from personalize.imaging.track import Track
from personalize.media.encode import VideoWriter
from personalize.media.images import write_image
from personalize.media.stretch import Stretch
from personalize.media.video import open_source
from personalize.output.export import FRAME_FIELDS, JOINT_FIELDS, frame_row, joint_rows
from personalize.output.frame_store import FrameResult
from personalize.output.legend import write_legend
from personalize.parts import JOINTS, NAMES
from personalize.storage import layout
from personalize.storage.workspace import Workspace

COUNT, HEIGHT, WIDTH, FPS = 12, 72, 96, 25
ABSENT = (5, 6)
"""Frames in which nobody is seen."""
HIDDEN, DOUBTFUL = "left_ankle", "left_wrist"
BOXES = {
    **{"ruhead": (10, 18, 30, 40), "luhead": (10, 18, 40, 50)},
    "neck": (18, 24, 36, 44),
    **{"rubody": (24, 44, 30, 40), "lubody": (24, 44, 40, 50)},
    **{"rhand": (40, 48, 20, 28), "lhand": (40, 48, 52, 60)},
    **{"rfoot": (60, 66, 24, 40)},
}
"""Rows and columns of the parts in frame 0; each frame moves them a pixel to the right."""
CELL = 4
"""Pixels of a cell: a foot has 96, and none on the left is seen."""


def figure(t):
    """Labels (H, W) of frame t; nobody in some."""
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    for name, (top, bottom, left, right) in BOXES.items():
        if t not in ABSENT:
            labels[top:bottom, left + t : right + t] = NAMES.index(name)
    return labels


def joints(t):
    """Joint k of frame t is at (20 + 2 k + t, 10 + 4 k), but that ankles are at (30 + t, 62)."""
    k = np.arange(len(JOINTS))
    xy = np.stack([20.0 + 2 * k + t, 10.0 + 4 * k], axis=1)
    xy[list(JOINTS).index("right_ankle")] = (26 + t, 62)
    sure = np.full(len(JOINTS), 0.9)
    sure[list(JOINTS).index(HIDDEN)] = 0.02
    sure[list(JOINTS).index(DOUBTFUL)] = 0.2
    if t in ABSENT:
        xy[:], sure[:] = np.nan, 0
    return xy, sure


def picture_of(t):
    """Frame t, (H, W, 3) uint8: a bright figure with an edge of half brightness, over grey."""
    frame = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    frame[figure(t) > 0] = (220, 180, 140)
    return frame


@pytest.fixture(scope="session")
def drawn_video(tmp_path_factory):
    path = tmp_path_factory.mktemp("drawn") / "clip.mp4"
    with VideoWriter(path, fps=FPS) as writer:
        for t in range(COUNT):
            writer.write(picture_of(t))
    return path


@pytest.fixture
def drawn_run(tmp_path, drawn_video):
    """Return a function that makes the run folder of frames from `first` on; returns its path."""

    def make(first=0, video=drawn_video, facts=None, purpose="run"):
        source = open_source(video)
        if first:
            source = Stretch(source, first, source.frame_count)

        def produce(folder):
            write_legend(folder / layout.LEGEND)
            (folder / layout.OVERLAY).write_bytes(b"a video")
            with (
                open(folder / layout.JOINTS, "w", newline="") as joint_file,
                open(folder / layout.FRAMES, "w", newline="", **layout.TEXT) as frame_file,
            ):
                joint_table, frame_table = csv.writer(joint_file), csv.writer(frame_file)
                joint_table.writerow(JOINT_FIELDS)
                frame_table.writerow(FRAME_FIELDS)
                for place, time in enumerate(source.times):
                    t = first + place
                    labels, name = figure(t), layout.picture(t)
                    result = FrameResult(labels > 0, labels, *joints(t), 0.95)
                    write_image(folder / layout.SILHOUETTES / name, result.silhouette)
                    write_image(folder / layout.PARTS / name, labels)
                    joint_table.writerows(joint_rows(t, time, result))
                    row = frame_row(t, time, result)
                    seen = "no" if t in ABSENT else "doubt" if t == 0 else "yes"
                    frame_table.writerow((*row, source.name_of(place), seen))

        track = Track.still(Framing(HEIGHT, WIDTH, 8 / CELL, 0.0, 0.0, 144, 192))
        work = Workspace.open(
            tmp_path / "out",
            source=source,
            facts=facts or {"base": "b", "seed": 0},
            purpose=purpose,
            notes={"path": str(source.path)},
        )
        work.arrays("track", {}, track.arrays)
        laid = {"track": track.describe(), "fps": source.fps}
        work.stage("parse", laid, produce, outputs=layout.PARSED)
        return tmp_path / "out"

    return make
