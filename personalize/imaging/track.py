"""A crop that follows a person: one `Framing` for every frame of a video.

All framings of a track have a canvas of one size, so the frames of a window are one array, and
whatever works on the canvas, works through a crop that moves. A track that keeps still has one
framing for all frames, however many they are.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from personalize.imaging.framing import Framing
from personalize.imaging.shades import SHADES
from personalize.types import Array, Json

FIELDS = ("scale", "left", "top")
"""Attributes of a `Framing` that may differ from frame to frame."""
KNOWN = ("seen", "cuts", "place", "shades", "met")
"""What else a track holds."""
SEEN = ("no", "doubt", "yes")
"""Whether the person is in view; a track holds the index."""
ALWAYS = np.array([SEEN.index("yes")], np.uint8)
UNCUT = np.empty(0, np.int64)
ANYWHERE = np.empty((0, 4))
UNTOLD = np.empty((0, SHADES))
NEVER = np.empty(0, bool)


@dataclass(frozen=True, eq=False)
class Track:
    """How every frame of a video lies on the canvas.

    Attributes
    ----------
    height, width : int
        Size of the source frames.
    rows, cols : int
        Size of the canvas.
    scale, left, top : (N,) float64 arrays
        As of a `Framing`, of each frame; of all frames, where N is 1.
    seen : (M,) uint8 array
        Index in `SEEN` for each frame: whether the looks around it expect the person in view. One
        value for all frames if M is 1.
    cuts : (C,) int array
        Frames with which another shot begins.
    place : (P, 4) float64 array
        Left, top, right and bottom edge of where the person is expected, in source pixels, of each
        frame; P is 0 where that is not known.
    shades : (S, SHADES) float64 array
        Shares of the colours of the person and of other people; S is 2, or 0 where nobody else was
        seen.
    met : (Q,) bool array
        Whether somebody else may touch the person in each frame; Q is 0 where S is.
    """

    height: int
    width: int
    rows: int
    cols: int
    scale: NDArray[np.float64]
    left: NDArray[np.float64]
    top: NDArray[np.float64]
    seen: NDArray[np.uint8] = field(default_factory=lambda: ALWAYS)
    cuts: NDArray[np.int64] = field(default_factory=lambda: UNCUT)
    place: NDArray[np.float64] = field(default_factory=lambda: ANYWHERE)
    shades: NDArray[np.float64] = field(default_factory=lambda: UNTOLD)
    met: NDArray[np.bool_] = field(default_factory=lambda: NEVER)

    @classmethod
    def still(cls, framing: Framing, **known: Array) -> Self:
        """Return the track that shows every frame in the same way; `known`: `seen`, `cuts`,
        `place`, `shades` and `met`.
        """
        return cls.of([framing], **known)

    @classmethod
    def of(cls, framings: Iterable[Framing], **known: Array) -> Self:
        """Return the track of the framings of all frames, in order; `known` as for `still`.

        Raises
        ------
        ValueError
            If their frames or canvases differ in size.
        """
        framings = list(framings)
        sizes = {(f.height, f.width, f.rows, f.cols) for f in framings}
        if len(sizes) != 1:
            raise ValueError(f"a track of {len(sizes)} sizes of frames and canvases")
        [(height, width, rows, cols)] = sizes
        scale, left, top = (np.array([getattr(f, name) for f in framings]) for name in FIELDS)
        return cls(height, width, rows, cols, scale, left, top, **known)

    def __getitem__(self, number: int) -> Framing:
        """Return the framing of a frame."""
        k = 0 if self.is_still else number
        scale, left, top = (float(getattr(self, name)[k]) for name in FIELDS)
        return Framing(self.height, self.width, scale, left, top, self.rows, self.cols)

    def scales(self, numbers: Array) -> Array:
        """Return the canvas pixels for one of the source, of frames (K,) int: (K,) float64."""
        return np.full(len(numbers), self.scale[0]) if self.is_still else self.scale[numbers]

    @property
    def is_still(self) -> bool:
        """Whether all frames are shown in the same way."""
        return len(self.scale) == 1

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of a map of the canvas."""
        return self[0].cells

    @property
    def shows_nobody(self) -> bool:
        """Whether no look saw the person, in any frame."""
        return bool((self.seen == SEEN.index("no")).all())

    def seen_in(self, number: int) -> str:
        """Return whether the person is expected in view of a frame: one of `SEEN`."""
        return SEEN[self.seen[0 if len(self.seen) == 1 else number]]

    def place_in(self, number: int) -> Array | None:
        """Return where the person is expected in a frame, (4,); None where that is not known."""
        return self.place[number] if len(self.place) else None

    def shades_in(self, number: int) -> Array | None:
        """Return `shades` if somebody else may touch the person in a frame, else None."""
        return self.shades if len(self.met) and self.met[number] else None

    def arrays(self) -> dict[str, Array]:
        """Return the track as a dict of arrays, for `from_arrays`."""
        sizes = (self.height, self.width, self.rows, self.cols)
        moving = {name: getattr(self, name) for name in (*FIELDS, *KNOWN)}
        return {"sizes": np.array(sizes), **moving}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Return the track in a dict of arrays."""
        height, width, rows, cols = arrays["sizes"].tolist()
        moving = {name: arrays[name] for name in (*FIELDS, *KNOWN)}
        return cls(height, width, rows, cols, **moving)

    def describe(self) -> Json:
        """Return what a manifest keeps: the size of the canvas, and a digest of all numbers."""
        content = hashlib.sha256()
        for array in self.arrays().values():
            content.update(np.ascontiguousarray(array).tobytes())
        camera = "still" if self.is_still else "moving"
        size = {"rows": self.rows, "cols": self.cols}
        return {**size, "camera": camera, "digest": content.hexdigest()}
