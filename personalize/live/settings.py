"""The numbers of a live session, free of torch; every number with its source."""

from dataclasses import dataclass

from personalize.network.settings import VIEWS
from personalize.ranges import require
from personalize.stages.settings import CameraSettings, LocateSettings, ParseSettings


@dataclass(frozen=True)
class LiveSettings:
    """Frames that are parsed as they come (not in the paper; `live`)."""

    parse: ParseSettings = ParseSettings(views=VIEWS["1"])
    """One view: the mirrored one would take as long again."""
    camera: CameraSettings = CameraSettings(most=256.0)
    """Of the crop; its canvas is smaller than that of a run, since time is short
    (`benchmarks/live.py`)."""
    locate: LocateSettings = LocateSettings()
    """Of the search, which looks at one frame in one size, and at the next in another."""
    haze: float = 0.25
    """Coverage that is none, and as much below one that is all: the guided map of a network with
    cells of 8 pixels fades slowly, and the old background would shine around the person. By eye, on
    the demo clip before a plain background."""
    speck: float = 0.02
    """Share of a silhouette below which a piece of it is not shown; as in `AlarmSettings`."""
    step: int = 32
    """Pixels in which sides of the canvas differ: an engine prepares itself for each size once."""
    outwards: float = 0.5
    """Share of the way that the edges of the person's box go outwards with a frame."""
    inwards: float = 0.05
    """The same inwards, and of the head's size: an arm that hangs may be raised again."""
    steady: float = 1.3
    """How much nearer or further the crop should be before it is laid anew."""
    patience: int = 15
    """Frames in a row without the person, or in doubt, after which they are searched for: half a
    second."""
    waiting: int = 2
    """Frames that wait to be parsed; of more, the oldest are dropped."""
    largest: int = 1 << 24
    """Bytes of a message from the page; a frame of 640 x 480 has 1.2 million."""
    side: int = 1920
    """Pixels of the longer side of a frame, at most."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "step", "patience", "waiting", "largest", "side", "steady")
        require(self, "from 0 to 1", "outwards", "inwards", "speck")
        require(self, "from 0, and below 0.5", "haze")
