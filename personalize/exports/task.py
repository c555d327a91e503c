"""The input of every format: a finished run, its frames one by one, and the settings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from personalize.exports.landmarks import Landmarks, find_landmarks
from personalize.exports.settings import ExportSettings
from personalize.media.source import Source
from personalize.output.finished import FinishedRun
from personalize.storage.layout import picture
from personalize.types import Array, Frame, Json, Labels, Mask, Wrap

if TYPE_CHECKING:  # most formats need no torch
    from torch import nn


@dataclass(frozen=True, eq=False)
class NamedNetwork:
    """A network, with its name and origin.

    Attributes
    ----------
    name : str
        Name of its file, without suffix.
    network : nn.Module
        In evaluation mode; of any class of the registry.
    facts : dict
        Entries for the metadata: its origin.
    """

    name: str
    network: "nn.Module"
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Task:
    """An export of a run.

    Attributes
    ----------
    done : FinishedRun
    settings : ExportSettings
    source : Source, optional
        The video of the run, for formats that need its frames.
    progress : callable
        Wraps the sequence of frames.
    network : NamedNetwork, optional
        The network that parsed the video, for formats that export it.
    """

    done: FinishedRun
    settings: ExportSettings = ExportSettings()
    source: Source | None = None
    progress: Wrap = iter
    network: NamedNetwork | None = None

    def __iter__(self) -> Iterator["ExportedFrame"]:
        """Yield the frames in order, with their pixels if there is a source."""
        done = self.done
        xy, confidence = done.xy, done.confidence
        pixels = None if self.source is None else self.source.frames()
        for place in self.progress(range(len(done))):
            look = None if pixels is None else next(pixels)
            yield ExportedFrame(self, place, xy[place], confidence[place], look)

    @property
    def stem(self) -> str:
        """Name of the video without its ending."""
        return PurePath(self.done.name).stem

    @cached_property
    def in_view(self) -> Mask:
        """(T,) bool: whether a frame shows the person."""
        return self.done.in_view

    @cached_property
    def cells(self) -> Array:
        """(T,) side of a cell of the network, in pixels."""
        return self.done.cells


@dataclass(frozen=True, eq=False)
class ExportedFrame:
    """A frame of a run. Where nobody is seen, masks are empty and landmarks are absent.

    Attributes
    ----------
    task : Task
    place : int
        Index among the frames of the run, from 0.
    joints : (13, 2) float array
        In pixels, as the run found them.
    sure : (13,) float array
        Confidence of the joints.
    pixels : (H, W, 3) uint8 array, or None
    """

    task: Task
    place: int
    joints: Array
    sure: Array
    pixels: Frame | None = None

    @property
    def number(self) -> int:
        """Number of the frame in the video, from 0."""
        return int(self.task.done.numbers[self.place])

    @property
    def time(self) -> float:
        """Seconds from the first frame of the video."""
        return float(self.task.done.times[self.place])

    @property
    def file_name(self) -> str:
        """Name of the frame's file, or that of its silhouette in a video file."""
        return self.task.done.frame_names[self.place] or picture(self.number)

    @property
    def seen(self) -> bool:
        """Whether the person is seen."""
        return bool(self.task.in_view[self.place])

    @property
    def reach(self) -> float:
        """Greatest distance of the true edge from that of the silhouette, in pixels."""
        return max(1.0, self.task.settings.softness * float(self.task.cells[self.place]))

    @cached_property
    def silhouette(self) -> Mask:
        """(H, W) bool."""
        if not self.seen:
            return np.zeros(self.task.done.size, bool)
        return self.task.done.silhouette(self.number)

    @cached_property
    def labels(self) -> Labels:
        """(H, W) uint8 ids of the parts."""
        if not self.seen:
            return np.zeros(self.task.done.size, np.uint8)
        return self.task.done.part_labels(self.number)

    @cached_property
    def landmarks(self) -> Landmarks:
        """The joints, and the landmarks that are found from the parts."""
        return find_landmarks(
            self.joints,
            self.sure,
            self.labels if self.seen else None,
            least=float(self.task.cells[self.place]) ** 2,
            hidden=self.task.settings.hidden,
        )

    def look(self) -> Frame:
        """Return the pixels, (H, W, 3) uint8; the task needs a source for them."""
        if self.pixels is None:
            raise ValueError("the frames of this export were not opened")
        return self.pixels
