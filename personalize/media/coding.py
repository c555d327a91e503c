"""How video files are coded: the kinds that this project writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SoundCoding:
    """A codec of sound, and the samples a second that it takes; others become `fallback`."""

    codec: str
    rates: tuple[int, ...]
    fallback: int = 48000


@dataclass(frozen=True)
class Coding:
    """A kind of video file.

    Attributes
    ----------
    codec, container, pixels : str
        In the words of FFmpeg.
    options, muxer : mapping of str to str
        Of the codec, and of the container.
    channels : int
        Of the frames that are written: 3, RGB, or 4, with coverage.
    even : bool
        Whether sides have to be even: a side of odd length gets one more pixel, a copy of the
        last.
    sound : SoundCoding, optional
        Without it files have no sound.
    """

    codec: str
    container: str
    pixels: str
    options: Mapping[str, str] = field(default_factory=dict)
    muxer: Mapping[str, str] = field(default_factory=dict)
    channels: int = 3
    even: bool = False
    sound: SoundCoding | None = None

    @property
    def format(self) -> str:
        """Layout of the frames that are written."""
        return "rgba" if self.channels == 4 else "rgb24"


_INDEX_FIRST = {"movflags": "+faststart"}  # playing starts before all is there
_AAC = SoundCoding("aac", (16000, 22050, 24000, 32000, 44100, 48000))
_OPUS = SoundCoding("libopus", (16000, 24000, 48000))

H264 = Coding(
    "libx264",
    "mp4",
    "yuv420p",
    {"crf": "20", "preset": "veryfast"},
    _INDEX_FIRST,
    even=True,  # browsers show no other sizes
    sound=_AAC,
)
"""What browsers play."""

MATTE = Coding(
    "libx264", "mp4", "yuv420p", {"crf": "8", "preset": "faster"}, _INDEX_FIRST, even=True
)
"""Grey of which editors make transparency: finer, since every step is a share of the person."""

VP9_ALPHA = Coding(
    "libvpx-vp9",
    "webm",
    "yuva420p",
    {
        **{"crf": "24", "b": "0", "auto-alt-ref": "0"},  # hidden frames have no coverage
        **{"deadline": "good", "cpu-used": "5", "row-mt": "1"},
    },
    channels=4,
    sound=_OPUS,
)
"""Transparency in browsers."""

PRORES_4444 = Coding(
    "prores_ks",
    "mov",
    "yuva444p10le",
    {"profile": "4444", "vendor": "apl0", "alpha_bits": "16"},
    channels=4,
    sound=_AAC,
)
"""Transparency in editors."""
