"""The procedures of the Python interface: a path in, a finished run or a parser out.

The command line has more options; both call `pipeline`.
"""

from pathlib import Path

from personalize.adaptation.base import Base
from personalize.datasets.video_landmarks import read_video_landmarks
from personalize.media.given_silhouettes import read_silhouettes
from personalize.media.source import Source
from personalize.media.video import open_source as open_video
from personalize.network import checkpoints
from personalize.network.device import choose_device
from personalize.network.engines.choose import choose_engine
from personalize.network.factored import FactoredNetwork
from personalize.network.settings import SHIPPED
from personalize.output.finished import FinishedRun
from personalize.procedures import parsing, pipeline
from personalize.procedures.progress import silent
from personalize.procedures.tracking import find_track
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.storage.workspace import Workspace
from personalize.types import Progress

__all__ = ["load_generic", "load_person", "open_video", "parse", "parser_for", "run"]


def load_generic(
    weights: str | Path | None = None, device: str = "auto", engine: str = "auto"
) -> Base:
    """Load the generic network that every person starts from.

    Parameters
    ----------
    weights : path-like, optional
        Base weights; by default those that are included.
    device : str
        "auto", "cpu", "cuda", "cuda:1" ...
    engine : {"auto", "torch", "openvino", "cuda"}
        Computes the generic network, and the personal ones that learn from it.

    Returns
    -------
    Base

    Raises
    ------
    WeightsError
        If the file is no base file.
    DeviceError
        If the device does not exist, or the engine does not run on it.
    """
    network, _ = checkpoints.load_base(weights or SHIPPED, choose_device(device))
    return Base.of(network, engines=choose_engine(engine, network.device))


def load_person(path: str | Path, base: Base | None = None) -> FactoredNetwork:
    """Load the network of a person who was learned.

    Parameters
    ----------
    path : path-like
        ``person.safetensors`` of a run.
    base : Base, optional
        Base that the person was learned from; by default the included weights.

    Returns
    -------
    FactoredNetwork
        In evaluation mode.

    Raises
    ------
    WeightsError
        If the file is no person file, or was learned from another base.
    """
    return checkpoints.load_person(path, (base or load_generic()).network)


def run(
    video: str | Path | Source,
    out: str | Path,
    *,
    settings: RunSettings = RunSettings(),
    base: Base | None = None,
    silhouettes: str | Path | None = None,
    landmarks: str | Path | None = None,
    progress: Progress = silent,
) -> FinishedRun:
    """Learn the person of a video, and parse all of it, as the command `personalize run` does.

    Parameters
    ----------
    video : path-like or Source
        A video file, a folder of frames, or the result of `open_video`.
    out : path-like
        The run folder; made, or continued.
    settings : RunSettings
    base : Base, optional
        From `load_generic`.
    silhouettes : path-like, optional
        Folder of known silhouettes.
    landmarks : path-like, optional
        File or folder of a pose estimator's landmarks, from which parts are learned.
    progress : callable
        ``progress(stage)`` returns a wrapper of that stage's loop.

    Returns
    -------
    FinishedRun

    Raises
    ------
    PersonalizeError
        Any of its kinds; the text is meant for the user.
    """
    source = video if isinstance(video, Source) else open_video(video)
    given = read_silhouettes(silhouettes, source) if silhouettes else None
    teacher = read_video_landmarks(landmarks, source) if landmarks else None
    done = pipeline.run(
        source,
        out,
        base or load_generic(),
        settings,
        given=given,
        teacher=teacher,
        progress=progress,
    )
    return _finished(done)


def parse(
    video: str | Path | Source,
    out: str | Path,
    *,
    network: FactoredNetwork | None = None,
    settings: RunSettings = RunSettings(),
    engine: str = "auto",
    progress: Progress = silent,
) -> FinishedRun:
    """Parse a video without learning, as the command `personalize parse` does.

    Parameters
    ----------
    video, out, settings, progress
        As for `run`.
    network : FactoredNetwork, optional
        From `load_person`; by default the generic one.
    engine : {"auto", "torch", "openvino", "cuda"}
        Computes the network.

    Returns
    -------
    FinishedRun

    Raises
    ------
    PersonalizeError
        Any of its kinds; the text is meant for the user.
    """
    source = video if isinstance(video, Source) else open_video(video)
    network = network or load_generic().network
    engines = choose_engine(engine, network.device)
    return _finished(
        parsing.parse(source, out, network, settings, engines=engines, progress=progress)
    )


def parser_for(
    video: Source,
    network: FactoredNetwork | None = None,
    settings: RunSettings = RunSettings(),
    *,
    engine: str = "auto",
) -> Parser:
    """Find the person in a video, and return its parser; nothing is written.

    Parameters
    ----------
    video : Source
        From `open_video`.
    network : FactoredNetwork, optional
        From `load_person`; by default the generic one.
    settings : RunSettings
        `size`, `locate`, `person_at`, `parse` and `workers` are used.
    engine : {"auto", "torch", "openvino", "cuda"}
        Computes the network.

    Returns
    -------
    Parser

    Raises
    ------
    PersonalizeError
        Any of its kinds; the text is meant for the user.
    """
    network = network or load_generic().network
    looking = choose_engine(engine, network.device).of(network)
    return Parser(
        looking, find_track(video, looking, settings), settings.parse, workers=settings.workers
    )


def _finished(workspace: Workspace) -> FinishedRun:
    return FinishedRun(workspace.root, workspace.manifest)
