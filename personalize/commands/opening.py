"""Open what a command names: a video, base weights, a device.

What can be told without torch is told before it is loaded (`check_inputs`).
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
    """See at a glance that there is a video, that weights are weights, and a device one.

    Raises
    ------
    InputError, DeviceError
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
    """Return what a run is asked, for `storage.asked`: settings, options, and every file as it
    lies there.
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
    """Open a video as `video.open_source` does, cut it to a stretch, and tell what its user should
    know of it.
    """
    from personalize.media.stretch import cut_stretch
    from personalize.media.video import open_source

    video = open_source(source, progress=progress("open"), **opening)
    for remark in video.remarks:
        tell(f"{video.name}: {remark}")
    return cut_stretch(video, start, end)


def place_settings(settings: RunSettings, centre: Moment | None, video: Source) -> RunSettings:
    """Return the settings in which frames are places in the stretch of a video, not numbers in
    the whole.
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
    """Look through the silhouettes that a user brings; None if there are none."""
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
    """Tell which frames a person was learned from, where not all, and of silhouettes that are all
    outside of them that nothing was learned from them.
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
    """Load the base network to the device of all computation, and the factor and the engine of a
    name.
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
