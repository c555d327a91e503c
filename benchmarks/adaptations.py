"""Open what an evaluation learned of a video, so that it can be measured otherwise."""

from functools import cached_property
from pathlib import Path

from personalize.adaptation.base import Base
from personalize.media.source import Source
from personalize.settings import RunSettings
from personalize.types import Frames, Window


class Opened:
    """What was learned in the run folder of an evaluation; learned now, if it was not.

    Parameters
    ----------
    source : Source
    folder : Path
        Of this video.
    base : Base
    settings : RunSettings
    """

    def __init__(self, source: Source, folder: Path, base: Base, settings: RunSettings) -> None:
        from personalize.procedures.pipeline import learn_person
        from personalize.procedures.run_folder import open_run
        from personalize.procedures.tracking import track_person

        self._source, self._settings = source, settings
        workspace = open_run(folder, source, base, settings)
        self.track = track_person(source, workspace, base.network, settings)
        self.learned = learn_person(source, self.track, workspace, base, settings)

    @cached_property
    def window(self) -> Window:
        """The frames that were learned from."""
        from personalize.procedures.window import window_of

        return window_of(self._source, self.track, self._settings)

    @cached_property
    def frames(self) -> Frames:
        """The window on the canvas: (T, rows, cols, 3) uint8."""
        from personalize.media.clip import read_clip

        return read_clip(self._source, self.window, self.track).frames
