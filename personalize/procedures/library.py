"""The library's own procedures: a path in, a finished run or a parser out.

The command line does the same with more words; both call `pipeline`.
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
        Base weights; by default those that come with the project.
    device : str
        "auto", "cpu", "cuda", "cuda:1" ...
    engine : {"auto", "torch", "openvino", "cuda"}
        What computes the answers of the network, and of those that learn from it.

    Raises
    ------
    WeightsError
        If the file is no base file.
    DeviceError
        If the device is not there, or the engine does not run on it.
    """
    network, _ = checkpoints.load_base(weights or SHIPPED, choose_device(device))
    return Base.of(network, engines=choose_engine(engine, network.device))


def load_person(path: str | Path, base: Base | None = None) -> FactoredNetwork:
    """Load the network of a person who was learned before.

    Parameters
    ----------
    path : path-like
        ``person.safetensors`` of a run.
    base : Base, optional
        What the person was learned from; by default what comes with the project.

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
    out : path-like
        The run folder; made, or continued.
    settings : RunSettings
    base : Base, optional
        Of `load_generic`.
    silhouettes : path-like, optional
        Folder of known silhouettes.
    landmarks : path-like, optional
        File or folder of a pose estimator's landmarks, by which parts are learned.
    progress : callable

    Raises
    ------
    PersonalizeError
        Of any kind; its text is meant for the user.
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
    """Parse a video with a network as it is, as the command `personalize parse` does.

    Parameters
    ----------
    video, out, settings, progress
        As for `run`.
    network : FactoredNetwork, optional
        Of `load_person`; by default the generic one.
    engine : {"auto", "torch", "openvino", "cuda"}
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
    """Return the parser of a video, after a first look at it; nothing is written.

    Parameters
    ----------
    video : Source
        Of `open_video`.
    network : FactoredNetwork, optional
        Of `load_person`; by default the generic one.
    settings : RunSettings
        Of which `size`, `locate` and `parse` are used.
    engine : {"auto", "torch", "openvino", "cuda"}
        What computes the answers of the network.
    """
    network = network or load_generic().network
    looking = choose_engine(engine, network.device).of(network)
    return Parser(
        looking, find_track(video, looking, settings), settings.parse, workers=settings.workers
    )


def _finished(workspace: Workspace) -> FinishedRun:
    return FinishedRun(workspace.root, workspace.manifest)
