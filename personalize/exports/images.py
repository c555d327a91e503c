"""Write frames as pictures, for tools that read them together with labels."""

from pathlib import Path, PurePath

from personalize.exports.task import ExportedFrame, Task
from personalize.media.images import write_image
from personalize.storage.layout import picture

SUFFIX = ".jpg"


def image_name(task: Task, place: int) -> str:
    """Return the name of a frame's picture: the one that the export writes, or the existing one."""
    name = task.done.frame_names[place]
    if task.settings.images or not name:
        return PurePath(picture(int(task.done.numbers[place]))).with_suffix(SUFFIX).name
    return name


def write_frame(frame: ExportedFrame, folder: Path) -> None:
    """Write the pixels of a frame into a folder, under its `image_name`."""
    write_image(folder / image_name(frame.task, frame.place), frame.look())
