"""Learn a person without parsing: the stages up to the verdict, and a person file."""

import json

from personalize.adaptation.base import Base
from personalize.datasets.video_landmarks import VideoLandmarks
from personalize.media.given_silhouettes import GivenSilhouettes, check_apart
from personalize.media.source import Source
from personalize.network.checkpoints import read_tensors, write_tensors
from personalize.network.person_file import facts_of
from personalize.network.weights_file import PERSON as KIND
from personalize.procedures.pipeline import learn_person
from personalize.procedures.progress import silent
from personalize.procedures.tracking import track_person
from personalize.settings import RunSettings
from personalize.storage.layout import PERSON
from personalize.storage.workspace import Workspace
from personalize.types import PathLike, Progress

PURPOSE = "learn"


def learn(
    source: Source,
    out: PathLike,
    root: PathLike,
    base: Base,
    settings: RunSettings,
    *,
    given: GivenSilhouettes | None = None,
    teacher: VideoLandmarks | None = None,
    progress: Progress = silent,
) -> Workspace:
    """Learn the person of a video, and write what was learned to a file.

    Parameters
    ----------
    source : Source
        A video, or several clips as one (`media.joined.join_clips`).
    out : path-like
        The person file.
    root : path-like
        Folder of the stages; made, or continued.
    base : Base
    settings : RunSettings
    given : GivenSilhouettes, optional
    teacher : VideoLandmarks, optional
    progress : callable

    Returns
    -------
    Workspace
        Of the finished stages.
    """
    check_apart(given, root)
    workspace = Workspace.open(
        root,
        source=source,
        facts={"base": base.digest, "seed": settings.seed, "engine": base.engines.name},
        purpose=PURPOSE,
        notes={"device": str(base.device)},
    )
    track = track_person(source, workspace, base.engine, settings, progress)
    learn_person(source, track, workspace, base, settings, progress, given, teacher)
    write_person(workspace, out)
    return workspace


def write_person(workspace: Workspace, out: PathLike) -> None:
    """Write the person of finished stages to a file, with a description of its origin.

    It has no time of day and no path, so that the same input gives the same bytes.
    """
    tensors, metadata = read_tensors(workspace.root / PERSON, KIND)
    facts = json.dumps(facts_of(workspace.manifest), sort_keys=True)
    write_tensors(out, tensors, {**metadata, "facts": facts})
