"""Load the inputs of a command: a video, silhouettes, landmarks, base weights.

All that can be checked without torch is checked before torch is loaded (`check_inputs`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from personalize.commands.groups import Computing, Opening, Sharing
from personalize.commands.terminal import tell
from personalize.network.device import check_engine, choose_device
from personalize.network.settings import SHIPPED
from personalize.settings import RunSettings

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.datasets.video_landmarks import VideoLandmarks
    from personalize.media.given_silhouettes import GivenSilhouettes
    from personalize.media.source import Source
    from personalize.procedures.pieces import Pieces
    from personalize.types import Json, PathLike, Progress


def check_inputs(
    source: Path,
    opening: Opening,
    computing: Computing,
    *,
    person: Path | None = None,
    factor: str | None = None,
) -> None:
    """Check the inputs of a command quickly, before heavy libraries are loaded.

    Parameters
    ----------
    source : Path
        A video file, a folder of frames, or a picture.
    opening : Opening
    computing : Computing
        Of the weights only the metadata is read.
    person : Path, optional
        File of a person; only its metadata is read.
    factor : str, optional
        Name of a factor.

    Raises
    ------
    InputError
        If there is no video in `source`, or a file is not one of weights.
    SettingsError
        If no frame can lie between the start and the end.
    EngineError
        If the engine cannot compute on the device.
    FactorError
        If there is no such factor.
    """
    from personalize.factors.registry import check_factor
    from personalize.media.decode import open_container
    from personalize.media.images import SUFFIXES
    from personalize.media.moment import check_order
    from personalize.media.video import check_exists, partial_explained
    from personalize.network.weights_file import BASE, PERSON, read_metadata

    check_engine(computing.engine, computing.device)
    check_exists(source)
    check_order(opening.start, opening.end)
    if factor:
        check_factor(factor)
    if source.is_file() and source.suffix.lower() not in SUFFIXES:
        with partial_explained(opening.partial), open_container(source):
            pass
    if computing.weights:
        read_metadata(computing.weights, BASE)
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
    """Return the request of a command, for `storage.asked`.

    Parameters
    ----------
    purpose : str
        Name of the command.
    source : Path
    settings : RunSettings
    weights, silhouettes, person, landmarks : Path, optional
        Files and folders; they are identified by size and time of change (`stamp`).
    **options
        Other options that may change the results.

    Returns
    -------
    dict
        For JSON.
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


def open_video(source: PathLike, progress: Progress, opening: Opening) -> Source:
    """Open a video, cut it to a stretch, and show the user the remarks about it.

    Parameters
    ----------
    source : path-like
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's loop.
    opening : Opening

    Returns
    -------
    Source
    """
    from personalize.media.stretch import cut_stretch
    from personalize.media.video import open_source

    video = open_source(source, partial=opening.partial, fps=opening.fps, progress=progress("open"))
    for remark in video.remarks:
        tell(f"{video.name}: {remark}")
    return cut_stretch(video, opening.start, opening.end)


def open_silhouettes(
    folder: PathLike | None, video: Source, progress: Progress
) -> GivenSilhouettes | None:
    """Open the silhouettes that a user gives.

    Parameters
    ----------
    folder : path-like or None
    video : Source
        Their video; may be a stretch.
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
    """Read the landmarks that a user gives.

    Parameters
    ----------
    path, video
        As for `open_silhouettes`.
    some : bool
        The landmarks belong to many videos, and this one may have none; the user is informed.

    Returns
    -------
    VideoLandmarks or None
        None without a path, or if this video has none.

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


def open_pieces(sharing: Sharing, device: str) -> Pieces | None:
    """Connect to a Ray cluster that will parse a video in pieces; None without an address.

    Parameters
    ----------
    sharing : Sharing
    device : str
        Device that parses; a piece gets a GPU for "cuda".

    Raises
    ------
    SettingsError
        If there is no such cluster, or it lacks what a piece needs.
    """
    if sharing.ray is None:
        return None
    from personalize.procedures.cluster import Cluster
    from personalize.procedures.pieces import Pieces

    cluster = Cluster(sharing.ray, sharing.cores, gpus=1 if device.startswith("cuda") else 0)
    cluster.connect()
    return Pieces(cluster.spread, sharing.piece)


def load_base(
    weights: PathLike | None, device: str, factor: str | None = None, engine: str = "torch"
) -> Base:
    """Load the base network, with its device, engine and factor.

    Parameters
    ----------
    weights : path-like or None
        Path of weights; None for those that ship with the project.
    device : str
        "auto" takes a GPU where there is one.
    factor : str, optional
        Name of a plug-in that replaces the X factor.
    engine : str
        Name of an engine; the user is informed if another one replaces it.

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
