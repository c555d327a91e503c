"""Decode video files: the one module that handles containers, codecs and their damage."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from personalize.errors import VideoError
from personalize.media.limits import PIXELS
from personalize.types import PathLike

_CONTAINERS = (
    *("mov", "matroska", "webm", "avi", "flv", "live_flv", "asf", "mpeg", "mpegts", "mpegvideo"),
    *("ogg", "mxf", "gxf", "wtv", "nut", "dv", "rm", "ivf", "obu", "gif", "apng", "dhav", "nsv"),
    *("h261", "h263", "h264", "hevc", "vvc", "m4v", "mjpeg", "mpjpeg", "vc1", "yuv4mpegpipe"),
)
"""Names of the formats that are read, as FFmpeg has them. Each is a file that holds its frames
itself: playlists and scripts, which have FFmpeg open other files, are none of them.
"""
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"<MPD", b"[playlist]", b"v=0")
_STATES_DURATION = ("mov", "matroska", "avi", "flv")  # formats whose header states a duration
_SLACK = (1.0, 0.02)  # seconds, share of the duration: by so much a sound file may end earlier
_REORDERED = 16  # frames that a decoder may put in another order (H.264, A.3.1)
_HOLE = bytes(64)  # zeros; H.264 and HEVC allow two in a row (ISO 14496-10, 7.4.1)


@contextmanager
def open_container(path: PathLike) -> Iterator[InputContainer]:
    """Open a video file for reading; a context manager.

    Yields
    ------
    av.container.InputContainer

    Raises
    ------
    VideoError
        If the file is empty, cut off before its index, refers to other files, or is no video.
    """
    if Path(path).stat().st_size == 0:
        raise VideoError(f"{path}: the file is empty; get it again")
    try:
        container = av.open(
            f"file:{Path(path).absolute()}",  # no name is taken for an address
            metadata_errors="ignore",
            options={"protocol_whitelist": "file", "format_whitelist": ",".join(_CONTAINERS)},
        )
    except av.FFmpegError as error:
        raise VideoError(f"{path}: {_why_unreadable(path, error)}") from error
    with container:
        yield container


class Decoder:
    """Decodes the intact frames of a file, and leaves out those that damage has touched.

    Decoders go on after an error and show something in place of what is lost,
    and frames that are predicted from it carry it on. So after an error nothing
    is taken until the next key frame.

    Attributes
    ----------
    stream : av.video.stream.VideoStream
    damage : list of int
        Number of right frames before each error met so far.

    Parameters
    ----------
    container : av.container.InputContainer
    path : path-like
        For messages.
    threads : bool
        Decode several frames at once. With threads errors show at a frame that
        varies, so this is for files that are known to be right.
    all_streams : bool
        Read the other streams too, without decoding them, for `ends_early`.

    Raises
    ------
    VideoError
        If the file holds no video that can be decoded.
    """

    def __init__(
        self, container: InputContainer, path: PathLike, *, threads: bool, all_streams: bool = False
    ) -> None:
        self._container = container
        self.stream = _video_stream(container, path)
        self.damage: list[int] = []
        self._end = 0.0
        self._demuxed = container.demux() if all_streams else container.demux(self.stream)
        self._count = 0
        self._awaiting_key = True  # a recording may begin between two key frames
        self._codec = self.stream.codec_context
        formats = container.format.name.startswith(("mov", "matroska"))
        self._prefixed = formats and self._codec.name in ("h264", "hevc")
        PIXELS.check(
            self._codec.width * self._codec.height,
            f"{path}: has frames of {self._codec.width}x{self._codec.height}",
            VideoError,
        )
        self._codec.options = {"max_pixels": str(PIXELS.most)}  # what comes later may be larger
        if self._codec.name == "mjpeg":  # the one decoder that would paint over errors in silence
            self._codec.options |= {"err_detect": "explode"}
        if threads:
            self._codec.thread_type = "AUTO"
        else:
            self._codec.thread_count = 1

    def frames(self) -> Iterator[VideoFrame]:
        """Yield the intact frames, as PyAV has them."""
        held: list[VideoFrame] = []  # B frames wait for the frame after them, on which they depend
        for packet in self._packets():
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
                elif (
                    len(held) > _REORDERED
                ):  # from a coder that calls all frames between two keys B
                    yield from self._counted([held.pop(0)])
            if failed:
                yield from self._counted(held)
                held = []
                self._restart()
        yield from self._counted(held)

    @property
    def ends_early(self) -> bool:
        """Whether all packets end clearly before the duration that the header states."""
        container = self._container
        if container.duration is None or not container.format.name.startswith(_STATES_DURATION):
            return False
        duration = container.duration / av.time_base
        start = (container.start_time or 0) / av.time_base
        return self._end - start < duration - max(_SLACK[0], _SLACK[1] * duration)

    def _packets(self):
        """Yield the packets of the file, and None in place of what cannot be read."""
        try:
            for packet in self._demuxed:
                if packet.pts is not None:
                    after = packet.pts + (packet.duration or 0)
                    self._end = max(self._end, float(after * packet.time_base))
                yield packet
        except av.FFmpegError:
            yield None

    def _is_wanted(self, packet):
        if packet is None:
            return True
        if packet.stream is not self.stream:
            return False
        self._awaiting_key = self._awaiting_key and not packet.is_keyframe
        return not self._awaiting_key

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

    def _restart(self) -> None:
        self.damage.append(self._count)
        self._codec.flush_buffers()
        self._awaiting_key = True


def _why_unreadable(path: PathLike, error: av.FFmpegError) -> str:
    if isinstance(error, OSError):
        return f"cannot be opened ({error.strerror}); check the file and who may read it"
    with open(path, "rb") as file:
        head = file.read(1024)
    if any(word in head.split(b"\n", 3)[0] for word in _PLAYLISTS) or b"<MPD" in head:
        return "is a playlist, which refers to other files; give the video itself"
    if head[4:8] in (b"ftyp", b"wide", b"mdat", b"free", b"skip"):  # an MP4 or QuickTime file
        return "the index of this video is missing, it was cut off or never finished; get it again"
    if isinstance(error, ValueError):  # EINVAL, of the list of formats
        return "is a picture, a text or a sound; give a video or a folder of frames"
    return f"no video can be read from it ({error.strerror}); give a video or a folder of frames"


def _video_stream(container: InputContainer, path: PathLike) -> VideoStream:
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
        raise VideoError(f"{path}: is in a coding that cannot be decoded here; convert it to H.264")
    return chosen
