"""Labelled pictures of people, of any data set."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from personalize.media.images import read_image
from personalize.types import Frame, Labels


class Item(Protocol):
    """A picture of a person whose parts are labelled, read when it is asked for."""

    @property
    def name(self) -> str:
        """Name, unique in its data set."""

    @property
    def files(self) -> Sequence[Path]:
        """All that it is read from."""

    def read_image(self) -> Frame:
        """Read the picture, an (H, W, 3) uint8 array (RGB)."""

    def read_parts(self) -> Labels:
        """Read the (H, W) uint8 labels of its parts, as its data set names them."""


@dataclass(frozen=True)
class Photograph:
    """A photograph of one person, with a file of labels.

    Attributes
    ----------
    name : str
        Name of the files, without extension.
    image, labels : path
        The photograph, and its labels.
    """

    name: str
    image: Path
    labels: Path

    @property
    def files(self) -> list[Path]:
        """All that it is read from."""
        return [self.image, self.labels]

    def read_image(self) -> Frame:
        """Read the photograph, an (H, W, 3) uint8 array (RGB)."""
        return read_image(self.image)
