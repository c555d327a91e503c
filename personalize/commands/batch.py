"""`personalize batch`: run every video of a folder."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.help import command
from personalize.commands.opening import check_inputs, describe_request, load_base
from personalize.commands.options import (
    FILE,
    factor_options,
    joint_options,
    learning_options,
    network_options,
    numbers_option,
    overlay_option,
    run_settings,
    source_options,
)
from personalize.commands.run import note, recall, run_video
from personalize.commands.terminal import give_report, stage_bars, tell, tell_anew

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.media.moment import Moment
    from personalize.storage.asked import Done

SOME_FAILED = 3
"""Exit code of a batch in which some failed."""


class Shard(click.ParamType):
    """A share of the videos: I/N, the I-th of N."""

    name = "I/N"

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> tuple[int, int]:
        """Return I and N."""
        if isinstance(value, tuple):
            return value
        number, _, count = str(value).partition("/")
        if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            self.fail(f"{value}: must be I/N with I from 1 to N, such as 3/8", param, context)
        return int(number), int(count)


@command()
@click.argument("folder", type=FILE)
@click.option("--out", type=FILE, required=True, help="Gets a folder for every video.")
@click.option(
    "--shard",
    type=Shard(),
    default="1/1",
    help="Only every N-th video, from the I-th on: a share of several machines.",
)
@numbers_option
@overlay_option
@factor_options
@learning_options
@joint_options
@network_options
@source_options
def batch(
    folder: Path,
    out: Path,
    shard: tuple[int, int],
    report: Path | None,
    factor: str | None,
    weights: Path | None,
    device: str,
    engine: str,
    partial: bool,
    fps: float | None,
    start: Moment | None,
    end: Moment | None,
    **numbers: Any,
) -> None:
    """Run every video and every folder of frames directly in FOLDER; finished ones are skipped,
    failures listed at the end.
    """
    from personalize.procedures.batch import list_passed_over, list_videos, run_batch
    from personalize.storage.claims import Claims

    videos = list_videos(folder)
    for inside in list_passed_over(folder):
        tell(
            f"{inside}: holds no frames, and is passed over; videos in it need a batch of their own"
        )
    settings = run_settings(**numbers)
    opening: dict[str, Any] = {"partial": partial, "fps": fps, "start": start, "end": end}
    computing: dict[str, Any] = {"factor": factor, "device": device, "engine": engine}

    claims = Claims(out)

    @cache
    def base() -> Base:  # loaded when the first video needs it
        return load_base(weights, **computing)

    def run_one(video: Path, root: Path) -> Done:
        asked = describe_request("run", video, settings, weights=weights, **opening, **computing)
        done = recall(root, asked)
        if done:
            return done
        tell(f"{video.name}, {videos.index(video) + 1} of {len(videos)}")
        check_inputs(video, device=device, weights=weights, partial=partial)
        with stage_bars() as progress:
            progress.guard = claims.check
            with progress.during("load"):
                base()
            workspace = run_video(video, root, base(), settings, progress, **opening)
        note(workspace, asked, settings)
        tell_anew(workspace)
        return workspace

    outcomes = list(run_batch(videos, out, run_one, shard=shard, claims=claims))
    width = max((len(outcome.name) for outcome in outcomes), default=0)
    lines = [f"{outcome.name:{width}}  {outcome.state:15}  {outcome.note}" for outcome in outcomes]
    give_report([vars(outcome) for outcome in outcomes], "\n".join(lines), report)
    if any(outcome.state == "failed" for outcome in outcomes):
        sys.exit(SOME_FAILED)
