"""`personalize evaluate`: joint errors and silhouettes on labelled videos and photographs."""

import click

from personalize.commands.opening import load_base
from personalize.commands.options import (
    FILE,
    evaluation_options,
    learning_options,
    names_of,
    network_options,
    numbers_option,
    parse_settings,
    run_settings,
)
from personalize.commands.terminal import give_report, stage_bars


@click.group()
def evaluate():
    """Measure on labelled videos what personalizing brings, and on photographs what the base sees."""


@evaluate.command("youtube-pose")
@click.argument("root", type=FILE)
@evaluation_options
@click.option("--source-videos", type=FILE, help="Folder of the whole videos; without it a video is its labelled frames.")
@learning_options
@network_options
def evaluate_youtube_pose(root, videos, out, report, source_videos, weights, device, **numbers):
    """Joint errors on YouTube Pose in ROOT, generic and personalized (the paper's Table 3)."""
    import numpy as np

    from personalize.datasets.youtube_pose import videos as read_videos
    from personalize.evaluation.tables import joint_table, report_joints

    labelled = read_videos(root, names_of(videos))
    settings = run_settings(**numbers)
    errors, judged = evaluate_videos(
        labelled, out, load_base(weights, device), settings, source_videos
    )
    table = joint_table(errors, generator=np.random.default_rng(settings.seed))
    give_judged(report_joints(errors), table, judged, report)


def evaluate_videos(labelled, out, base, settings, source_videos):
    """Return errors and verdict of every video of YouTube Pose, by its name."""
    from personalize.evaluate import evaluate_joints
    from personalize.evaluation.verdicts import Judged, joint_gain

    errors, judged = {}, {}
    for video in labelled:
        click.echo(video.name, err=True)
        with stage_bars() as progress:
            errors[video.name], verdict = evaluate_joints(
                video, out / video.name, base, settings, sources=source_videos, progress=progress
            )
        judged[video.name] = Judged(verdict, joint_gain(errors[video.name]))
    return errors, judged


@evaluate.command("silhouettes")
@click.argument("root", type=FILE)
@evaluation_options
@learning_options
@network_options
def evaluate_silhouettes(root, videos, out, report, weights, device, **numbers):
    """Mean J on sequences in the layout of DAVIS in ROOT, after every stage."""
    from personalize import evaluate as procedures
    from personalize.datasets.davis import sequences
    from personalize.evaluation.tables import report_silhouettes, silhouette_table
    from personalize.evaluation.verdicts import Judged, silhouette_gain

    labelled = sequences(root, names_of(videos))
    base = load_base(weights, device)
    settings = run_settings(**numbers)
    scores, judged = {}, {}
    for sequence in labelled:
        click.echo(sequence.name, err=True)
        with stage_bars() as progress:
            scores[sequence.name], verdict = procedures.evaluate_silhouettes(
                sequence, out / sequence.name, base, settings, progress=progress
            )
        judged[sequence.name] = Judged(verdict, silhouette_gain(scores[sequence.name]))
    give_judged(report_silhouettes(scores), silhouette_table(scores), judged, report)


@evaluate.command("photographs")
@click.argument("root", type=FILE)
@click.option("--last", type=click.IntRange(1), default=100,
              help="Photographs that are measured; the last 100 are never trained on.")
@numbers_option
@network_options
def evaluate_photographs(root, last, report, weights, device, **parsing):
    """Mean J of the generic network on the last photographs of Clothing Co-Parsing in ROOT."""
    from personalize import evaluate as procedures
    from personalize.datasets.clothing import photographs

    chosen = photographs(root)[-last:]
    base = load_base(weights, device)
    with stage_bars() as progress:
        scores = procedures.evaluate_photographs(
            chosen, base.network, parse_settings(**parsing), progress=progress("parse")
        )
    mean = float(scores.mean())
    numbers = {"photographs": {p.name: score for p, score in zip(chosen, scores)}, "mean": mean}
    give_report(numbers, f"J {mean:.3f} in the mean of {len(scores)} photographs, {scores.min():.3f} at least", report)


@evaluate.command("rendered")
@click.argument("root", type=FILE)
@click.option("--out", type=FILE, default="evaluation", help="Run folder; that of an earlier `run` of the same video is used.")
@numbers_option
@learning_options
@network_options
def evaluate_rendered(root, out, report, weights, device, **numbers):
    """Joint errors and J on a video of `synthesize video` in ROOT, such as data/demo."""
    from personalize import evaluate as procedures
    from personalize.datasets.rendered_video import rendered_video
    from personalize.evaluation.tables import rendered_table, report_rendered
    from personalize.evaluation.verdicts import Judged, joint_gain

    video = rendered_video(root)
    base = load_base(weights, device)
    with stage_bars() as progress:
        *scores, verdict = procedures.evaluate_rendered(
            video, out, base, run_settings(**numbers), progress=progress
        )
    judged = {video.name: Judged(verdict, joint_gain(scores[0]))}
    give_judged(report_rendered(*scores), rendered_table(*scores), judged, report)


def give_judged(numbers, table, judged, report):
    """Give the numbers of an evaluation, and how the verdicts agree with them."""
    from personalize.evaluation.verdicts import report_verdicts, verdict_table

    numbers = {**numbers, "verdicts": report_verdicts(judged)}
    give_report(numbers, f"{table}\n\n{verdict_table(judged)}", report)
