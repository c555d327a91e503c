"""The window as users see it: options that place it, and messages about the frames in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personalize.commands.run_settings import was_given
from personalize.commands.terminal import tell
from personalize.settings import RunSettings

if TYPE_CHECKING:
    from personalize.media.given_silhouettes import GivenSilhouettes
    from personalize.media.moment import Moment
    from personalize.media.source import Source
    from personalize.storage.asked import Done
    from personalize.types import Window


PLACES = ("centre", "window_from", "window_to")
"""Settings that place the window. The options of these names take frames or seconds."""

FEW = 4
"""Greatest number of stretches that are all named in a message."""


def place_settings(
    settings: RunSettings, places: Mapping[str, Moment | None], video: Source
) -> RunSettings:
    """Return the settings with frames counted from the beginning of the stretch, not of the video.

    Parameters
    ----------
    settings : RunSettings
        `centre`, `window_from`, `window_to` and `person_at` are frames of the whole video.
    places : dict of str to Moment or None
        Values of the options in `PLACES`; where one is given, it replaces the settings.
    video : Source
        May be a stretch of a video.

    Returns
    -------
    RunSettings

    Raises
    ------
    SettingsError
        If a frame is not in the stretch, or places of the window contradict each other.
    """
    from personalize.errors import SettingsError

    whole = getattr(video, "whole", video)
    given = {name: place for name, place in places.items() if place is not None}
    check_places(settings, given)
    kept = {name: getattr(settings, name) for name in PLACES} if not given else {}
    numbers = {name: number for name, number in kept.items() if number is not None}
    numbers |= {name: place.frame(whole.times) for name, place in given.items()}
    last = video.first + video.frame_count - 1
    if given.get("window_to") and numbers["window_to"] > last:
        numbers["window_to"] = last + 1  # like --end, it may be beyond the end
    named = [("--" + name.replace("_", "-"), number) for name, number in numbers.items()]
    named += [("--person-at", point[0]) for point in settings.person_at]
    for option, wanted in named:
        behind = option == "--window-to"  # it names the first frame after the window
        if not video.first <= wanted - behind <= last:
            raise SettingsError(
                f"{video.name}: {option} names frame {wanted}, and there are frames "
                f"{video.first} to {last}"
            )
    placed: dict[str, Any] = {
        name: numbers[name] - video.first if name in numbers else None for name in PLACES
    }
    return replace(
        settings,
        **placed,
        person_at=tuple((frame - video.first, x, y) for frame, x, y in settings.person_at),
    )


def check_places(settings: RunSettings, given: Mapping[str, Moment]) -> None:
    """Raise SettingsError if places of the window contradict each other, or another option."""
    from personalize.errors import SettingsError

    spelled = " and ".join(f"--{name.replace('_', '-')}" for name in given)
    if "centre" in given and len(given) > 1:
        raise SettingsError(
            f"{spelled} contradict each other: the middle of the window is given, and where it"
            " begins or ends, too; leave out either"
        )
    if given and settings.learn_from == "spread" and was_given("learn_from"):
        raise SettingsError(
            f"--learn-from spread and {spelled} contradict each other: it chooses frames all over"
            " the video; leave out either"
        )
    if len(given) > 1 and was_given("window"):
        raise SettingsError(
            f"--window and {spelled} contradict each other: these say how long the window is; "
            "leave out --window"
        )


def warn_short(video: Source, settings: RunSettings) -> None:
    """Warn the user if the video is shorter than the window."""
    if video.frame_count < settings.window:
        tell(
            f"{video.name}: a window has {settings.window} frames, the video {video.frame_count};"
            " learning from all of them"
        )


def report_window(workspace: Done, given: GivenSilhouettes | None) -> None:
    """Report which frames were learned from, if not all. Warn if no given silhouette is of
    such a frame.
    """
    from personalize.types import Window

    source, window_of_run = workspace.manifest["source"], Window.read(workspace.manifest["window"])
    name, span = source["name"], spell_window(window_of_run)
    window = window_of_run.moved(-source.get("first", 0))  # in the stretch, as its results are
    if len(window) < source["frames"]:
        shot = ", within one shot" if is_within_shot(workspace.root, window) else ""
        tell(f"{name}: learned from frames {span}{shot}, of {source['frames']}")
    if given and not given.within(window):
        tell(
            f"{name}: no silhouette is of a frame of the window, {span}; they are injected, but"
            " not learned from"
        )


def spell_window(window: Window) -> str:
    """Return the frames of a window as text."""
    stretches = [f"{start} to {stop - 1}" for start, stop in window.stretches]
    if len(stretches) <= FEW:
        return ", ".join(stretches)
    return f"{stretches[0]}, {stretches[1]} ... {stretches[-1]}, {len(stretches)} stretches"


def is_within_shot(root: Path, window: Window) -> bool:
    """Return whether a video has cuts, and its window is one stretch without any."""
    from personalize.storage.arrays import load_arrays
    from personalize.storage.layout import arrays_of

    track = root / arrays_of("track")
    cuts = load_arrays(track)["cuts"] if track.exists() else ()
    [start, stop] = window.stretches[0]
    return (
        len(window.stretches) == 1 and len(cuts) > 0 and not any(start < cut < stop for cut in cuts)
    )
