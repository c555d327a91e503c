"""Open videos: a file or a folder of frames, checked and ready to be read.

A file is decoded once when it is opened. Only then is its number of frames exact, which the
window around the middle needs, and damage is known before any heavy work. This costs a few per
cent of what parsing the frames costs.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from personalize.errors import VideoError
from personalize.media.decode import Decoder, open_container
from personalize.media.images import SUFFIXES
from personalize.media.limits import FRAMES, SECONDS
from personalize.media.source import DEFAULT_FPS, SLOWEST_FPS, FrameFolder, Source, file_digest
from personalize.types import Frame, PathLike, Wrap

_BT601, _BT709, _UNMARKED = 5, 1, 2  # matrices from YUV to RGB (ISO 23091-2)


def open_source(
    path: PathLike,
    *,
    partial: bool = False,
    fps: float | Fraction | None = None,
    progress: Wrap = iter,
) -> Source:
    """Open a video file or a folder of frames, and check it.

    Parameters
    ----------
    path : path-like
        A video file, a folder of frames, or one picture.
    partial : bool
        Go on with the frames that decode where the source is damaged; the
        first damage is in `broken_at`.
    fps : number, optional
        Frames per second of a folder of frames; a file has times of its own.
    progress : callable
        Wraps the iteration over the frames.

    Returns
    -------
    Source

    Raises
    ------
    VideoError
        If there is no video in `path`, or a damaged one (unless `partial`).
    """
    path = Path(path)
    check_exists(path)
    with partial_explained(partial):
        if path.is_dir() or path.suffix.lower() in SUFFIXES:
            return FrameFolder(path, partial=partial, fps=fps, progress=progress)
        return VideoFile(path, partial=partial, progress=progress)


@contextmanager
def partial_explained(partial: bool) -> Iterator[None]:
    """Add to errors of a video that `partial`, if it was asked for, cannot help."""
    try:
        yield
    except VideoError as error:
        if partial:
            raise VideoError(f"{error} (--partial cannot help here)") from error
        raise


def check_exists(path: Path) -> None:
    """Raise VideoError, with the remedy, if there is nothing at a path."""
    if path.exists():
        return
    text = str(path)
    address = re.match(r"([a-z][a-z0-9+.-]+:)/+(.*)", text, re.IGNORECASE)
    if address:
        text = "//".join(address.groups())  # a path has one / where an address has two
        remedy = (
            "is an address, and nothing is downloaded here; download the video first, with yt-dlp"
            " or a browser, and give the file"
        )
    elif text == "-":
        remedy = (
            "a video cannot come from standard input, since it is read more than once; write it"
            " to a file, and give that"
        )
    elif re.fullmatch(r"\d|/dev/video\d+", text):
        remedy = (
            "a camera is no source of a run, which looks at a video several times; `personalize"
            " live` shows and records one, or give a file of the camera's own program"
        )
    else:
        remedy = "no such file or folder; check the path"
    raise VideoError(f"{text}: {remedy}")


class VideoFile(Source):
    """A video file; of several video streams the one that players show.

    Parameters
    ----------
    path : path-like
    partial : bool
        Go on with the frames that decode where the file is damaged.
    progress : callable
        Wraps the sequence of frames, each of which is decoded once.

    Raises
    ------
    VideoError
        If no frame decodes, or the file is damaged (unless `partial`).
    """

    def __init__(self, path: PathLike, *, partial: bool = False, progress: Wrap = iter) -> None:
        scan = _Scan(path, progress)
        if not scan.times or scan.size is None:
            raise VideoError(f"{path}: not one frame of it can be decoded; get it again")
        if scan.broken_at is not None and not partial:
            raise VideoError(
                f"{path}: damaged at frame {scan.broken_at}; get it again, or pass --partial to go"
                f" on with the {len(scan.times)} frames that decode"
            )
        self.clock = scan.times[0]
        self.has_audio = scan.has_audio
        times = [time - self.clock for time in scan.times]
        super().__init__(path, *scan.size, scan.rate, times, scan.broken_at, scan.remarks)

    def pick(self, numbers: Iterable[int]) -> Iterator[Frame]:
        passed = 0
        with open_container(self.path) as container:
            decoded = Decoder(container, self.path, threads=self.broken_at is None).frames()
            reformatter = VideoReformatter()
            for number in numbers:
                frame = next(islice(decoded, number - passed, None), None)
                if frame is None or _shown_size(frame) != (self.height, self.width):
                    raise VideoError(f"{self.path}: has changed since it was opened; start again")
                yield _as_shown(frame, reformatter)
                passed = number + 1

    def digest(self) -> str:
        return file_digest(self.path)


class _Scan:
    """One pass over a file: size and times of its frames, and where it is damaged.

    Times never run backwards: where those of the file do, as where recordings were joined, the
    clock goes on by the length of a frame.
    """

    def __init__(self, path: PathLike, progress: Wrap) -> None:
        self.path = path
        self.times: list[float] = []
        self.size: tuple[int, int] | None = None
        self.remarks: list[str] = []
        self._ahead = 0.0  # seconds by which times that ran backwards were put forward
        self._turn = 0  # degrees by which frames are to be turned
        with open_container(path) as container:
            decoder = Decoder(container, path, threads=False, all_streams=True)
            self.rate = decoder.stream.average_rate or DEFAULT_FPS
            self._has_times = container.format.name != "avi"  # which has the order of coding only
            self.has_audio = any(stream.codec_context for stream in container.streams.audio)
            for frame in progress(decoder.frames()):
                self._add(frame, decoder.stream.time_base)
            damage = decoder.damage
            if not damage and decoder.ends_early:
                damage.append(len(self.times))
            self.broken_at = damage[0] if damage else None
            self._remark_aspect(decoder.stream.sample_aspect_ratio)
            self._remark_odd()
        if self.broken_at is None:
            self._measure_rate()

    def _add(self, frame: VideoFrame, time_base: Fraction | None) -> None:
        size = _shown_size(frame)
        if self.size and size != self.size:
            raise VideoError(
                f"{self.path}: frame {len(self.times)} is {size[1]}x{size[0]}, those before are"
                f" {self.size[1]}x{self.size[0]}; cut the video where its size changes"
            )
        self.size, self._turn = size, frame.rotation
        following = self.times[-1] + float(1 / self.rate) if self.times else 0.0
        if frame.pts is None or time_base is None or not self._has_times:
            self.times.append(following)
        else:
            time = float(frame.pts * time_base)
            if self.times and time + self._ahead < self.times[-1]:
                self._ahead = following - time
            self.times.append(time + self._ahead)
        self._check_limits()

    def _check_limits(self) -> None:
        remedy = "cut it into shorter ones"
        FRAMES.check(len(self.times), f"{self.path}: has more frames", VideoError, remedy)
        length = self.times[-1] - self.times[0]
        SECONDS.check(length, f"{self.path}: is {length:.1f} seconds long", VideoError, remedy)

    def _remark_odd(self) -> None:
        """Remark on what no camera writes."""
        if self._ahead:
            self.remarks.append("the times of its frames run backwards; its clock goes on instead")
        if self._turn % 90:
            self.remarks.append(
                f"its frames are to be turned by {self._turn} degrees; they are turned by whole"
                " quarters alone"
            )

    def _remark_aspect(self, aspect: Fraction | None) -> None:
        if aspect and aspect != 1:
            self.remarks.append(
                f"its pixels are not square ({aspect.numerator}:{aspect.denominator});"
                " frames are used as they are stored"
            )

    def _measure_rate(self) -> None:
        """Replace the stated frame rate where the times do not bear it out."""
        steps = np.diff(self.times)
        if not steps.sum() > 0:
            return
        if steps.max() > 1.5 * np.median(steps):
            self.remarks.append("the time between its frames varies")
        measured = 1 / steps.mean()
        if abs(measured / self.rate - 1) > 0.02:
            self.rate = Fraction(measured).limit_denominator(1001) or SLOWEST_FPS


def _shown_size(frame: VideoFrame) -> tuple[int, int]:
    if _quarters(frame) % 2:
        return frame.width, frame.height
    return frame.height, frame.width


def _quarters(frame: VideoFrame) -> int:
    """How many quarters of a turn bring a frame closest to what its metadata ask: 0 to 3."""
    return round(frame.rotation / 90) % 4


def _as_shown(frame: VideoFrame, reformatter: VideoReformatter) -> Frame:
    """RGB uint8 array (H, W, 3) of a frame, turned as its metadata ask."""
    matrix = int(frame.colorspace)
    if matrix == _UNMARKED:  # as players have it: a matrix for each definition, high and standard
        matrix = _BT709 if frame.height > 576 else _BT601
    converted = reformatter.reformat(  # RGB has no matrix; equal ones would switch this one off
        frame, format="rgb24", src_colorspace=matrix, dst_colorspace=_BT601
    )
    image: Frame = converted.to_ndarray()  # type: ignore[assignment]  # of any depth, but rgb24
    quarters = _quarters(frame)
    return np.ascontiguousarray(np.rot90(image, quarters)) if quarters else image
