"""Part maps as indexed PNG: pixels hold the ids, and viewers show colours."""

from pathlib import Path

import numpy as np
from PIL import Image

from personalize import parts
from personalize.exports.task import Task
from personalize.storage.layout import picture

COLOURS = np.array(parts.COLOURS, np.uint8)


def write(task: Task, folder: Path) -> None:
    """Write ``000000.png`` and so on, named by the number of the frame, of the video's size."""
    for frame in task:
        image = Image.fromarray(frame.labels)
        image.putpalette(COLOURS.tobytes(), "RGB")
        image.save(folder / picture(frame.number))
