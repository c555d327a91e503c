"""What the evaluations share: a labelled video is framed, learned and parsed as in a run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import cv2
import numpy as np

from personalize import parts
from personalize.adaptation.base import Base
from personalize.datasets.video_landmarks import VideoLandmarks, read_video_landmarks
from personalize.errors import NobodyFoundError, NoLandmarksError
from personalize.imaging.framing import Framing, fit_frame
from personalize.imaging.track import Track
from personalize.media.clip import Pictures
from personalize.media.source import Source
from personalize.network.engines.interface import Engine
from personalize.procedures.pipeline import learn_person
from personalize.settings import AUTO, RunSettings
from personalize.stages.locate import locate_person
from personalize.stages.parse import Parser
from personalize.stages.verdict import Verdict
from personalize.storage.workspace import Workspace
from personalize.types import Array, Frame, Mask, PathLike, Progress

T = TypeVar("T")

UPPER_BODY = len(parts.UPPER_BODY_JOINTS)


def find_teacher(landmarks: PathLike | None, source: Source, name: str) -> VideoLandmarks | None:
    """Return the landmarks of one video of a data set; None where the estimator saw nobody in it,
    so that the person is learned without a teacher.

    Parameters
    ----------
    landmarks : path-like or None
        File of a pose estimator's landmarks; None without a teacher.
    source : Source
    name : str
        What the data set calls the video.

    Raises
    ------
    DatasetError
        As `read_video_landmarks` does, but for frames without landmarks.
    """
    try:
        return read_video_landmarks(landmarks, source, name) if landmarks else None
    except NoLandmarksError:
        return None


def learn_and_keep(
    source: Source,
    track: Track,
    workspace: Workspace,
    base: Base,
    settings: RunSettings,
    progress: Progress,
    teacher: VideoLandmarks | None = None,
) -> tuple[dict[str, Parser], Verdict | None]:
    """Learn the person of a labelled video, and return the parsers of both networks.

    Parameters
    ----------
    source : Source
    track : Track
        How each frame lies on the canvas.
    workspace : Workspace
    base : Base
    settings : RunSettings
    progress : callable
        ``progress(stage)`` returns what wraps the iterable of that stage.
    teacher : VideoLandmarks, optional
        Landmarks that parts are learned by.

    Returns
    -------
    dict of str to Parser
        "generic", "personalized" whatever the verdict, and "kept"; the latter may be one of the
        others. All are generic where nobody is found to learn from.
    Verdict or None
        None where there is none.
    """
    try:
        learned = learn_person(source, track, workspace, base, settings, progress, teacher=teacher)
    except NobodyFoundError:
        generic = Parser(base.engine, track, settings.parse)
        return dict.fromkeys(("generic", "personalized", "kept"), generic), None
    parsers = {
        "generic": learned.generic,
        "personalized": learned.personal,
        "kept": learned.kept,
    }
    return parsers, learned.verdict


def for_each(parsers: Mapping[str, Parser], measure: Callable[[str, Parser], T]) -> dict[str, T]:
    """Measure parsers, those that are one and the same once.

    Parameters
    ----------
    parsers : dict of str to Parser
    measure : callable
        ``measure(name, parser)``, with the first of its names.

    Returns
    -------
    dict
        What `measure` returned, by all names.
    """
    measured: dict[str, T] = {}
    for name, parser in parsers.items():
        same = next((other for other in measured if parsers[other] is parser), None)
        measured[name] = measure(name, parser) if same is None else measured[same]
    return measured


def frame_pictures(pictures: Sequence[Frame], network: Engine, settings: RunSettings) -> Track:
    """Return how pictures of one person lie on the canvas, as `tracking.track_person` does.

    Parameters
    ----------
    pictures : sequence of (H, W, 3) uint8 arrays
        RGB, of one size.
    network : Engine
        Finds the person.
    settings : RunSettings
        Of which `size` and `locate` are used.

    Returns
    -------
    Track
    """
    if settings.size != AUTO:
        height, width = pictures[0].shape[:2]
        return Track.still(fit_frame(height, width, settings.size))
    return locate_person(network, Pictures(pictures), settings=settings.locate)


def stack_upper_body(results: Sequence[Any]) -> dict[str, Array]:
    """Stack the paper's joints of N parsed frames: "xy" (N, 7, 2) and "found" (N, 7)."""
    return {
        "xy": np.stack([result.xy[:UPPER_BODY] for result in results]),
        "found": np.stack([result.found[:UPPER_BODY] for result in results]),
    }


def restore_masks(maps: Array, framings: Iterable[Framing]) -> Iterator[Mask]:
    """Yield the source-sized bool mask of each map (T, H, W) of the canvases of T framings."""
    for values, framing in zip(maps, framings):
        yield framing.restore(cv2.resize(values, (framing.cols, framing.rows))) >= 0.5
