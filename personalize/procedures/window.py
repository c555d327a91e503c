"""The window of a source: choose its frames, and advise the user if they show nobody."""

from personalize.imaging.track import Track
from personalize.media.source import Source
from personalize.settings import AUTO, RunSettings
from personalize.stages.window import lay_window
from personalize.types import Window


def window_of(source: Source, track: Track, settings: RunSettings) -> Window:
    """Choose the frames of a source that a person is learned from.

    Parameters
    ----------
    source : Source
    track : Track
        Which frames show the person.
    settings : RunSettings
        The settings of the window are used.

    Returns
    -------
    Window
    """
    return lay_window(
        track,
        source.frame_count,
        length=settings.window,
        centre=settings.centre,
        first=settings.window_from,
        stop=settings.window_to,
        spread=settings.spread if settings.learn_from == "spread" else None,
    )


def remedy(source: Source, window: Window, settings: RunSettings) -> str:
    """Return advice for a user if nobody is found in the window.

    Parameters
    ----------
    source : Source
    window : Window
    settings : RunSettings

    Returns
    -------
    str
        The end of an error message.
    """
    if settings.size != AUTO:
        return (
            "leave out --size, so that it fits the person, or give a few silhouettes with "
            "--silhouettes"
        )
    if len(window) < source.frame_count:
        return (
            "choose another window with --centre or --window-from, or give a few silhouettes with "
            "--silhouettes"
        )
    return "give a few silhouettes with --silhouettes, or a video in which the person is larger"
