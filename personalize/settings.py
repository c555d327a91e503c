"""The settings of a run and of a transfer, made of the records of the stages."""

from dataclasses import dataclass
from typing import Final, Literal

from personalize.adaptation.settings import (
    FactorSettings,
    SelfTrainingSettings,
    TeacherSettings,
)
from personalize.errors import SettingsError
from personalize.evidence.settings import PartColourSettings, StillSceneSettings
from personalize.imaging.settings import CutSettings
from personalize.network.settings import VIEWS, View
from personalize.output.settings import OverlaySettings
from personalize.ranges import require
from personalize.stages.settings import (
    LocateSettings,
    ParseSettings,
    RefineSettings,
    SeedSettings,
    SmoothSettings,
    SpreadSettings,
    VerdictSettings,
)

AUTO: Final = "auto"
"""Value of `RunSettings.size` for a canvas that fits the person."""
LEARN_FROM = ("window", "spread")
"""Values of `RunSettings.learn_from`."""


@dataclass(frozen=True)
class RunSettings:
    """Personalization of one video (Charles et al., BMVC 2017, section 4.4; `pipeline`)."""

    window: int = 301
    """Frames that the person is learned from (paper)."""
    centre: int | None = None
    """Frame in the middle of the window; by default that of the video (paper)."""
    window_from: int | None = None
    """First frame of the window; it has `window` frames, or ends before `window_to`."""
    window_to: int | None = None
    """First frame after the window; it has `window` frames, or begins at `window_from`."""
    learn_from: Literal["window", "spread"] = "window"
    """"window", one stretch of the video (paper); "spread", short stretches all over it, which show
    the person in every size and at every time. A window that is placed is one stretch."""
    spread: SpreadSettings = SpreadSettings()
    size: int | Literal["auto"] = AUTO
    """Side of a square with the area of the network's canvas, for whole frames (paper: 512);
    "auto" finds and tracks the person, and fits the canvas to them (`locate`)."""
    locate: LocateSettings = LocateSettings()
    person_at: tuple[tuple[int, float, float], ...] = ()
    """Points on the person to track: frame, x and y in pixels. By default the person who is seen
    best throughout the video."""
    seed: int = 0
    """Seed of all random numbers."""
    seeds: SeedSettings = SeedSettings()
    still_scene: StillSceneSettings = StillSceneSettings()
    refine: RefineSettings = RefineSettings()
    factor: FactorSettings = FactorSettings()
    self_training: SelfTrainingSettings = SelfTrainingSettings()
    learned: int = 64
    """Greatest number of frames of the window to learn from, evenly spread, since neighbouring
    frames are similar. Frames whose silhouettes are given are never left out."""
    way: float = 0.5
    """Share of the change by self-training that is kept in the weights (`adaptation.blend`)."""
    teacher: TeacherSettings = TeacherSettings()
    """Used if landmarks are given."""
    part_colours: PartColourSettings = PartColourSettings()
    verdict: VerdictSettings = VerdictSettings()
    window_views: tuple[View, ...] = VIEWS["2"]
    """Views of every frame of the window, whose mean is its prediction (paper: 1)."""
    parse: ParseSettings = ParseSettings()
    """How every frame is parsed, and its joints are read."""
    smooth: SmoothSettings = SmoothSettings()
    overlay: OverlaySettings = OverlaySettings()
    workers: int = 0
    """Threads for work on frames; 0: one a core. Results are the same with any number."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "window", "learned")
        require(self, "0 or more", "seed", "workers")
        require(self, "from 0 to 1", "way")
        require(self, "one view or more", "window_views")
        placed = ("centre", "window_from", "window_to")
        require(self, "0 or more", *(name for name in placed if getattr(self, name) is not None))
        self._check_window()
        require(self, '1 or more, or "auto"', "size")

    def _check_window(self) -> None:
        """Raise SettingsError if places of the window contradict each other."""
        first, stop = self.window_from, self.window_to
        if self.centre is not None and (first is not None or stop is not None):
            raise SettingsError(
                "the middle of the window is given, and its beginning or end, too; leave out either"
                " --centre, or --window-from and --window-to"
            )
        if first is not None and stop is not None and not first < stop:
            raise SettingsError(
                f"no frame lies in a window from {first} to {stop}; --window-from must be below "
                "--window-to"
            )
        if self.learn_from not in LEARN_FROM:
            there = ", ".join(LEARN_FROM)
            raise SettingsError(f"no {self.learn_from!r} to learn from; there are {there}")


@dataclass(frozen=True)
class TransferSettings:
    """Transfer of the X factor to other images (Charles et al., BMVC 2017, sections 3.3 and 4.3;
    `transfer`).
    """

    size: int = 256
    """Side of a square with the area of every image's canvas."""
    seeds: SeedSettings = SeedSettings()
    """Which of the network's predictions are confident (paper: certainty above 0.99)."""
    least_person: float = 0.005
    """Least share of an image's cells that are the person with the certainty of `seeds.somebody`;
    images below it are not learned from."""
    grabcut: bool = True
    """Refine the confident predictions by the colours of each image (the paper's "Tran-Grab")."""
    refine: RefineSettings = RefineSettings(cut=CutSettings())
    factor: FactorSettings = FactorSettings(epochs=4, learning_rate=3e-4)
    """Learning rate: with their own silhouettes, cut, 160 rendered people of the domain "poor" at
    192 x 192 gain as much with 3e-4 as with 1e-3, and eight photographs lose almost nothing; with
    true silhouettes higher rates would gain more (paper: one epoch of 1703 images)."""
    seed: int = 0
    """Seed of all random numbers."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "size")
        require(self, "from 0 to 1", "least_person")
        require(self, "0 or more", "seed")
