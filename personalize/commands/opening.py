"""Open what a command names: a video, base weights, a device.

What can be checked without torch is checked before it is loaded (`check_inputs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personalize.commands.options import was_given
from personalize.commands.terminal import tell
from personalize.network.device import check_name, choose_device
from personalize.network.settings import SHIPPED
from personalize.settings import RunSettings

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.datasets.video_landmarks import VideoLandmarks
    from personalize.media.given_silhouettes import GivenSilhouettes
    from personalize.media.moment import Moment
    from personalize.media.source import Source
    from personalize.procedures.pieces import Pieces
    from personalize.storage.asked import Done
    from personalize.types import Json, PathLike, Progress, Window


PLACES = ("centre", "window_from", "window_to")
"""Settings that place the window, and options of these names, which tell frames or seconds."""
FEW = 4
"""Stretches of a window that are all told."""


def check_inputs(
    source: Path,
    *,
    device: str,
    weights: Path | None = None,
    person: Path | None = None,
    factor: str | None = None,
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
    factor : str, optional
        The name of one.
    partial : bool
        Whether the user asked to go on with a damaged video.

    Raises
    ------
    InputError
        If there is no video in `source`, or a file is not one of weights.
    DeviceError
        If there is no such device.
    FactorError
        If there is no such factor.
    """
    from personalize.factors.registry import check_factor
    from personalize.media.decode import open_container
    from personalize.media.images import SUFFIXES
    from personalize.media.video import check_exists, told_of_partial
    from personalize.network.weights_file import BASE, PERSON, read_metadata

    check_name(device)
    check_exists(source)
    if factor:
        check_factor(factor)
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
    landmarks: Path | None = None,
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
    weights, silhouettes, person, landmarks : Path, optional
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
        **({"landmarks": stamp(landmarks)} if landmarks else {}),
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


def place_settings(
    settings: RunSettings, places: Mapping[str, Moment | None], video: Source
) -> RunSettings:
    """Return the settings with frames counted from the beginning of the stretch, not of the video.

    Parameters
    ----------
    settings : RunSettings
        `centre`, `window_from`, `window_to` and `person_at` are frames of the whole video.
    places : dict of str to Moment or None
        Of `PLACES`, those that were given on the command line: they win.
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
        numbers["window_to"] = last + 1  # as --end, which may lie behind the end
    named = [("--" + name.replace("_", "-"), number) for name, number in numbers.items()]
    named += [("--person-at", point[0]) for point in settings.person_at]
    for option, wanted in named:
        behind = option == "--window-to"  # names a frame that is not taken any more
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
            f"{spelled} contradict each other: the middle of the window is told, and where it"
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


def open_landmarks(
    path: PathLike | None, video: Source, *, some: bool = False
) -> VideoLandmarks | None:
    """Read the landmarks that a user brings.

    Parameters
    ----------
    path : path-like or None
    video : Source
        Whose landmarks they are; may be a stretch.
    some : bool
        They are of many videos: one that has none is learned without them, with a message.

    Returns
    -------
    VideoLandmarks or None
        None without a path, or where there are none of this video.

    Raises
    ------
    DatasetError
        If the file is damaged, or has no landmarks of this video (unless `some`).
    """
    from personalize.datasets.video_landmarks import has_landmarks, read_video_landmarks

    if path is None:
        return None
    whole = getattr(video, "whole", video)
    if some and not has_landmarks(path, whole):
        tell(f"{video.name}: {path} has no landmarks of it; learned from the video alone")
        return None
    return read_video_landmarks(path, whole).of_stretch(video)


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

    source, told = workspace.manifest["source"], Window.read(workspace.manifest["window"])
    name, span = source["name"], spell_window(told)
    window = told.moved(-source.get("first", 0))  # in the stretch, as its results are
    if len(window) < source["frames"]:
        shot = ", within one shot" if is_within_shot(workspace.root, window) else ""
        tell(f"{name}: learned from frames {span}{shot}, of {source['frames']}")
    if given and not given.within(window):
        tell(
            f"{name}: no silhouette is of a frame of the window, {span}; they are injected, but"
            " not learned from"
        )


def spell_window(window: Window) -> str:
    """Return the frames of a window in words."""
    stretches = [f"{start} to {stop - 1}" for start, stop in window.stretches]
    if len(stretches) <= FEW:
        return ", ".join(stretches)
    return f"{stretches[0]}, {stretches[1]} ... {stretches[-1]}, {len(stretches)} stretches"


def is_within_shot(root: Path, window: Window) -> bool:
    """Whether a window is one stretch between the cuts of a video that has some."""
    from personalize.storage.arrays import load_arrays
    from personalize.storage.layout import arrays_of

    track = root / arrays_of("track")
    cuts = load_arrays(track)["cuts"] if track.exists() else ()
    [start, stop] = window.stretches[0]
    return (
        len(window.stretches) == 1 and len(cuts) > 0 and not any(start < cut < stop for cut in cuts)
    )


def open_pieces(address: str | None, cores: int, length: int, device: str) -> Pieces | None:
    """Connect to a Ray cluster on which a video will be parsed in pieces; None without an address.

    Parameters
    ----------
    address : str or None
        As for `cluster.Cluster`.
    cores : int
        Of a machine, for each piece.
    length : int
        Frames of a piece.
    device : str
        With which a piece is parsed, which has a GPU if it is one.

    Raises
    ------
    SettingsError
        If there is no such cluster, or it has not what a piece needs.
    """
    if address is None:
        return None
    from personalize.procedures.cluster import Cluster
    from personalize.procedures.pieces import Pieces

    cluster = Cluster(address, cores, gpus=1 if device.startswith("cuda") else 0)
    cluster.connect()
    return Pieces(cluster.spread, length)


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
