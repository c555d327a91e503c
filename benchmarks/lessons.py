"""Open what an evaluation learned of a video, so that it can be measured otherwise."""

from functools import cached_property


class OpenedLesson:
    """What was learned in the run folder of an evaluation; learned now, if it was not.

    Parameters
    ----------
    source : Source
    folder : Path
        Of this video.
    base : Base
    settings : RunSettings
    """

    def __init__(self, source, folder, base, settings):
        from personalize.procedures.evaluate.learning import learn
        from personalize.procedures.lesson import silent
        from personalize.procedures.pipeline import frame_person, open_run

        self._source, self._settings = source, settings
        workspace = open_run(folder, source, base, settings)
        self.framing = frame_person(source, workspace, base.network, settings)
        self.lesson = learn(source, self.framing, workspace, base, settings, silent)

    @cached_property
    def frames(self):
        """The window on the canvas: (T, rows, cols, 3) uint8."""
        from personalize.media.clip import read_clip
        from personalize.stages.window import choose_window

        settings = self._settings
        window = choose_window(
            self._source.frame_count, length=settings.window, centre=settings.centre
        )
        return read_clip(self._source, window, self.framing).frames
