"""SLEAP: predictions of one tracked person, as `sleap-io` writes them."""

import os
from pathlib import Path
from typing import Any

from personalize.exports.landmarks import LIMBS, NAMES, SYMMETRIES
from personalize.exports.task import Task


def write(task: Task, folder: Path) -> None:
    """Write ``NAME.slp``; frames in which nobody is seen are left out."""
    import sleap_io

    skeleton = sleap_io.Skeleton(
        list(NAMES), edges=list(LIMBS), symmetries=list(SYMMETRIES), name="person"
    )
    video, track = named_video(task), sleap_io.Track("person")
    labelled = []
    for frame in task:
        if frame.seen:
            points = frame.landmarks
            instance = sleap_io.PredictedInstance.from_numpy(
                points.xy, skeleton, points.confidence, points.confidence.mean(), track=track
            )
            labelled.append(sleap_io.LabeledFrame(video, frame.number, [instance]))
    labels = sleap_io.Labels(labelled, videos=[video], skeletons=[skeleton], tracks=[track])
    sleap_io.save_slp(labels, str(folder / f"{task.stem}.slp"), embed=False, verbose=False)


def named_video(task: Task) -> Any:
    """Return SLEAP's record of the video, with path and shape; the file is not opened."""
    import sleap_io

    height, width = task.done.size
    path, names = Path(task.done.path or task.done.name), task.done.frame_names
    shape = (int(task.done.numbers[-1]) + 1, height, width, 3)
    known = {"shape": shape, "grayscale": False, "fps": float(task.done.fps)}
    files: str | list[str] = os.fspath(path)
    if any(names):
        files = [os.fspath(path / name) for name in names]
        sides = {"height_": height, "width_": width, "channels_": 3}
        known |= {"type": "ImageVideo", "filename": files[0], "filenames": files, **sides}
    else:
        known |= {"type": "MediaVideo", "filename": files, "bgr": True}
    return sleap_io.Video(files, backend_metadata=known, open_backend=False)
