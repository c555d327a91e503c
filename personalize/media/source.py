"""The interface of a video, and its simplest kind: a folder of frames.

The other kind, a video file, is in `video`; `video.open_source` chooses.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from personalize.errors import InputError, SettingsError, VideoError
from personalize.media.images import SUFFIXES, image_size, read_image
from personalize.media.limits import FRAMES
from personalize.types import Frame, Json, PathLike, Wrap

DEFAULT_FPS = Fraction(25)
"""Frames per second of a folder of frames, which has no times."""

SLOWEST_FPS = Fraction(1, 1001)
"""Least rate that is reported and written: a time-lapse may have hours between its frames."""

SLOWEST, FASTEST = 1e-6, 1000
"""Frames a second that a folder of frames may be said to have: from one in eleven days on."""

_CHUNK = 1 << 20


class Source:
    """A video that was checked once: every frame that it counts can be read.

    Attributes
    ----------
    path : Path
    name : str
        Name of the file or folder, for messages and manifests.
    height, width : int
        Of every frame, as it is shown (rotation applied).
    fps : Fraction
        Mean frames per second.
    times : list of float
        Seconds from the first frame to each; frame rates may vary.
    broken_at : int or None
        Number of frames before the first damage, if the source is damaged and
        was opened with ``partial=True``. Frames that do not decode are left out
        and the others numbered on.
    remarks : list of str
        What a user may want to know and cannot see.
    has_audio : bool
    clock : float
        Time of the first frame on the clock of the file, in seconds.
    frame_names : dict of str to int
        Numbers of the frames by their names, where they have names.
    first : int
        Number of the first frame in the whole video, of which this may be a stretch: by these
        numbers results are named.
    """

    has_audio = False
    clock = 0.0
    first = 0
    frame_names: Mapping[str, int] = MappingProxyType({})

    def __init__(
        self,
        path: PathLike,
        height: int,
        width: int,
        fps: Fraction,
        times: list[float],
        broken_at: int | None = None,
        remarks: Iterable[str] = (),
    ) -> None:
        self.path = Path(path)
        self.name = self.path.name
        self.height, self.width = height, width
        self.fps = fps
        self.times = times
        self.broken_at = broken_at
        self.remarks = list(remarks)

    @property
    def frame_count(self) -> int:
        """Number of frames, exact: each was decoded once."""
        return len(self.times)

    def __iter__(self) -> Iterator[Frame]:
        """Yield all frames, as `frames` does."""
        return self.frames()

    def __len__(self) -> int:
        return self.frame_count

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        """Yield the frames from `start` until `stop` (half-open), one at a time.

        Yields
        ------
        (H, W, 3) uint8 array
            RGB.

        Raises
        ------
        VideoError
            If the source has changed since it was opened.
        """
        return self.pick(range(*self.span(start, stop)))

    def pick(self, numbers: Iterable[int]) -> Iterator[Frame]:
        """Yield the frames of ascending numbers, one at a time.

        Yields
        ------
        (H, W, 3) uint8 array
            RGB.

        Raises
        ------
        VideoError
            If the source has changed since it was opened.
        """
        raise NotImplementedError

    def name_of(self, number: int) -> str:
        """Return the name of the file of a frame; "" where frames have no files."""
        return ""

    def digest(self) -> str:
        """Return the digest (sha256, hexadecimal) of all that the source consists of."""
        raise NotImplementedError

    def describe(self) -> Json:
        """Return what a manifest keeps about the source, as JSON has it."""
        return {
            "name": self.name,
            "digest": self.digest(),
            "frames": self.frame_count,
            "height": self.height,
            "width": self.width,
            "fps": float(self.fps),
            "broken_at": self.broken_at,
            "remarks": self.remarks,
        }

    def span(self, start: int, stop: int | None) -> tuple[int, int]:
        """Return `start` and `stop` of a request for frames, checked; None is the end."""
        stop = self.frame_count if stop is None else stop
        if not 0 <= start <= stop <= self.frame_count:
            raise ValueError(f"{self.name}: frames [{start}, {stop}) asked of {self.frame_count}")
        return start, stop


class FrameFolder(Source):
    """A folder of images in the natural order of their names (2 comes before 10), or one picture.

    Parameters
    ----------
    path : path-like
    partial : bool
        Go on with the frames that can be read where some cannot.
    fps : number, optional
        Frames per second; 25 are assumed where it is left out, and a remark says so.
    progress : callable
        Wraps the sequence of frames, each of which is read once.

    Raises
    ------
    VideoError
        If there are no frames of one size, or some cannot be read (unless `partial`).
    SettingsError
        If `fps` is out of range.
    """

    def __init__(
        self,
        path: PathLike,
        *,
        partial: bool = False,
        fps: float | Fraction | None = None,
        progress: Wrap = iter,
    ) -> None:
        files = _frame_files(path)
        self.files, damage = _readable(files, progress)
        broken_at = None
        if damage:
            broken_at, error = damage[0]
            if Path(path).is_file():
                raise VideoError(str(error))
            if not partial:
                raise VideoError(
                    f"{error}, or pass --partial to go on without it (frame {broken_at} of"
                    f" {len(files)} in {Path(path).name})"
                )
            if not self.files:
                raise VideoError(f"{path}: none of its {len(files)} images can be read")
        height, width = _common_size(self.files)
        assumed = (
            f"its frames have no times; {DEFAULT_FPS} a second are assumed, --fps says otherwise"
        )
        remarks = [assumed] if fps is None and len(files) > 1 else []
        fps = DEFAULT_FPS if fps is None else fps
        if not SLOWEST <= fps <= FASTEST:
            raise SettingsError(
                f"--fps {fps:g}: must be from {SLOWEST:g} to {FASTEST:g} frames a second"
            )
        times = [float(k / fps) for k in range(len(self.files))]
        rate = Fraction(fps).limit_denominator(1001) or SLOWEST_FPS
        super().__init__(path, height, width, rate, times, broken_at, remarks)
        self.frame_names = {file.stem: number for number, file in enumerate(self.files)}

    def pick(self, numbers: Iterable[int]) -> Iterator[Frame]:
        for number in numbers:
            try:
                yield read_image(self.files[number])
            except InputError as error:
                raise VideoError(str(error)) from error

    def name_of(self, number: int) -> str:
        return self.files[number].name

    def digest(self) -> str:
        content = hashlib.sha256()
        for file in self.files:
            content.update(os.fsencode(file.name) + f"\0{file.stat().st_size}\0".encode())
            content.update(file.read_bytes())
        return content.hexdigest()


def file_digest(path: PathLike) -> str:
    """Digest (sha256, hexadecimal) of the bytes of a file."""
    content = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_CHUNK):
            content.update(block)
    return content.hexdigest()


def _frame_files(path: PathLike) -> list[Path]:
    if Path(path).is_file():
        return [Path(path)]
    files = [
        file
        for file in Path(path).iterdir()
        if file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file()
    ]
    if not files:
        raise VideoError(
            f"{path}: a folder without frames; it must hold images ({', '.join(SUFFIXES)})"
        )
    what = f"{path}: holds {len(files):,} frames"
    FRAMES.check(len(files), what, VideoError, "divide it into several folders")
    return sorted(files, key=natural_order)


def natural_order(file: Path) -> tuple[list[int | str], str]:
    """Sort key in which digits count as numbers; the name itself decides between 1 and 01."""
    pieces = re.split(r"(\d+)", file.stem.casefold())
    return [int(piece) if piece.isdecimal() else piece for piece in pieces], file.name


def _readable(files: list[Path], progress: Wrap) -> tuple[list[Path], list[tuple[int, InputError]]]:
    """Split files into those that decode, and (index, error) of those that do not."""
    sound, damage = [], []
    for index, file in enumerate(progress(files)):
        try:
            read_image(file)
        except InputError as error:
            damage.append((index, error))
        else:
            sound.append(file)
    return sound, damage


def _common_size(files: list[Path]) -> tuple[int, int]:
    height, width = image_size(files[0])
    for file in files:
        if image_size(file) != (height, width):
            rows, cols = image_size(file)
            raise VideoError(
                f"{file}: is {cols}x{rows}, but {files[0].name} is {width}x{height}; frames of one"
                " video must have one size"
            )
    return height, width
