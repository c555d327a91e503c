"""`personalize batch`: run every video of a folder."""

import sys
from pathlib import Path
from typing import Any

import click

from personalize.commands.opening import load_base
from personalize.commands.options import (
    FILE,
    factor_options,
    joint_options,
    learning_options,
    network_options,
    run_settings,
    source_options,
)
from personalize.commands.run import run_video
from personalize.commands.terminal import stage_bars, tell_anew

SOME_FAILED = 3
"""Exit code of a batch in which some failed."""


@click.command()
@click.argument("folder", type=FILE)
@click.option("--out", type=FILE, required=True, help="Gets a folder for every video.")
@factor_options
@learning_options
@joint_options
@network_options
@source_options
def batch(
    folder: Path,
    out: Path,
    factor: str | None,
    weights: Path | None,
    device: str,
    engine: str,
    partial: bool,
    fps: float | None,
    **numbers: Any,
) -> None:
    """Run every video and every folder of frames directly in FOLDER; finished ones are skipped,
    failures listed at the end.
    """
    from personalize.procedures.batch import list_passed_over, list_videos, run_batch

    videos = list_videos(folder)
    for inside in list_passed_over(folder):
        click.echo(
            f"{inside}: holds no frames, and is passed over; videos in it need a batch of their "
            f"own",
            err=True,
        )
    base = load_base(weights, device, factor, engine)
    settings = run_settings(**numbers)

    def run_one(video, root):
        click.echo(video.name, err=True)
        with stage_bars() as progress:
            workspace = run_video(video, root, base, settings, progress, partial=partial, fps=fps)
        tell_anew(workspace)
        return workspace

    outcomes = list(run_batch(videos, out, run_one))
    width = max(len(outcome.name) for outcome in outcomes)
    for outcome in outcomes:
        click.echo(f"{outcome.name:{width}}  {outcome.state:15}  {outcome.note}")
    if any(outcome.state == "failed" for outcome in outcomes):
        sys.exit(SOME_FAILED)
