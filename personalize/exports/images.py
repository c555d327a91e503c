"""The frames themselves, beside the labels of tools that read both."""

from pathlib import Path, PurePath

from personalize.exports.task import ExportedFrame, Task
from personalize.media.images import write_image
from personalize.storage.layout import picture

SUFFIX = ".jpg"


def image_name(task: Task, place: int) -> str:
    """Return the name of a frame's picture: as the export writes it, or as it is there already."""
    name = task.done.frame_names[place]
    if task.settings.images or not name:
        return PurePath(picture(int(task.done.numbers[place]))).with_suffix(SUFFIX).name
    return name


def write_frame(frame: ExportedFrame, folder: Path) -> None:
    """Write the pixels of a frame into a folder, under its `image_name`."""
    write_image(folder / image_name(frame.task, frame.place), frame.look())
