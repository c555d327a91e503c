"""Joints and silhouettes on a rendered video whose every frame is known."""

from pathlib import Path

from personalize.adaptation.base import Base
from personalize.datasets.rendered_video import RenderedVideo
from personalize.evaluation.joint_errors import JointErrors, measure_joints
from personalize.evaluation.segmentation import mean_j
from personalize.media.video import open_source
from personalize.procedures.evaluate.learning import (
    UPPER_BODY,
    for_each,
    learn_and_keep,
    stack_upper_body,
)
from personalize.procedures.parsing import PARSE
from personalize.procedures.progress import silent
from personalize.procedures.run_folder import open_run
from personalize.procedures.tracking import track_person
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.stages.verdict import Verdict
from personalize.types import PathLike, Progress


def evaluate_rendered(
    video: RenderedVideo,
    root: PathLike,
    base: Base,
    settings: RunSettings,
    *,
    progress: Progress = silent,
) -> tuple[dict[str, JointErrors], dict[str, float], Verdict | None]:
    """Personalize a rendered video and measure joints and silhouettes in all of it.

    Parameters
    ----------
    video : datasets.rendered_video.RenderedVideo
    root, base, settings, progress
        As for `youtube_pose.evaluate_joints`; the folder of a finished run of the same
        settings gives its person.

    Returns
    -------
    errors : dict of str to JointErrors
        "generic", "personalized" and "kept", of the joints that can be seen.
    silhouettes : dict of str to float
        Mean J of the same.
    verdict : Verdict or None
        None where nobody was found to learn from.
    """
    source = open_source(video.path)
    workspace = open_run(Path(root), source, base, settings, spares=[PARSE])
    track = track_person(source, workspace, base.engine, settings, progress)
    parsers, verdict = learn_and_keep(source, track, workspace, base, settings, progress)

    def measure(name: str, parser: Parser) -> tuple[JointErrors, float]:
        results = [result for _, result in parser.always().frames(progress(name)(source))]
        found = stack_upper_body(results)
        masks = (result.silhouette for result in results)
        return (
            measure_joints(video.xy[:, :UPPER_BODY], found["xy"], found["found"]),
            mean_j(map(video.read_mask, range(len(video))), masks),
        )

    measured = for_each(parsers, measure)
    errors = {name: joints for name, (joints, _) in measured.items()}
    silhouettes = {name: j for name, (_, j) in measured.items()}
    return errors, silhouettes, verdict
