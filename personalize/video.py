"""Video files in: with `encode`, the one place that knows containers, codecs and colour spaces.

A file is decoded once when it is opened. Only so its number of frames is
exact, as the window around the middle needs it, and damage is known before any
heavy work; it costs a few per cent of what parsing the frames costs.
"""

from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
from av.stream import Disposition
from av.video.frame import PictureType
from av.video.reformatter import VideoReformatter

from personalize.errors import VideoError
from personalize.frames import DEFAULT_FPS, FrameFolder, Source, file_digest

_STATES_DURATION = ("mov", "matroska", "avi", "flv")  # formats whose header states a duration
_SLACK = (1.0, 0.02)  # seconds, share of the duration: by so much a sound file may end earlier
_HOLE = bytes(64)  # zeros; H.264 and HEVC allow two in a row (ISO 14496-10, 7.4.1)
_BT601, _BT709, _UNMARKED = 5, 1, 2  # matrices from YUV to RGB (ISO 23091-2)


def open_source(path, *, partial=False, progress=iter):
    """Open a video file or a folder of frames, and look through it.

    Parameters
    ----------
    path : path-like
    partial : bool
        Go on with the frames that decode where the source is damaged; the
        first damage is in `broken_at`.
    progress : callable
        Wraps the iteration over the packets or files.

    Returns
    -------
    Source

    Raises
    ------
    VideoError
        If there is no video in `path`, or a damaged one (unless `partial`).
    """
    path = Path(path)
    if not path.exists():
        raise VideoError(f"{path}: no such file or folder; check the path")
    if path.is_dir():
        return FrameFolder(path, partial=partial, progress=progress)
    return VideoFile(path, partial=partial, progress=progress)


class VideoFile(Source):
    """A video file; of several video streams the one that players show."""

    def __init__(self, path, *, partial=False, progress=iter):
        scan = _Scan(path, progress)
        if scan.broken_at is not None and not partial:
            raise VideoError(
                f"{path}: damaged at frame {scan.broken_at}; get it again, or pass --partial to go"
                f" on with the {len(scan.times)} frames that decode"
            )
        if not scan.times:
            raise VideoError(f"{path}: not one frame of it can be decoded; get it again")
        self.clock = scan.times[0]
        self.has_audio = scan.has_audio
        times = [time - self.clock for time in scan.times]
        rate = scan.stated_rate if scan.broken_at is not None else _mean_rate(times, scan.stated_rate)
        super().__init__(path, *scan.size, rate, times, scan.broken_at, scan.remarks)

    def frames(self, start=0, stop=None):
        start, stop = self.span(start, stop)
        yielded = start
        with _opened(self.path) as container:
            # With threads errors show at a frame that varies: only for a file without any.
            decoder = _Decoder(container, self.path, threads=self.broken_at is None)
            reformatter = VideoReformatter()
            for frame in islice(decoder.frames(), start, stop):
                if _shown_size(frame) != (self.height, self.width):
                    break
                yield _as_shown(frame, reformatter)
                yielded += 1
        if yielded < stop:
            raise VideoError(f"{self.path}: has changed since it was opened; start again")

    def digest(self):
        return file_digest(self.path)


class _Scan:
    """One pass over a file: size and times of its frames, and where it is damaged."""

    def __init__(self, path, progress):
        self.path = path
        self.times = []
        self.size = None
        self.remarks = []
        with _opened(path) as container:
            decoder = _Decoder(container, path, threads=False, all_streams=True)
            self.stated_rate = decoder.stream.average_rate or DEFAULT_FPS
            self._has_times = container.format.name != "avi"  # which knows the order of coding only
            self.has_audio = bool(container.streams.audio)
            for frame in decoder.frames(progress):
                self._add(frame, decoder.stream.time_base)
            damage = decoder.damage
            if not damage and _ends_early(container, decoder.end):
                damage.append(len(self.times))
            self.broken_at = damage[0] if damage else None
            self._remark(decoder.stream)

    def _add(self, frame, time_base):
        size = _shown_size(frame)
        if self.size and size != self.size:
            raise VideoError(
                f"{self.path}: frame {len(self.times)} is {size[1]}x{size[0]}, those before are"
                f" {self.size[1]}x{self.size[0]}; cut the video where its size changes"
            )
        self.size = size
        if frame.pts is not None and self._has_times:
            self.times.append(float(frame.pts * time_base))
        else:
            self.times.append(self.times[-1] + float(1 / self.stated_rate) if self.times else 0.0)

    def _remark(self, stream):
        aspect = stream.sample_aspect_ratio
        if aspect and aspect != 1:
            self.remarks.append(
                f"its pixels are not square ({aspect.numerator}:{aspect.denominator});"
                " frames are used as they are stored"
            )
        steps = np.diff(self.times)
        if self.broken_at is None and len(steps) and steps.max() > 1.5 * np.median(steps):
            self.remarks.append("the time between its frames varies")


