"""The command line: options become settings, errors become sentences, stages get bars.

Nothing is computed here. Heavy imports stand inside the commands, so that help
is instant. Results go to stdout, all else to stderr. Exit codes: 0 done,
1 failed, 2 misuse, 3 a batch in which some failed, 130 interrupted.
"""

import errno
import sys
from dataclasses import replace

import click

from personalize import __version__
from personalize.commands.average import average
from personalize.commands.datasets import datasets
from personalize.commands.evaluate import evaluate
from personalize.commands.experiment.group import experiment
from personalize.commands.label import label
from personalize.commands.opening import load_base, open_silhouettes, open_video, tell_window
from personalize.commands.options import (
    FILE,
    factor_options,
    joint_options,
    learning_options,
    network_options,
    parse_settings,
    run_settings,
    silhouette_options,
    source_options,
)
from personalize.commands.report import report
from personalize.commands.synthesize import synthesize
from personalize.commands.terminal import report_run, stage_bars, tell_anew
from personalize.commands.train import train
from personalize.commands.transfer import transfer
from personalize.errors import FULL_MEMORY, PersonalizeError, is_out_of_memory

SOME_FAILED = 3
INTERRUPTED = 130  # as shells count Ctrl-C


class Sentences(click.Group):
    """A group whose commands end a user's mistake with one sentence and exit code 1, an interrupt with 130."""

    def invoke(self, context):
        try:
            return super().invoke(context)
        except PersonalizeError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            click.echo("Stopped. The same command goes on from what was finished.", err=True)
            sys.exit(INTERRUPTED)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG):
                raise
            raise click.ClickException(
                f"{error.filename}: cannot be opened ({error.strerror}); check the path, and who may read it"
            ) from error
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise click.ClickException(FULL_MEMORY) from error


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__)
def main():
    """Learn the person of a video, and parse them into parts, silhouette and joints."""


@main.command()
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the results.")
@click.option("--centre", type=click.IntRange(0), help="Frame in the middle of the window; by default the video's.")
@silhouette_options
@factor_options
@learning_options
@joint_options
@network_options
@source_options
def run(source, out, centre, silhouettes, factor, weights, device, partial, fps, **numbers):
    """Learn the person of SOURCE, a video or a folder of frames, and parse all of it."""
    base = load_base(weights, device, factor)
    settings = replace(run_settings(**numbers), centre=centre)
    with stage_bars() as progress:
        workspace = run_video(source, out, base, settings, progress, silhouettes, partial=partial, fps=fps)
    report_run(workspace)


@main.command()
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the results.")
@click.option("--person", type=FILE, help="A person.safetensors of an earlier run; without it the generic network parses.")
@silhouette_options
@joint_options
@network_options
@source_options
def parse(source, out, person, silhouettes, weights, device, partial, fps, **parsing):
    """Parse SOURCE with a person learned before, or with nobody in particular."""
    from personalize import pipeline
    from personalize.network.checkpoints import load_person

    base = load_base(weights, device)
    network = load_person(person, base.network) if person else base.network
    with stage_bars() as progress:
        video = open_video(source, progress, partial=partial, fps=fps)
        given = open_silhouettes(silhouettes, video, progress)
        workspace = pipeline.parse(
            video, out, network, parse_settings(**parsing), given=given, progress=progress
        )
    report_run(workspace)


@main.command()
@click.argument("folder", type=FILE)
@click.option("--out", type=FILE, required=True, help="Gets a folder for every video.")
@factor_options
@learning_options
@joint_options
@network_options
@source_options
def batch(folder, out, factor, weights, device, partial, fps, **numbers):
    """Run every video and every folder of frames directly in FOLDER; finished ones are skipped, failures listed at the end."""
    from personalize.batch import list_passed_over, list_videos, run_batch

    videos = list_videos(folder)
    for inside in list_passed_over(folder):
        click.echo(f"{inside}: holds no frames, and is passed over; videos in it need a batch of their own", err=True)
    base = load_base(weights, device, factor)
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


def run_video(source, out, base, settings, progress, silhouettes=None, **opening):
    """Run one video; returns its finished Workspace."""
    from personalize import pipeline

    video = open_video(source, progress, **opening)
    if video.frame_count < settings.window:
        click.echo(f"{video.name}: a window has {settings.window} frames, the video {video.frame_count};"
                   " learning from all of them", err=True)  # fmt: skip
    given = open_silhouettes(silhouettes, video, progress)
    if given:
        tell_window(given, video, settings)
    return pipeline.run(video, out, base, settings, given=given, progress=progress)


for command in (average, datasets, evaluate, experiment, label, report, synthesize, train, transfer):
    main.add_command(command)

if __name__ == "__main__":
    main()
