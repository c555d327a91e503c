"""Video files out, whole or not at all: by default H.264 and AAC in an MP4 that browsers play."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.container import InputContainer, OutputContainer
from av.video.reformatter import VideoReformatter

from personalize.media.coding import H264, Coding, SoundCoding
from personalize.media.decode import open_container
from personalize.media.source import SLOWEST_FPS, Source
from personalize.storage.atomic import atomic_write
from personalize.types import Array, PathLike

_TICKS = Fraction(1, 90000)  # time base of the frames; holds 24, 25, 30 and 30000/1001 exactly
_BT709, _LIMITED_RANGE = 1, 1  # what browsers take for granted (ISO 23091-2)
_JITTER = 0.04  # seconds by which timestamps of sound may lie beside its samples
_SILENCE = 900  # seconds without sound, 0.3 GB; what comes after a longer hole is left out


class VideoWriter:
    """Writes frames to a video file; a context manager.

    The file appears when the block succeeds; an older one of that name stands
    untouched until then, and for good if the block fails. Frames keep the times that
    they have in `source`, with the sound of those times.

    Parameters
    ----------
    path : path-like
    source : Source, optional
        Where the frames come from.
    start : int
        Number in `source` of the first frame that will be written.
    fps : number, optional
        Frames per second; needed without `source`.
    coding : Coding
        The kind of file.

    Raises
    ------
    WorkspaceError
        On leaving the block, or at any frame, if the disk refuses.

    Examples
    --------
    >>> with VideoWriter("overlay.mp4", source=source) as writer:
    ...     for frame in source.frames():
    ...         writer.write(draw(frame))
    """

    def __init__(
        self,
        path: PathLike,
        *,
        source: Source | None = None,
        start: int = 0,
        fps: float | Fraction | None = None,
        coding: Coding = H264,
    ) -> None:
        if source is None and fps is None:
            raise ValueError("frames need times: give a source or fps")
        self.path = Path(path)
        self._coding = coding
        self._source, self._start = source, start
        stated = source.fps if source is not None and fps is None else fps
        self._rate = Fraction(stated or 0).limit_denominator(1001) or SLOWEST_FPS
        self._count = 0
        self._ticks = -1  # of the frame before
        self._size: tuple[int, int] | None = None
        self._sound: _Sound | None = None
        self._reformatter = VideoReformatter()

    def __enter__(self) -> Self:
        self._writing = self._write_whole()
        return self._writing.__enter__()

    def __exit__(self, *raised: Any) -> bool | None:
        return self._writing.__exit__(*raised)

    def write(self, frame: Array) -> None:
        """Append a frame.

        Parameters
        ----------
        frame : (H, W, 3) or (H, W, 4) uint8 array
            RGB, or RGB and coverage, as the coding has it; all of one size.
        """
        if self._size is None:
            self._size = frame.shape[0], frame.shape[1]
            self._open_streams(*self._size)
        if frame.shape != (*self._size, self._coding.channels) or frame.dtype != np.uint8:
            raise ValueError(f"frame {self._count}: {frame.dtype} {frame.shape} after {self._size}")
        self._container.mux(self._video.encode(self._picture(frame)))
        self._count += 1
        if self._sound:
            self._container.mux(self._sound.until(self._time(self._count)))

    @contextmanager
    def _write_whole(self) -> Iterator[Self]:
        with (
            atomic_write(self.path) as unfinished,
            av.open(
                f"file:{unfinished.absolute()}",
                "w",
                self._coding.container,
                dict(self._coding.muxer),
            ) as self._container,
            ExitStack() as self._inputs,
        ):
            yield self
            if not self._count:
                raise ValueError(f"{self.path}: not one frame was written")
            self._container.mux(self._video.encode(None))
            if self._sound:
                self._container.mux(self._sound.end())

    def _open_streams(self, height: int, width: int) -> None:
        kind = self._coding
        video: Any = self._container.add_stream(
            kind.codec, rate=self._rate, options=dict(kind.options)
        )
        video.height, video.width = height + self._odd(height), width + self._odd(width)
        video.pix_fmt = kind.pixels
        coding = video.codec_context
        coding.time_base = _TICKS
        coding.color_primaries = coding.color_trc = coding.colorspace = _BT709
        coding.color_range = _LIMITED_RANGE
        self._video = video
        if self._source is not None and self._source.has_audio and kind.sound:
            source = self._inputs.enter_context(open_container(self._source.path))
            begin = self._source.clock + self._source.times[self._start]
            self._sound = _Sound(source, self._container, begin, kind.sound)

    def _odd(self, side: int) -> int:
        """Pixels that a side lacks."""
        return side % 2 if self._coding.even else 0

    def _picture(self, frame: Array) -> av.VideoFrame:
        height, width = frame.shape[:2]
        lacking = ((0, self._odd(height)), (0, self._odd(width)), (0, 0))
        whole = np.pad(frame, lacking, mode="edge")
        picture = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(np.ascontiguousarray(whole), format=self._coding.format),
            format=self._coding.pixels,
            dst_colorspace=_BT709,
        )
        # Two frames may share a time in a careless file, but not in a decoder's queue.
        self._ticks = max(self._ticks + 1, round(self._time(self._count) / _TICKS))
        picture.pts, picture.time_base = self._ticks, _TICKS
        return picture

    def _time(self, count: int) -> float:
        """Seconds from the first written frame to the one numbered `count`."""
        if self._source is None:
            return float(count / self._rate)
        times, number = self._source.times, self._start + count
        beyond = max(0, number - len(times) + 1)
        return times[number - beyond] - times[self._start] + float(beyond / self._rate)


class _Sound:
    """The sound of a file from a given second on, encoded as far as it is asked for."""

    def __init__(
        self, source: InputContainer, output: OutputContainer, begin: float, coding: SoundCoding
    ) -> None:
        stream = next(stream for stream in source.streams.audio if stream.codec_context)
        self._rate = stream.rate if stream.rate in coding.rates else coding.fallback
        self._layout = "mono" if stream.channels == 1 else "stereo"
        self._begin = begin
        self._decoded = source.decode(stream)
        self._resampler = self._new_resampler()
        self._output: Any = output.add_stream(coding.codec, rate=self._rate, layout=self._layout)
        self._waiting = np.zeros((1 if self._layout == "mono" else 2, 0), np.float32)
        self._encoded = 0  # samples

    def until(self, seconds):
        """Packets of the sound before `seconds`, counted from the beginning."""
        wanted = round(seconds * self._rate) - self._encoded
        while self._waiting.shape[1] < wanted and self._receive():
            pass
        samples, self._waiting = np.split(self._waiting, [wanted], axis=1)
        if not samples.shape[1]:
            return []
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", self._layout)
        frame.sample_rate, frame.pts = self._rate, self._encoded
        frame.time_base = Fraction(1, self._rate)
        self._encoded += samples.shape[1]
        return self._output.encode(frame)

    def end(self):
        """The packets that the encoder still holds."""
        return self._output.encode(None)

    def _receive(self):
        """Decode one chunk of sound, if there is one, and put it at its time."""
        try:
            decoded = next(self._decoded)
            pieces = [piece.to_ndarray() for piece in self._resample(decoded)]
        except (StopIteration, av.FFmpegError):
            return False  # pictures matter more than the end of a damaged sound
        if pieces:
            samples = np.concatenate(pieces, axis=1)
            received = self._encoded + self._waiting.shape[1]
            gap = 0 if decoded.pts is None else round(self._begins(decoded) * self._rate) - received
            if received and abs(gap) < _JITTER * self._rate:
                gap = 0
            if gap > _SILENCE * self._rate:
                return False
            silence = np.zeros((len(samples), max(0, gap)), np.float32)
            self._waiting = np.hstack([self._waiting, silence, samples[:, max(0, -gap) :]])
        return True

    def _begins(self, decoded):
        """Seconds from the beginning to a piece of sound; some decoders leave it out."""
        return float(decoded.pts * decoded.time_base) - self._begin

    def _resample(self, decoded):
        """Bring a piece of sound to the form of the output, whatever that of the piece before
        was.
        """
        try:
            return self._resampler.resample(decoded)
        except ValueError:  # television turns from mono to stereo between two programmes
            self._resampler = self._new_resampler()
            return self._resampler.resample(decoded)

    def _new_resampler(self):
        return AudioResampler("fltp", self._layout, self._rate)
