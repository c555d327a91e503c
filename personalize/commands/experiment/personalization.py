"""`personalize experiment` 6: personalization to one person."""

from pathlib import Path
from typing import Any

import click

from personalize.commands.evaluate import evaluate_videos
from personalize.commands.experiment.options import give_results
from personalize.commands.given import GIVEN
from personalize.commands.groups import Computing
from personalize.commands.help import command
from personalize.commands.loading import load_base
from personalize.commands.options import learning_options, names_of, network_options, numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.run_settings import run_settings


@command("6")
@click.argument("root", type=GIVEN)
@click.option("--videos", help="Only these, separated by commas.")
@click.option(
    "--source-videos",
    type=GIVEN,
    help="Folder of the whole videos; without it a video is its labelled frames.",
)
@click.option(
    "--out",
    type=FILE,
    default="evaluation",
    help="Folder of the runs and the results; that of `evaluate youtube-pose` is used.",
)
@numbers_option
@learning_options
@network_options
def personalization(
    root: Path,
    videos: str | None,
    source_videos: Path | None,
    out: Path,
    report: Path | None,
    computing: Computing,
    **numbers: Any,
) -> None:
    """Personalize to the videos of YouTube Pose in ROOT (Table 3 and Figure 7a)."""
    import numpy as np

    from personalize.datasets.youtube_pose import videos as read_videos
    from personalize.evaluation.joint_tables import joint_table, report_joints
    from personalize.experiments.figures import draw_curves, require_matplotlib
    from personalize.experiments.personalization import accuracy_curves, panels_of, report_curves

    require_matplotlib()
    labelled = read_videos(root, names_of(videos))
    settings = run_settings(**numbers)
    errors, _ = evaluate_videos(
        labelled, out, load_base(**vars(computing)), settings, source_videos
    )
    curves = accuracy_curves(errors)
    panels = panels_of(curves)
    draw_curves(out / "figure7a.png", panels, across="pixels", up="joints within", limits=(0, 1))
    table = joint_table(errors, generator=np.random.default_rng(settings.seed))
    found = {**report_joints(errors), "figure7a": report_curves(curves)}
    give_results(found, table, out, report)
