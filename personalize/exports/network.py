"""ONNX: a network for any runtime; its metadata describe pre- and postprocessing.

It is written in opset 17 by torch's exporter of traced graphs, which takes a second where that
of `torch.export` takes twenty, and writes no paths of this machine into the file. The file is
then checked with onnxruntime on sizes that were not traced.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from personalize import parts
from personalize.errors import WeightsError
from personalize.exports.task import NamedNetwork, Task
from personalize.imaging.framing import CELL
from personalize.network.inference import PERSON_FROM
from personalize.network.registry import has_factor
from personalize.stages.settings import CameraSettings
from personalize.types import Json

OPSET = 17
TOLERANCE = 1e-4
"""Greatest difference of a probability from torch's."""
TRACED, CHECKED = (1, 64, 96), ((1, 64, 96), (2, 120, 72), (1, 256, 208))
"""Images, rows and columns."""

IMAGES, PERSON, PARTS = "images", "person", "parts"


def write(task: Task, folder: Path) -> None:
    """Write the network of a task."""
    if task.network is None:
        raise ValueError("no network was given to this export")
    write_network(task.network, folder)


def write_network(given: NamedNetwork, folder: Path) -> None:
    """Write ``NAME.onnx``, and check that it gives the same probabilities as the network.

    Raises
    ------
    WeightsError
        If a probability differs by more than `TOLERANCE`.
    """
    import onnx

    path = folder / f"{given.name}.onnx"
    answers = Probabilities(given.network.cpu()).eval()  # the exporter restores this mode
    outputs = list(answers.outputs)
    size = {0: "batch", 2: "rows", 3: "cols"}
    cells = {0: "batch", 2: "cell_rows", 3: "cell_cols"}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # it recommends the newer exporter, which is slower
        torch.onnx.export(
            answers,
            (some_images(TRACED),),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=[IMAGES],
            output_names=outputs,
            dynamic_axes={IMAGES: size, **dict.fromkeys(outputs, cells)},
        )
    model = onnx.load(path)
    model.producer_name, model.doc_string = "personalize", "Parse a person into 31 parts."
    onnx.helper.set_model_props(model, metadata(given, outputs))
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    check_answers(path, answers)


class Probabilities(nn.Module):
    """A network whose outputs are probabilities."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.outputs = (PERSON, PARTS) if has_factor(network) else (PARTS,)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Return the probabilities of `outputs` for images (B, 3, H, W) in [0, 1]."""
        parsing = self.network(images)
        found = {PERSON: parsing.person, PARTS: parsing.parts}
        return tuple(found[name].softmax(dim=1) for name in self.outputs)


def some_images(shape: tuple[int, int, int]) -> Tensor:
    """Return images of noise for a network, of a shape (images, rows, cols)."""
    count, rows, cols = shape
    generator = torch.Generator().manual_seed(rows)
    return torch.rand((count, 3, rows, cols), generator=generator)


def check_answers(path: Path, answers: Probabilities) -> None:
    """Raise WeightsError unless a file gives the same probabilities as torch, for several sizes."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for shape in CHECKED:
        images = some_images(shape)
        with torch.inference_mode():
            wanted = answers(images)
        found = session.run(list(answers.outputs), {IMAGES: images.numpy()})
        apart = max(float(np.abs(a - b.numpy()).max()) for a, b in zip(found, wanted))
        if not apart <= TOLERANCE:
            raise WeightsError(
                f"{path.name}: answers of onnxruntime differ from torch's by {apart:.1g}, more than"
                f" {TOLERANCE:g}; try another version of onnxruntime"
            )


def metadata(given: NamedNetwork, outputs: list[str]) -> dict[str, str]:
    """Return the metadata of the file as texts; lists and records are JSON."""
    metadata: Json = {
        "preprocessing": {
            "colours": "RGB",
            "values": "float32 from 0 to 1: bytes divided by 255; no mean is taken off",
            "layout": "batch, channel, row, column",
            "sides": f"multiples of {CELL}",
            "scale": "the square that has the area of the person's head has a side of"
            f" {CameraSettings.head:g} pixels",
        },
        "postprocessing": {
            "cells": f"a value of an output is of {CELL} x {CELL} pixels of the image",
            **{name: POSTPROCESSING[name] for name in outputs},
            "silhouette": SILHOUETTE if PERSON in outputs else "1 - parts[:, 0]",
            "silhouette_from": PERSON_FROM,
        },
        "parts": list(parts.NAMES),
        "joints": parts.JOINTS,
        "licence": "GPL-3.0-or-later",
        **given.facts,
    }
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in metadata.items()
    }


POSTPROCESSING = {
    PERSON: "probabilities of background and person",
    PARTS: "probabilities of background and 31 parts; the greatest names the part",
}
SILHOUETTE = "(person[:, 1] + 1 - parts[:, 0]) / 2, enlarged to the image"
