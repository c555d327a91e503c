"""Open what a command names: a video, base weights, a device.

What can be checked without torch is checked before it is loaded (`check_inputs`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personalize.commands.terminal import tell
from personalize.network.device import check_name, choose_device
from personalize.network.settings import SHIPPED
from personalize.settings import RunSettings

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.media.given_silhouettes import GivenSilhouettes
    from personalize.media.moment import Moment
    from personalize.media.source import Source
    from personalize.storage.asked import Done
    from personalize.types import Json, PathLike, Progress


def check_inputs(
    source: Path,
    *,
    device: str,
    weights: Path | None = None,
    person: Path | None = None,
    partial: bool = False,
) -> None:
    """Check at a glance, before heavy libraries are loaded, what a command was given.

    Parameters
    ----------
    source : Path
        A video file, a folder of frames, or a picture.
    device : str
    weights, person : Path, optional
        Files of weights, of which the metadata is read.
    partial : bool
        Whether the user asked to go on with a damaged video.

    Raises
    ------
    InputError
        If there is no video in `source`, or a file is not one of weights.
    DeviceError
        If there is no such device.
    """
    from personalize.media.decode import open_container
    from personalize.media.images import SUFFIXES
    from personalize.media.video import check_exists, told_of_partial
    from personalize.network.weights_file import BASE, PERSON, read_metadata

    check_name(device)
    check_exists(source)
    if source.is_file() and source.suffix.lower() not in SUFFIXES:
        with told_of_partial(partial), open_container(source):
            pass
    if weights:
        read_metadata(weights, BASE)
    if person:
        read_metadata(person, PERSON)


def describe_request(
    purpose: str,
    source: Path,
    settings: RunSettings,
    *,
    weights: Path | None = None,
    silhouettes: Path | None = None,
    person: Path | None = None,
    **options: Any,
) -> Json:
    """Return what a run is asked to do, for `storage.asked`.

    Parameters
    ----------
    purpose : str
        Name of the command.
    source : Path
    settings : RunSettings
    weights, silhouettes, person : Path, optional
        Files and folders count by size and time of change (`stamp`).
    **options
        All else that may change the results.

    Returns
    -------
    dict
        As JSON has it.
    """
    from personalize.storage.asked import stamp

    return {
        "purpose": purpose,
        "settings": settings,
        "source": stamp(source),
        "weights": stamp(weights or SHIPPED),
        "silhouettes": stamp(silhouettes),
        "person": stamp(person),
        **{name: None if value is None else str(value) for name, value in options.items()},
    }


def open_video(
    source: PathLike,
    progress: Progress,
    *,
    start: Moment | None = None,
    end: Moment | None = None,
    **opening: Any,
) -> Source:
    """Open a video, cut it to a stretch, and tell the user what is worth knowing about it.

    Parameters
    ----------
    source : path-like
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's loop.
    start, end : Moment, optional
        Of the stretch; by default the ends of the video.
    **opening
        As for `open_source`.

    Returns
    -------
    Source
    """
    from personalize.media.stretch import cut_stretch
    from personalize.media.video import open_source

    video = open_source(source, progress=progress("open"), **opening)
    for remark in video.remarks:
        tell(f"{video.name}: {remark}")
    return cut_stretch(video, start, end)


def place_settings(settings: RunSettings, centre: Moment | None, video: Source) -> RunSettings:
    """Return the settings with frames counted from the beginning of the stretch, not of the video.

    Parameters
    ----------
    settings : RunSettings
        `centre` and `person_at` are frames of the whole video.
    centre : Moment or None
        In the place of `settings.centre`.
    video : Source
        May be a stretch of a video.

    Returns
    -------
    RunSettings

    Raises
    ------
    SettingsError
        If a frame is not in the stretch.
    """
    from personalize.errors import SettingsError

    whole = getattr(video, "whole", video)
    number = settings.centre if centre is None else centre.frame(whole.times)
    last = video.first + video.frame_count - 1
    numbers = ([] if number is None else [number]) + [point[0] for point in settings.person_at]
    for wanted in numbers:
        if not video.first <= wanted <= last:
            option = "--centre" if wanted == number else "--person-at"
            raise SettingsError(
                f"{video.name}: {option} names frame {wanted}, and there are frames "
                f"{video.first} to {last}"
            )
    return replace(
        settings,
        centre=None if number is None else number - video.first,
        person_at=tuple((frame - video.first, x, y) for frame, x, y in settings.person_at),
    )


def open_silhouettes(
    folder: PathLike | None, video: Source, progress: Progress
) -> GivenSilhouettes | None:
    """Look through the silhouettes that a user brings.

    Parameters
    ----------
    folder : path-like or None
    video : Source
        Whose frames they are of; may be a stretch.
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's loop.

    Returns
    -------
    GivenSilhouettes or None
        None if there is no folder.

    Raises
    ------
    InputError
        If a picture is not one of this video's.
    """
    from personalize.media.given_silhouettes import read_silhouettes

    if folder is None:
        return None
    whole = getattr(video, "whole", video)
    given = read_silhouettes(folder, whole, progress=progress("silhouettes"))
    if whole.frame_names:
        number, file = next(iter(given.files.items()))
        frame = next(name for name, of in whole.frame_names.items() if of == number)
        tell(
            f"{video.name}: {file.name} is taken for the silhouette of {frame}, frame {number}"
            " from 0; the others likewise"
        )
    return given.of_stretch(video)


def tell_short(video: Source, settings: RunSettings) -> None:
    """Tell a user of a video that is shorter than the window."""
    if video.frame_count < settings.window:
        tell(
            f"{video.name}: a window has {settings.window} frames, the video {video.frame_count};"
            " learning from all of them"
        )


def tell_window(workspace: Done, given: GivenSilhouettes | None) -> None:
    """Tell which frames a person was learned from, if not from all; and, if all given silhouettes
    are outside of these, that they were not learned.
    """
    from personalize.types import Window

    source = workspace.manifest["source"]
    start, stop = workspace.manifest["window"]
    first, name = source.get("first", 0), source["name"]
    span = f"{start + first} to {stop - 1 + first}"
    if stop - start < source["frames"]:
        tell(f"{name}: learned from frames {span}, of {source['frames']}")
    if given and not given.within(Window(start, stop, start)):
        tell(
            f"{name}: no silhouette is of a frame of the window, {span}; they are injected, but"
            " not learned from"
        )


def load_base(
    weights: PathLike | None, device: str, factor: str | None = None, engine: str = "torch"
) -> Base:
    """Load the base network to the device of all computation, with its engine and factor.

    Parameters
    ----------
    weights : path-like or None
        Those that ship with the project if None.
    device : str
        "auto" takes a GPU where there is one.
    factor : str, optional
        Name of a plug-in in the place of the X factor.
    engine : str
        Name of an engine; what it is replaced by, if it cannot be had, is told.

    Returns
    -------
    Base

    Raises
    ------
    WeightsError, DeviceError, FactorError
    """
    from personalize.adaptation.base import Base
    from personalize.factors.registry import load_factor
    from personalize.network.checkpoints import load_base as load
    from personalize.network.engines.choose import choose_engine

    plugin = load_factor(factor) if factor else None
    network, _ = load(weights or SHIPPED, choose_device(device))
    engines = choose_engine(engine, network.device)
    if engines.remark:
        tell(engines.remark)
    return Base.of(network, plugin, engines)
