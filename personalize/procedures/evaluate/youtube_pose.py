"""Joint errors on YouTube Pose, generic and personalized (Charles et al., BMVC 2017, section
4.4)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from personalize.adaptation.base import Base
from personalize.datasets.source_videos import find_source
from personalize.datasets.youtube_pose import LabelledVideo
from personalize.evaluation.joint_errors import JointErrors, measure_joints
from personalize.evaluation.joint_tables import PAPERS_RULE
from personalize.imaging.track import Track
from personalize.media.clip import Sized, spread_frames
from personalize.media.source import Source
from personalize.media.video import open_source
from personalize.network.engines.interface import Engine
from personalize.procedures.evaluate.learning import (
    UPPER_BODY,
    find_teacher,
    for_each,
    frame_pictures,
    learn_and_keep,
    stack_upper_body,
)
from personalize.procedures.parsing import PARSE
from personalize.procedures.progress import silent
from personalize.procedures.run_folder import open_run
from personalize.procedures.tracking import find_track, track_person
from personalize.settings import RunSettings
from personalize.stages.joints import locate_joints
from personalize.stages.parse import Parser
from personalize.stages.verdict import Verdict
from personalize.types import Array, PathLike, Progress, Wrap


def evaluate_joints(
    video: LabelledVideo,
    root: PathLike,
    base: Base,
    settings: RunSettings,
    *,
    sources: PathLike | None = None,
    landmarks: PathLike | None = None,
    progress: Progress = silent,
) -> tuple[dict[str, JointErrors], Verdict | None]:
    """Personalize a labelled video and measure both networks' joints.

    Parameters
    ----------
    video : datasets.youtube_pose.LabelledVideo
    root : path-like
        Run folder of this video.
    base : Base
    settings : RunSettings
    sources : path-like, optional
        Folder of source videos; the window of consecutive frames comes from
        there. Without it, or if the video is not there, the labelled frames in
        the order of time are the video.
    landmarks : path-like, optional
        File of a pose estimator's landmarks, by which parts are learned; it has the names of
        the videos, and landmarks of their labelled frames.
    progress : callable

    Returns
    -------
    errors : dict of str to JointErrors
        "generic" and "personalized", the latter whatever the verdict, by the rule of
        the settings; "kept", of the modules that the verdict keeps; and the same three by the
        paper's rule, with "_mass" behind the name.
    verdict : Verdict or None
        None where nobody was found to learn from.
    """
    source, centre = learning_source(video, sources, progress)
    settings = replace(settings, centre=centre)
    teacher = find_teacher(landmarks, source, video.name)
    workspace = open_run(Path(root), source, base, settings, spares=[PARSE])
    track = track_person(source, workspace, base.engine, settings, progress)
    parsers, verdict = learn_and_keep(source, track, workspace, base, settings, progress, teacher)
    labelled = labelled_track(video, source, track, base.engine, settings)

    def joints(name: str, parser: Parser) -> dict[str, Array]:
        looking = replace(parser, track=labelled)
        found: dict[str, Array] = workspace.arrays(
            f"joints_{name}",
            settings.parse,
            partial(upper_body_joints, looking, video, progress(name)),
        )
        return found

    errors: dict[str, JointErrors] = {}
    for name, found in for_each(parsers, joints).items():
        errors |= errors_by_rule(name, video, found)
    return errors, verdict


def evaluate_generic_joints(
    video: LabelledVideo,
    network: Engine,
    settings: RunSettings,
    *,
    progress: Progress = silent,
) -> dict[str, JointErrors]:
    """Measure the joints of a network as it is on a labelled video; nothing is learned or written.

    Parameters
    ----------
    video, settings, progress
        As for `evaluate_joints`.
    network : Engine
        Of a network in evaluation mode.

    Returns
    -------
    dict of str to JointErrors
        "generic" and "generic_mass", as of `evaluate_joints`.
    """
    source = open_source(video.images[0].parent)
    track = find_track(source, network, settings, progress)
    parser = Parser(network, track, settings.parse)
    found = upper_body_joints(parser, video, progress("generic"))
    return errors_by_rule("generic", video, found)


def errors_by_rule(
    name: str, video: LabelledVideo, found: Mapping[str, Array]
) -> dict[str, JointErrors]:
    """Return the joint errors of one network, by the rule of its parser and by the paper's.

    Parameters
    ----------
    name : str
        Of the network.
    video : LabelledVideo
    found : dict of str to array
        From `upper_body_joints`.

    Returns
    -------
    dict of str to JointErrors
        By `name`, and by `name` with `PAPERS_RULE` behind.
    """
    return {
        name: measure_joints(video.xy, found["xy"], found["found"]),
        f"{name}{PAPERS_RULE}": measure_joints(video.xy, found["xy_mass"], found["found"]),
    }


def learning_source(
    video: LabelledVideo, sources: PathLike | None, progress: Progress
) -> tuple[Source, int | None]:
    """Return where the window of a labelled video comes from, and its centre.

    Parameters
    ----------
    video : LabelledVideo
    sources : path-like or None
        Folder of the whole videos; None takes the labelled frames.
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's loop.

    Returns
    -------
    source : Source
    centre : int or None
        Frame around which the window is laid; None is the middle.
    """
    path = find_source(sources, video.name) if sources else None
    if path is None:
        return open_source(video.images[0].parent), None
    source = open_source(path, progress=progress("open"))
    label = video.nearest_to_middle(source.frame_count)
    return source, int(video.source_frames[label])


def labelled_track(
    video: LabelledVideo,
    source: Source,
    track: Track,
    network: Engine,
    settings: RunSettings,
) -> Track:
    """Return how labelled frames lie on the canvas; a source video may show them otherwise.

    Parameters
    ----------
    video : LabelledVideo
    source : Source
        What the person is learned from.
    track : Track
        How its frames lie.
    network : Engine
        Finds the person, where the source is another video.
    settings : RunSettings

    Returns
    -------
    Track
    """
    if source.path == video.images[0].parent:
        return track
    looks = spread_frames(len(video), settings.locate.looks)
    return frame_pictures([video.read_frame(label) for label in looks], network, settings)


def upper_body_joints(parser: Parser, video: LabelledVideo, progress: Wrap) -> dict[str, Array]:
    """Locate the paper's joints in N labelled frames by two rules, from the same parts.

    Parameters
    ----------
    parser : Parser
    video : LabelledVideo
    progress : callable
        Wraps the sequence of frames.

    Returns
    -------
    dict of str to array
        "xy" (N, 7, 2) and "found" (N, 7) by the rule of the parser, "xy_mass"
        (N, 7, 2) by the paper's.
    """
    read = (video.read_frame(label) for label in range(len(video)))
    frames = progress(Sized(read, len(video)))
    paper = replace(parser.settings.joints, rule="mass", nobody=0.0)
    results, by_mass = [], []
    for _, result in parser.always().frames(frames):
        estimate = locate_joints(result.parts, result.person, settings=paper)
        by_mass.append(result.framing.cells_to_source(estimate.xy[:UPPER_BODY]))
        joints = replace(result, person=None, parts=None, silhouette=None)  # type: ignore[arg-type]
        results.append(joints)  # all else would fill the memory
    return {**stack_upper_body(results), "xy_mass": np.stack(by_mass)}
