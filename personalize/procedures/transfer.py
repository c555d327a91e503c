"""Transfer a network to images of another domain by its X factor (Charles et al., BMVC 2017,
sections 3.3 and 4.3, experiments 4 and 5).

Images and silhouettes in, a network out whose factored module alone has learned. The
silhouettes are given, or they are the network's own where it is confident ("Tran-Init"),
refined by the colours of each image ("Tran-Grab"). No parts are labelled.

Where the paper is silent: an image in which the network is sure of nobody is left out, since its
answer would teach that the person is background.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from personalize.adaptation.factor import cell_targets, finetune_factor, teaching_frames
from personalize.errors import InputError, NobodyFoundError
from personalize.evaluation.segmentation import class_iou, count_confusion
from personalize.evidence.window_colours import learn_colours
from personalize.imaging.framing import CELL, Framing, cell_labels, fit_frame
from personalize.media.given_silhouettes import canvas_mask, check_shape, resize_mask
from personalize.media.images import SUFFIXES, image_size, read_image, read_mask
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import predict_person
from personalize.settings import TransferSettings
from personalize.stages.propagate import threshold
from personalize.stages.refine import refine_silhouettes
from personalize.stages.settings import RefineSettings
from personalize.types import UNLABELLED, Array, Frame, Json, Labels, PathLike, Wrap


@dataclass(frozen=True)
class Picture:
    """An image of a folder.

    Attributes
    ----------
    path : Path
    height, width : int
    """

    path: Path
    height: int
    width: int

    @property
    def name(self) -> str:
        """Name of its file."""
        return self.path.name

    def on_canvas(self, size: int) -> Frame:
        """Read the image and lay it on a canvas of about `size` x `size` pixels."""
        return self.framing(size).apply(read_image(self.path))

    def framing(self, size: int) -> Framing:
        """Return how it lies there."""
        return fit_frame(self.height, self.width, size)


@dataclass(frozen=True, eq=False)
class Transferred:
    """A network that has learned the silhouettes of other images.

    Attributes
    ----------
    network : FactoredNetwork
    taught : int
        Images that it learned from.
    before, after : float
        Intersection over union of the network's person with the silhouettes that it learned
        from, pooled over all labelled cells.
    """

    network: FactoredNetwork
    taught: int
    before: float
    after: float


def list_pictures(folder: PathLike) -> list[Picture]:
    """List the images of a folder, by name.

    Raises
    ------
    InputError
        If there is no such folder, or no image in it, or one is damaged.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of images; check the path")
    paths = sorted(
        path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] != "."
    )
    if not paths:
        raise InputError(f"{folder}: holds no image; {', '.join(SUFFIXES)} are read")
    return [Picture(path, *image_size(path)) for path in paths]


def given_labels(folder: PathLike, pictures: Sequence[Picture], size: int) -> list[Labels | None]:
    """Read the silhouettes of a folder: PNG files with the names of the images, 0 where nobody is.

    Parameters
    ----------
    folder : path-like
    pictures : sequence of Picture
    size : int
        Of the canvas.

    Returns
    -------
    list of (rows, cols) uint8 array or None
        On the canvas of each picture: 1 person, 0 background; None where none is given.

    Raises
    ------
    InputError
        If the folder has none of these images, or one of another shape.
    """
    folder = Path(folder)
    labels: list[Labels | None] = []
    for picture in pictures:
        file = folder / f"{picture.path.stem}.png"
        if not file.is_file():
            labels.append(None)
            continue
        mask = read_mask(file)
        check_shape(file, mask.shape, picture)
        mask = resize_mask(mask, (picture.height, picture.width))
        labels.append(canvas_mask(mask, picture.framing(size)).astype(np.uint8))
    if all(label is None for label in labels):
        raise InputError(
            f"{folder}: holds no silhouette of these images; the one of {pictures[0].name} would "
            f"be {pictures[0].path.stem}.png"
        )
    return labels


def own_labels(
    network: FactoredNetwork,
    canvases: Sequence[Frame],
    settings: TransferSettings,
    *,
    progress: Wrap = iter,
) -> list[Labels | None]:
    """Label images by what the network is confident of.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode.
    canvases : sequence of (rows, cols, 3) uint8 arrays
        RGB; sizes may differ.
    settings : TransferSettings
    progress : callable
        Wraps the sequence of images to refine.

    Returns
    -------
    list of (rows, cols) uint8 array or None
        1 person, 0 background, 255 unlabelled; None where nobody is for certain. With
        `settings.grabcut` of the size of the canvas, else in cells.
    """
    people = [predict_person(network, canvas[None])[0] for canvas in canvases]
    everything = np.concatenate([person.ravel() for person in people])
    sides = threshold(everything, settings.seeds), threshold(1 - everything, settings.seeds)
    labels: list[Labels | None] = []
    for canvas, person in progress(list(zip(canvases, people))):
        if (person >= settings.seeds.somebody).mean() < settings.least_person:
            labels.append(None)
        elif settings.grabcut:
            labels.append(cut_labels(canvas, person, settings.refine))
        else:
            labels.append(confident_labels(person, *sides))
    return labels


