"""`personalize batch`: run every video of a folder."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.groups import Computing, Opening
from personalize.commands.help import command
from personalize.commands.loading import check_inputs, describe_request, load_base, open_video
from personalize.commands.options import (
    export_option,
    factor_options,
    joint_options,
    landmarks_option,
    learning_options,
    network_options,
    numbers_option,
    overlay_option,
    ray_options,
    source_options,
)
from personalize.commands.parameter_types import FILE
from personalize.commands.run import note, recall, run_video
from personalize.commands.run_settings import run_settings
from personalize.commands.terminal import give_report, report_anew, stage_bars, tell
from personalize.commands.views import make_view
from personalize.commands.watch import Turn, Watch, watching
from personalize.commands.window import place_settings
from personalize.exports.formats import check_formats

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.settings import RunSettings
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


@dataclass(frozen=True)
class RunOne:
    """Runs one video of a batch, in this process or in one of another machine.

    Attributes
    ----------
    settings : RunSettings
    opening : Opening
    computing : Computing
    factor : str or None
        Name of a plug-in that replaces the X factor.
    landmarks : Path or None
        Of some of the videos, by their names.
    silent : bool
        Show no progress, since other runs go on beside it.
    export : tuple of str
        Formats that each run is written in, too.
    """

    settings: RunSettings
    opening: Opening
    computing: Computing
    factor: str | None = None
    landmarks: Path | None = None
    silent: bool = False
    export: tuple[str, ...] = ()

    def __call__(
        self,
        video: Path,
        root: Path,
        *,
        guard: Callable[[], object] = bool,
        turn: Turn | None = None,
    ) -> Done:
        """Return the finished run.

        Parameters
        ----------
        video, root : Path
            The video, and its run folder.
        guard : callable
            Called now and then; what it raises ends the run.
        turn : Turn, optional
            Where it stands among all.
        """
        done = self._run(video, root, guard, turn)
        if self.export:
            from personalize.procedures.export import export

            with self._progress() as progress:
                progress.turn = turn
                export(
                    root,
                    self.export,
                    video=video,
                    weights=self.computing.weights,
                    progress=progress,
                )
        return done

    def _progress(self) -> AbstractContextManager[Watch]:
        return watching(make_view("none")) if self.silent else stage_bars()

    def _run(self, video: Path, root: Path, guard: Callable[[], object], turn: Turn | None) -> Done:
        asked = describe_request(
            "run",
            video,
            self.settings,
            landmarks=self.landmarks,
            factor=self.factor,
            **vars(self.opening),
            **vars(self.computing),
        )
        done = recall(root, asked)
        if done:
            return done
        tell(f"{video.name}, {turn.number} of {turn.total}" if turn else video.name)
        check_inputs(video, self.opening, self.computing, factor=self.factor)
        with self._progress() as progress:
            progress.guard, progress.turn = guard, turn
            source = open_video(video, progress, self.opening)
            with progress.during("load"):
                base = load_once(self.computing, self.factor, str(asked["weights"]))
            workspace = run_video(
                source,
                root,
                base,
                place_settings(self.settings, {}, source),
                progress,
                landmarks=self.landmarks,
                some=True,
            )
        note(workspace, asked, self.settings)
        report_anew(workspace)
        return workspace


@cache
def load_once(computing: Computing, factor: str | None, stamp: str) -> Base:
    """Load base weights when the first video of a process needs them, and keep them.

    Parameters
    ----------
    computing : Computing
    factor : str or None
        As for `load_base`.
    stamp : str
        Differs between files of weights, and between a file and the same one after a change.

    Returns
    -------
    Base
    """
    return load_base(**vars(computing), factor=factor)


@command()
@click.argument("folder", type=FILE)
@click.option("--out", type=FILE, required=True, help="Gets a folder for every video.")
@click.option(
    "--shard",
    type=Shard(),
    default="1/1",
    help="Only every N-th video, from the I-th on: a share of several machines.",
)
@ray_options
@numbers_option
@overlay_option
@landmarks_option
@factor_options
@learning_options
@joint_options
@network_options
@source_options
@export_option
def batch(
    folder: Path,
    out: Path,
    shard: tuple[int, int],
    ray: str | None,
    cores: int,
    report: Path | None,
    landmarks: Path | None,
    factor: str | None,
    computing: Computing,
    opening: Opening,
    export: tuple[str, ...],
    **numbers: Any,
) -> None:
    """Run every video and every folder of frames directly in FOLDER; finished ones are skipped,
    failures listed at the end.
    """
    from personalize.procedures.batch import list_passed_over, list_videos, run_batch
    from personalize.storage.claims import Claims

    check_formats(export)
    videos = list_videos(folder)
    for inside in list_passed_over(folder):
        tell(
            f"{inside}: holds no frames, and is passed over; videos in it need a batch of their own"
        )
    settings = run_settings(**numbers)
    silent = ray is not None
    run_one = RunOne(settings, opening, computing, factor, landmarks, silent, export)
    if ray is None:
        claims = Claims(out)
        mine = videos[shard[0] - 1 :: shard[1]]
        began, ran = time.monotonic(), 0

        def run_here(video: Path, root: Path) -> Done:
            nonlocal ran
            turn = Turn(mine.index(video) + 1, len(mine), ran, began)
            done = run_one(video, root, guard=claims.check, turn=turn)
            ran += len(done.reused) < len(done.manifest["stages"])
            return done

        outcomes = list(run_batch(videos, out, run_here, shard=shard, claims=claims))
    else:
        from personalize.procedures.ray_batch import run_on_ray

        with stage_bars() as progress:
            gpus = 1 if computing.device.startswith("cuda") else 0
            found = run_on_ray(
                videos,
                out,
                run_one,
                address=ray,
                cores=cores,
                gpus=gpus,
                shard=shard,
                progress=progress("videos"),
            )
            outcomes = list(found)
    width = max((len(outcome.name) for outcome in outcomes), default=0)
    lines = [f"{outcome.name:{width}}  {outcome.state:15}  {outcome.note}" for outcome in outcomes]
    give_report([vars(outcome) for outcome in outcomes], "\n".join(lines), report)
    if any(outcome.state == "failed" for outcome in outcomes):
        sys.exit(SOME_FAILED)