class _Decoder:
    """Decodes the frames of a file that are right, and leaves out what damage has touched.

    Decoders go on after an error and show something in place of what is lost,
    and frames that are predicted from it carry it on. So after an error nothing
    is taken until the next key frame.

    Attributes
    ----------
    stream : av.video.stream.VideoStream
    damage : list of int
        Number of right frames before each error.
    end : float
        Latest second at which any packet seen so far ends.
    """

    def __init__(self, container, path, *, threads, all_streams=False):
        self.stream = _video_stream(container, path)
        self.damage = []
        self.end = 0.0
        self._demuxed = container.demux() if all_streams else container.demux(self.stream)
        self._count = 0
        self._awaiting_key = True  # a recording may begin between two key frames
        self._shown_from = None
        self._codec = self.stream.codec_context
        formats = container.format.name.startswith(("mov", "matroska"))
        self._prefixed = formats and self._codec.name in ("h264", "hevc")
        self._codec.options = {"err_detect": "explode"}  # report errors, do not paint over them
        if threads:
            self._codec.thread_type = "AUTO"
        else:
            self._codec.thread_count = 1

    def frames(self, progress=iter):
        """Yield the right frames, as PyAV has them."""
        held = []  # B frames wait for the frame after them, on which they depend
        for packet in progress(self._packets()):
            if not self._is_wanted(packet):
                continue
            decoded, failed = self._decode(packet)
            for frame in decoded:
                if frame.is_corrupt:
                    held, failed = [], True
                    break
                held.append(frame)
                if frame.pict_type != PictureType.B:
                    yield from self._counted(held)
                    held = []
            if failed:
                yield from self._counted(held)
                held = []
                self._restart()
        yield from self._counted(held)

    def _packets(self):
        """Yield the packets of the file, and None in place of what cannot be read."""
        try:
            for packet in self._demuxed:
                if packet.pts is not None:
                    after = packet.pts + (packet.duration or 0)
                    self.end = max(self.end, float(after * packet.time_base))
                yield packet
        except av.FFmpegError:
            yield None

    def _is_wanted(self, packet):
        if packet is None:
            return True
        if packet.stream is not self.stream:
            return False
        if self._awaiting_key:
            if not packet.is_keyframe:
                return False
            self._awaiting_key = False
            self._shown_from = packet.pts
        elif packet.pts is not None and self._shown_from is not None:
            # Frames that come after a key frame but are shown before it depend on what is lost.
            if packet.pts < self._shown_from:
                return False
            self._shown_from = None
        return True

    def _decode(self, packet):
        """Frames that come out when `packet` goes in, and whether it is damaged."""
        try:
            if packet is not None and not packet.is_corrupt and not self._has_hole(packet):
                return packet.decode(), False
        except av.FFmpegError:
            pass
        try:
            return self._codec.decode(None), True  # those before it that wait for their turn
        except av.FFmpegError:
            return [], True

    def _counted(self, frames):
        for frame in frames:
            self._count += 1
            yield frame

    def _has_hole(self, packet):
        """Whether a block of the file was never filled: the coding forbids it, decoders skip it."""
        return self._prefixed and _HOLE in bytes(packet)

    def _restart(self):
        self.damage.append(self._count)
        self._codec.flush_buffers()
        self._awaiting_key = True


@contextmanager
def _opened(path):
    if Path(path).stat().st_size == 0:
        raise VideoError(f"{path}: the file is empty; get it again")
    try:
        container = av.open(
            f"file:{Path(path).absolute()}",  # no name is taken for an address
            metadata_errors="ignore",
            options={"protocol_whitelist": "file"},
        )
    except av.FFmpegError as error:
        raise VideoError(f"{path}: {_why_unreadable(path, error)}") from error
    with container:
        if container.format.name in ("image2", "tty") or container.format.name.endswith("_pipe"):
            raise VideoError(
                f"{path}: is a picture or a text; give a video or a folder of frames"
            )
        yield container


def _why_unreadable(path, error):
    with open(path, "rb") as file:
        head = file.read(12)
    if head[4:8] in (b"ftyp", b"wide", b"mdat", b"free", b"skip"):  # an MP4 or QuickTime file
        return "the index of this video is missing, it was cut off or never finished; get it again"
    return f"no video can be read from it ({error.strerror}); give a video or a folder of frames"


def _video_stream(container, path):
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic  # the cover of a record
    ]
    if not streams:
        what = "sound but no picture" if container.streams.audio else "no video stream"
        raise VideoError(f"{path}: holds {what}; give a video or a folder of frames")
    chosen = max(streams, key=lambda stream: bool(stream.disposition & Disposition.default))
    if chosen.codec_context is None:
        raise VideoError(
            f"{path}: is in a coding that cannot be decoded here; convert it to H.264"
        )
    return chosen


def _ends_early(container, end):
    """Whether the packets end clearly before the duration that the header states."""
    if container.duration is None or not container.format.name.startswith(_STATES_DURATION):
        return False
    duration = container.duration / av.time_base
    start = (container.start_time or 0) / av.time_base
    return end - start < duration - max(_SLACK[0], _SLACK[1] * duration)


def _mean_rate(times, stated):
    """The stated frame rate where the times bear it out, else the measured one."""
    if len(times) < 2 or times[-1] <= 0:
        return Fraction(stated)
    measured = (len(times) - 1) / times[-1]
    if abs(measured / stated - 1) < 0.02:
        return Fraction(stated)
    return Fraction(measured).limit_denominator(1001)


def _shown_size(frame):
    if frame.rotation % 180:
        return frame.width, frame.height
    return frame.height, frame.width


def _as_shown(frame, reformatter):
    """RGB uint8 array (H, W, 3) of a frame, turned as its metadata ask."""
    matrix = int(frame.colorspace)
    if matrix == _UNMARKED:  # as players have it: a matrix for each definition, high and standard
        matrix = _BT709 if frame.height > 576 else _BT601
    converted = reformatter.reformat(  # RGB has no matrix; equal ones would switch this one off
        frame, format="rgb24", src_colorspace=matrix, dst_colorspace=_BT601
    )
    image = converted.to_ndarray()
    quarters = frame.rotation // 90 % 4
    return np.ascontiguousarray(np.rot90(image, quarters)) if quarters else image