def confident_labels(person: Array, least_person: float, least_background: float) -> Labels:
    """Label the cells of which the network is sure enough.

    Parameters
    ----------
    person : (h, w) float array
        Probability of the person.
    least_person, least_background : float
        Probability of either side from which a cell is labelled.

    Returns
    -------
    (h, w) uint8 array
        1 person, 0 background, 255 unlabelled.
    """
    labels = np.full(person.shape, UNLABELLED, np.uint8)
    labels[1 - person >= least_background] = 0
    labels[person >= least_person] = 1
    return labels


def cut_labels(canvas: Frame, person: Array, settings: RefineSettings) -> Labels:
    """Label the pixels of one image by its own colours.

    Parameters
    ----------
    canvas : (rows, cols, 3) uint8 array
        RGB.
    person : (h, w) float array
        Probability of the person by the network.
    settings : RefineSettings

    Returns
    -------
    (rows, cols) uint8 array
        1 person, 0 background, 255 unlabelled.
    """
    beliefs = cv2.resize(person, canvas.shape[1::-1])[None]
    colours = learn_colours(canvas[None], beliefs, settings=settings)
    return refine_silhouettes(canvas[None], beliefs, colours, settings=settings)[0]


def transfer(
    network: FactoredNetwork,
    canvases: Sequence[Frame],
    labels: Sequence[Labels | None],
    settings: TransferSettings,
    *,
    progress: Wrap = iter,
    watch: Callable[..., object] | None = None,
) -> Transferred:
    """Fine-tune the X factor alone on labelled images.

    Parameters
    ----------
    network : FactoredNetwork
        Left unchanged.
    canvases : sequence of (rows, cols, 3) uint8 arrays
    labels : sequence of (H, W) uint8 array or None
        1 person, 0 background, 255 unlabelled; images without are left out.
    settings : TransferSettings
    progress : callable
        Wraps the sequence of epochs.
    watch : callable, optional
        As for `finetune_factor`.

    Returns
    -------
    Transferred

    Raises
    ------
    NobodyFoundError
        If there is no image to learn from.
    """
    taught = [(canvas, label) for canvas, label in zip(canvases, labels) if label is not None]
    try:
        targets = cell_targets(*zip(*taught)) if taught else []
        useful = teaching_frames(targets, settings.factor.least_labelled)
    except NobodyFoundError as error:  # whose message is about a window
        raise NobodyFoundError(
            f"in {len(canvases)} images nobody was found to learn from; give silhouettes"
        ) from error
    canvases, labels = zip(*(taught[k] for k in useful))
    learned = finetune_factor(
        network,
        canvases,
        labels,
        settings=settings.factor,
        generator=torch.Generator().manual_seed(settings.seed),
        progress=progress,
        watch=watch,
    )
    overlaps = (agreement(one, canvases, labels) for one in (network, learned))
    return Transferred(learned, len(canvases), *overlaps)


def agreement(
    network: FactoredNetwork, canvases: Sequence[Frame], labels: Sequence[Labels]
) -> float:
    """Return the intersection over union of the network's person with labels, over all images.

    Parameters
    ----------
    network : FactoredNetwork
    canvases : sequence of (rows, cols, 3) uint8 array
        RGB.
    labels : sequence of (rows, cols) uint8 array
        1 person, 0 background, 255 unlabelled.

    Returns
    -------
    float
    """
    counts = np.zeros((2, 2), np.int64)
    for canvas, label in zip(canvases, labels):
        person = predict_person(network, canvas[None])[0] >= 0.5
        cells = cell_labels(label, (canvas.shape[0] // CELL, canvas.shape[1] // CELL))
        counts += count_confusion(cells, person.astype(np.uint8), classes=2)
    return float(class_iou(counts)[1])


def describe_transfer(
    transferred: Transferred,
    canvases: Sequence[Any],
    settings: TransferSettings,
    *,
    given: bool,
    base: str,
) -> Json:
    """Return what a weights file records of the transfer that made it.

    Parameters
    ----------
    transferred : Transferred
    canvases : sequence
        All images that there were.
    settings : TransferSettings
    given : bool
        Whether the silhouettes were.
    base : str
        Digest of the weights before.
    """
    return {
        "base": base,
        "images": len(canvases),
        "taught": transferred.taught,
        "silhouettes": "given" if given else "own, cut" if settings.grabcut else "own, confident",
        "overlap": {"before": transferred.before, "after": transferred.after},
        "settings": asdict(settings),
    }
