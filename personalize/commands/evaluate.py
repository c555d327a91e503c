"""`personalize evaluate`: joint errors and silhouettes on labelled videos and photographs.

Data sets are read before torch is loaded, so that a wrong folder is reported at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.given import GIVEN
from personalize.commands.groups import Computing
from personalize.commands.help import group
from personalize.commands.loading import load_base
from personalize.commands.measuring import give_judged, measure_base, measure_personalized
from personalize.commands.options import (
    evaluation_options,
    landmarks_option,
    learning_options,
    names_of,
    network_options,
    numbers_option,
)
from personalize.commands.parameter_types import FILE
from personalize.commands.run_settings import run_settings
from personalize.commands.terminal import give_report, stage_bars
from personalize.settings import RunSettings

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.datasets.youtube_pose import LabelledVideo
    from personalize.types import PathLike

generic_option = click.option(
    "--generic",
    is_flag=True,
    help="Measure the base alone, in minutes: nothing is learned or written.",
)


@group()
def evaluate() -> None:
    """Measure on labelled videos what personalizing brings, and on photographs how good
    the base is.
    """


@evaluate.command("youtube-pose")
@click.argument("root", type=GIVEN)
@evaluation_options
@generic_option
@click.option(
    "--source-videos",
    type=GIVEN,
    help="Folder of the whole videos; without it a video is its labelled frames.",
)
@landmarks_option
@learning_options
@network_options
def evaluate_youtube_pose(
    root: Path,
    videos: str | None,
    out: Path,
    report: Path | None,
    generic: bool,
    source_videos: Path | None,
    landmarks: Path | None,
    computing: Computing,
    **numbers: Any,
) -> None:
    """Joint errors on YouTube Pose in ROOT, generic and personalized (the paper's Table 3)."""
    import numpy as np

    from personalize.datasets.youtube_pose import videos as read_videos

    labelled = read_videos(root, names_of(videos))

    from personalize.evaluation.joint_tables import generic_joint_table, joint_table, report_joints
    from personalize.procedures.evaluate.youtube_pose import evaluate_generic_joints

    settings = run_settings(**numbers)
    base = load_base(**vars(computing))
    if generic:
        errors = measure_base(evaluate_generic_joints, labelled, base, settings)
        give_report(report_joints(errors), generic_joint_table(errors), report)
        return
    errors, judged = evaluate_videos(labelled, out, base, settings, source_videos, landmarks)
    table = joint_table(errors, generator=np.random.default_rng(settings.seed))
    give_judged(report_joints(errors), table, judged, report)


def evaluate_videos(
    labelled: Sequence[LabelledVideo],
    out: PathLike,
    base: Base,
    settings: RunSettings,
    source_videos: Path | None,
    landmarks: Path | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Evaluate a run on every video of YouTube Pose.

    Parameters
    ----------
    labelled : sequence of LabelledVideo
    out : path-like
        Gets a run folder for each video.
    base : Base
    settings : RunSettings
    source_videos : Path or None
        Folder of the whole videos; without it, windows are made of the labelled frames.
    landmarks : Path, optional
        What a pose estimator found in the videos.

    Returns
    -------
    scores, judged : dict
        Joint errors and `Judged`, both by the name of the video.
    """
    from functools import partial

    from personalize.evaluation.verdicts import joint_gains
    from personalize.procedures.evaluate.youtube_pose import evaluate_joints

    measure = partial(evaluate_joints, sources=source_videos, landmarks=landmarks)
    return measure_personalized(measure, joint_gains, labelled, out, base, settings)


@evaluate.command("silhouettes")
@click.argument("root", type=GIVEN)
@evaluation_options
@generic_option
@learning_options
@network_options
def evaluate_silhouettes(
    root: Path,
    videos: str | None,
    out: Path,
    report: Path | None,
    generic: bool,
    computing: Computing,
    **numbers: Any,
) -> None:
    """Mean J on sequences in the layout of DAVIS in ROOT, after every stage."""
    from personalize.datasets.davis import sequences

    labelled = sequences(root, names_of(videos))

    from personalize.evaluation.silhouette_tables import report_silhouettes, silhouette_table
    from personalize.evaluation.verdicts import silhouette_gains
    from personalize.procedures.evaluate import silhouettes as procedures

    base = load_base(**vars(computing))
    settings = run_settings(**numbers)
    if generic:
        scores = measure_base(procedures.evaluate_generic_silhouettes, labelled, base, settings)
        give_report(report_silhouettes(scores), silhouette_table(scores), report)
        return
    scores, judged = measure_personalized(
        procedures.evaluate_silhouettes, silhouette_gains, labelled, out, base, settings
    )
    give_judged(report_silhouettes(scores), silhouette_table(scores), judged, report)


@evaluate.command("jhmdb")
@click.argument("root", type=GIVEN)
@evaluation_options
@generic_option
@landmarks_option
@learning_options
@network_options
def evaluate_jhmdb(
    root: Path,
    videos: str | None,
    out: Path,
    report: Path | None,
    generic: bool,
    landmarks: Path | None,
    computing: Computing,
    **numbers: Any,
) -> None:
    """Joints and silhouettes on clips of J-HMDB in ROOT, whose every frame is labelled."""
    from functools import partial

    from personalize.datasets.jhmdb import clips

    labelled = clips(root, names_of(videos))

    from personalize.evaluation.clips import clip_table, report_clips
    from personalize.evaluation.verdicts import clip_gains
    from personalize.procedures.evaluate.jhmdb import evaluate_clip, evaluate_generic_clip

    base = load_base(**vars(computing))
    settings = run_settings(**numbers)
    if generic:
        scores = measure_base(evaluate_generic_clip, labelled, base, settings)
        give_report(report_clips(scores), clip_table(scores), report)
        return
    measure = partial(evaluate_clip, landmarks=landmarks)
    scores, judged = measure_personalized(measure, clip_gains, labelled, out, base, settings)
    give_judged(report_clips(scores), clip_table(scores), judged, report)


@evaluate.command("photographs")
@click.argument("root", type=GIVEN)
@click.option(
    "--last",
    type=click.IntRange(1),
    default=100,
    help="Photographs that are measured; the last 100 are never trained on.",
)
@numbers_option
@network_options
def evaluate_photographs(
    root: Path,
    last: int,
    report: Path | None,
    computing: Computing,
    **parsing: Any,
) -> None:
    """Mean J of the generic network on the last photographs of Clothing Co-Parsing in ROOT."""
    from personalize.datasets.clothing import photographs

    chosen = photographs(root)[-last:]

    from personalize.procedures.evaluate import photographs as procedures

    base = load_base(**vars(computing))
    with stage_bars() as progress:
        scores = procedures.evaluate_photographs(
            chosen, base.engine, run_settings(**parsing), progress=progress("parse")
        )
    mean = float(scores.mean())
    numbers = {"photographs": {p.name: score for p, score in zip(chosen, scores)}, "mean": mean}
    give_report(
        numbers,
        f"J {mean:.3f} in the mean of {len(scores)} photographs, {scores.min():.3f} at least",
        report,
    )


@evaluate.command("rendered")
@click.argument("root", type=GIVEN)
@click.option(
    "--out",
    type=FILE,
    default="evaluation",
    help="Run folder; that of an earlier `run` of the same video is used.",
)
@numbers_option
@learning_options
@network_options
def evaluate_rendered(
    root: Path,
    out: Path,
    report: Path | None,
    computing: Computing,
    **numbers: Any,
) -> None:
    """Joint errors and J on a video of `synthesize video` in ROOT, such as data/demo."""
    from personalize.datasets.rendered_video import rendered_video

    video = rendered_video(root)

    from personalize.evaluation.joint_tables import rendered_table, report_rendered
    from personalize.evaluation.verdicts import Judged, joint_gains, silhouette_gains
    from personalize.procedures.evaluate import rendered as procedures

    base = load_base(**vars(computing))
    with stage_bars() as progress:
        errors, overlap, verdict = procedures.evaluate_rendered(
            video, out, base, run_settings(**numbers), progress=progress
        )
    gains = joint_gains(errors) | silhouette_gains(overlap)
    judged = {video.name: Judged(verdict, gains)}
    give_judged(report_rendered(errors, overlap), rendered_table(errors, overlap), judged, report)
