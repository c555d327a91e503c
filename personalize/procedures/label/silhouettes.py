"""Silhouettes of pictures that are to be labelled: of a folder of masks, or of the generic
network."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from personalize.datasets.pose_points import BodyPoints
from personalize.datasets.settings import LabelSettings
from personalize.errors import InputError
from personalize.imaging.guided_filter import enlarge_guided
from personalize.media.given_silhouettes import resize_mask
from personalize.media.images import read_mask
from personalize.network.engines.interface import Engine
from personalize.network.inference import consensus
from personalize.procedures.evaluate.learning import frame_pictures
from personalize.procedures.label.listing import Unlabelled
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.types import UNLABELLED, Frame, Labels, PathLike


class GivenMasks:
    """Masks GROUP/NAME.png or NAME.png of a folder: 0 background, all else the person.

    Parameters
    ----------
    folder : path-like
    pictures : sequence of Unlabelled

    Raises
    ------
    InputError
        If the folder has masks of none of the pictures.
    """

    def __init__(self, folder: PathLike, pictures: Sequence[Unlabelled]) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise InputError(f"{self.folder}: no such folder of masks; check --masks")
        if not any(map(self._file, pictures)):
            raise InputError(
                f"{self.folder}: has masks of none of {len(pictures)} pictures; they are PNG files "
                f"called like "
                f"these, {pictures[0].path.stem}.png or {pictures[0].name}.png"
            )

    def _file(self, picture):
        files = (self.folder / f"{name}.png" for name in (picture.name, picture.path.stem))
        return next((file for file in files if file.is_file()), None)

    def __call__(
        self, picture: Unlabelled, image: Frame, window: tuple[slice, slice]
    ) -> Labels | None:
        """Return the mask of a crop, as `pictures.label_pictures` asks for it."""
        file = self._file(picture)
        if file is None:
            return None
        mask = read_mask(file)
        height, width = picture.read_size()
        if abs(mask.shape[0] * width - mask.shape[1] * height) > max(height, width):
            raise InputError(
                f"{file}: is {mask.shape[1]}x{mask.shape[0]}, but {picture.path.name} is "
                f"{width}x{height}; masks "
                "must have the size of their pictures, or its shape"
            )
        return resize_mask(mask, (height, width))[window].astype(np.uint8)


class NetworkSilhouettes:
    """Silhouettes of a network: the mean of both of its answers, enlarged along edges.

    Parameters
    ----------
    network : Engine
    run : RunSettings
        Of which `size`, `locate` and `parse` are used.
    settings : LabelSettings
    """

    def __init__(self, network: Engine, run: RunSettings, settings: LabelSettings) -> None:
        self.network, self.run, self.settings = network, run, settings

    def __call__(
        self, picture: Unlabelled, image: Frame, window: tuple[slice, slice]
    ) -> Labels | None:
        """Return the silhouette of a crop, as `pictures.label_pictures` asks for it."""
        track = frame_pictures([image], self.network, self.run)
        [(_, result)] = Parser(self.network, track, self.run.parse).frames([image])
        cells = consensus(result.person, result.parts)
        person = track[0].restore(enlarge_guided(cells, track[0].apply(image)))
        silhouette = np.where(person >= self.settings.unknown, np.uint8(UNLABELLED), np.uint8(0))
        silhouette[person >= self.settings.person] = 1
        if picture.points is None:
            return silhouette
        points = picture.points.moved(1, window[1].start, window[0].start)
        return keep_person(silhouette, points, self.settings.geometry.visible)


def keep_person(silhouette: Labels, points: BodyPoints, visible: float) -> Labels:
    """Leave open the pieces of a silhouette in which no visible landmark lies.

    Parameters
    ----------
    silhouette : (h, w) uint8 array
        Not 0 where somebody is.
    points : BodyPoints
        In pixels of the silhouette.
    visible : float
        Visibility from which a landmark counts.

    Returns
    -------
    (h, w) uint8 array
        `UNLABELLED` where a piece is left open.
    """
    pieces, labels = cv2.connectedComponents((silhouette > 0).astype(np.uint8), connectivity=8)
    seen = np.rint(points.xy[points.visibility >= visible]).astype(int)
    inside = ((seen >= 0) & (seen < silhouette.shape[::-1])).all(axis=1)
    cols, rows = seen[inside].T
    theirs = np.zeros(pieces, bool)
    theirs[labels[rows, cols]] = True
    theirs[0] = True
    return np.where(theirs[labels], silhouette, np.uint8(UNLABELLED))
