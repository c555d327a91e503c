"""COCO: one JSON file of keypoints, silhouettes and parts, as `pycocotools` reads it.

A person has category 1 and COCO's 17 keypoints; part k of `parts.NAMES` has category 100 + k.
Masks are compressed RLE. The id of an image is its frame number plus 1, since the tools treat
an id of 0 as none.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np

from personalize import parts
from personalize.exports.images import image_name, write_frame
from personalize.exports.json_stream import write_with_list
from personalize.exports.layouts import COCO_17, COCO_LIMBS, arrange
from personalize.exports.task import ExportedFrame, Task
from personalize.types import Array, Json, Mask

ANNOTATIONS = "annotations.json"
IMAGES = "images"
PERSON = 1
FIRST_PART = 100
ABSENT, OCCLUDED, VISIBLE = 0, 1, 2
"""COCO's visibility of a keypoint; doubtful ones are marked as occluded."""


def write(task: Task, folder: Path) -> None:
    """Write ``annotations.json``, and with `ExportSettings.images` the frames in ``images/``."""
    head = {
        "info": {"description": task.done.name, "version": "1.0"},
        "licenses": [],
        "categories": categories(),
        "images": [image(task, place) for place in range(len(task.done))],
    }
    write_with_list(folder / ANNOTATIONS, head, "annotations", annotations(task, folder / IMAGES))


def categories() -> list[Json]:
    """Return the person, with keypoints, and the parts."""
    person = {
        "id": PERSON,
        "name": "person",
        "supercategory": "person",
        "keypoints": list(COCO_17),
        "skeleton": [list(pair) for pair in COCO_LIMBS],
    }
    return [
        person,
        *(
            {"id": FIRST_PART + part, "name": name, "supercategory": "part of a person"}
            for part, name in enumerate(parts.NAMES)
            if part != parts.BACKGROUND
        ),
    ]


def image(task: Task, place: int) -> Json:
    """Return COCO's record of a frame, with its number and time in the video added."""
    height, width = task.done.size
    number = int(task.done.numbers[place])
    return {
        "id": number + 1,
        "width": width,
        "height": height,
        "file_name": image_name(task, place),
        "frame": number,
        "time": round(float(task.done.times[place]), 4),
    }


def annotations(task: Task, images: Path) -> Iterator[Json]:
    """Yield the annotations of all frames; write the frames as well, if the settings say so."""
    ids = count(1)
    for frame in task:
        if task.settings.images:
            write_frame(frame, images)
        if not frame.seen:
            continue
        keypoints = arrange(COCO_17, frame.landmarks)
        person = {
            **region(next(ids), frame, PERSON, frame.silhouette),
            "keypoints": marked(keypoints, task.settings.doubtful),
            "num_keypoints": int((keypoints[:, 2] > 0).sum()),
        }
        yield person
        for part in np.unique(frame.labels):
            if part != parts.BACKGROUND:
                mask = frame.labels == part
                of = {"person_id": person["id"]}
                yield {**region(next(ids), frame, FIRST_PART + int(part), mask), **of}


def region(number: int, frame: ExportedFrame, category: int, mask: Mask) -> Json:
    """Return the annotation of a mask.

    Parameters
    ----------
    number : int
        Its id, unique in the file.
    frame : ExportedFrame
    category : int
    mask : (H, W) bool array

    Returns
    -------
    dict
        For JSON; the mask is run-length encoded.
    """
    from pycocotools import mask as rle

    encoded = rle.encode(np.asfortranarray(mask, np.uint8))
    return {
        "id": number,
        "image_id": frame.number + 1,
        "category_id": category,
        "segmentation": {"size": list(mask.shape), "counts": encoded["counts"].decode("ascii")},
        "area": int(rle.area(encoded)),
        "bbox": [float(side) for side in rle.toBbox(encoded)],
        "iscrowd": 0,
    }


def marked(keypoints: Array, doubtful: float) -> list[float]:
    """Return keypoints (K, 3) as a flat list of x, y and COCO's visibility."""
    flat: list[float] = []
    for x, y, confidence in keypoints:
        mark = ABSENT if confidence <= 0 else OCCLUDED if confidence < doubtful else VISIBLE
        flat += [round(float(x), 2), round(float(y), 2), mark]
    return flat
