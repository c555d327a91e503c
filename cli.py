"""The command line: options become settings, errors become sentences, stages get bars.

Nothing is computed here. Heavy imports stand inside the commands, so that help
is instant. Results go to stdout, all else to stderr. Exit codes: 0 done,
1 failed, 2 misuse, 3 a batch in which some failed.
"""

import json
import sys
from contextlib import contextmanager
from dataclasses import replace
from operator import length_hint
from pathlib import Path

import click

from personalize import __version__
from personalize.errors import DeviceError, PersonalizeError
from personalize.settings import RECIPES, RunSettings

SOME_FAILED = 3
RUN = RunSettings()
FILE = click.Path(path_type=Path)


class Sentences(click.Group):
    """A group whose commands end a user's mistake with one sentence and exit code 1."""

    def invoke(self, context):
        try:
            return super().invoke(context)
        except PersonalizeError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__)
def main():
    """Learn the person of a video, and parse them into parts, silhouette and joints."""


def options(*decorators):
    """Join several option decorators into one."""

    def decorate(command):
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


network_options = options(
    click.option("--weights", type=FILE, help="Base weights; by default those shipped."),
    click.option("--device", default="auto", help="auto, cpu, cuda, cuda:1 ..."),
    click.option("--size", type=click.IntRange(64), default=RUN.size,
                 help="Side of the square that has the area of the network's input."),
)  # fmt: skip

learning_options = options(
    click.option("--window", type=click.IntRange(1), default=RUN.window,
                 help="Frames to learn from."),
    click.option("--epochs", type=click.IntRange(1), default=RUN.factor.epochs,
                 help="Passes over the window."),
    click.option("--seed", type=click.IntRange(0), default=RUN.seed,
                 help="Of all that is drawn at random."),
)  # fmt: skip

source_options = options(
    click.option("--partial", is_flag=True,
                 help="Go on with the frames that decode of a damaged video."),
)  # fmt: skip


@main.command()
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the results.")
@click.option("--centre", type=click.IntRange(0), help="Frame in the middle of the window; by default the video's.")
@learning_options
@network_options
@source_options
def run(source, out, centre, weights, device, partial, **numbers):
    """Learn the person of SOURCE, a video or a folder of frames, and parse all of it."""
    base = load_base(weights, device)
    settings = replace(run_settings(**numbers), centre=centre)
    with stage_bars() as progress:
        workspace = run_video(source, out, base, settings, partial, progress)
    report_run(workspace)


@main.command()
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the results.")
@click.option("--person", type=FILE, help="A person.safetensors of an earlier run; without it the generic network parses.")
@network_options
@source_options
def parse(source, out, person, weights, device, size, partial):
    """Parse SOURCE with a person learned before, or with nobody in particular."""
    from personalize import pipeline
    from personalize.network.checkpoints import load_person

    base = load_base(weights, device)
    network = load_person(person, base.network) if person else base.network
    with stage_bars() as progress:
        video = open_video(source, partial, progress)
        workspace = pipeline.parse(video, out, network, replace(RUN, size=size), progress=progress)
    report_run(workspace)


@main.command()
@click.argument("folder", type=FILE)
@click.option("--out", type=FILE, required=True, help="Gets a folder for every video.")
@learning_options
@network_options
@source_options
def batch(folder, out, weights, device, partial, **numbers):
    """Run every video of FOLDER; finished ones are skipped, failures listed at the end."""
    from personalize.batch import list_videos, run_batch

    videos = list_videos(folder)
    base = load_base(weights, device)
    settings = run_settings(**numbers)

    def run_one(video, root):
        click.echo(video.name, err=True)
        with stage_bars() as progress:
            return run_video(video, root, base, settings, partial, progress)

    outcomes = list(run_batch(videos, out, run_one))
    width = max(len(outcome.name) for outcome in outcomes)
    for outcome in outcomes:
        click.echo(f"{outcome.name:{width}}  {outcome.state:9}  {outcome.note}")
    if any(outcome.state == "failed" for outcome in outcomes):
        sys.exit(SOME_FAILED)


@main.group()
def evaluate():
    """Measure on labelled videos what personalizing brings."""


evaluation_options = options(
    click.option("--videos", help="Only these, separated by commas."),
    click.option("--out", type=FILE, default="evaluation", help="Folder of the runs."),
    click.option("--json", "report", type=FILE, help="File for the numbers."),
)


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
    from personalize.evaluate import evaluate_joints
    from personalize.evaluation.tables import joint_table, report_joints

    labelled = read_videos(root, names_of(videos))
    base = load_base(weights, device)
    settings = run_settings(**numbers)
    errors = {}
    for video in labelled:
        click.echo(video.name, err=True)
        with stage_bars() as progress:
            errors[video.name] = evaluate_joints(
                video, out / video.name, base, settings, sources=source_videos, progress=progress
            )
    generator = np.random.default_rng(settings.seed)
    give_report(report_joints(errors), joint_table(errors, generator=generator), report)


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

    labelled = sequences(root, names_of(videos))
    base = load_base(weights, device)
    settings = run_settings(**numbers)
    scores = {}
    for sequence in labelled:
        click.echo(sequence.name, err=True)
        with stage_bars() as progress:
            scores[sequence.name] = procedures.evaluate_silhouettes(
                sequence, out / sequence.name, base, settings, progress=progress
            )
    give_report(report_silhouettes(scores), silhouette_table(scores), report)


@evaluate.command("rendered")
@click.argument("root", type=FILE)
@click.option("--out", type=FILE, default="evaluation", help="Run folder; that of an earlier `run` of the same video is used.")
@click.option("--json", "report", type=FILE, help="File for the numbers.")
@learning_options
@network_options
def evaluate_rendered(root, out, report, weights, device, **numbers):
    """Joint errors and J on a video of `synthesize video` in ROOT, such as data/demo."""
    from personalize import evaluate as procedures
    from personalize.datasets.rendered_video import rendered_video
    from personalize.evaluation.tables import rendered_table, report_rendered

    video = rendered_video(root)
    base = load_base(weights, device)
    with stage_bars() as progress:
        scores = procedures.evaluate_rendered(
            video, out, base, run_settings(**numbers), progress=progress
        )
    give_report(report_rendered(*scores), rendered_table(*scores), report)


@main.group()
def synthesize():
    """Render people with their truth; needs the extra `synthetic`."""


asset_options = options(
    click.option("--garments", type=FILE, help="MakeHuman garments, shoes and hair."),
    click.option("--motion", type=FILE, help="Recorded motion: BVH, ASF with AMC, DeepMimic."),
    click.option("--backgrounds", type=FILE, help="Photographs without people."),
    click.option("--panoramas", type=FILE, help="Panoramas in OpenEXR."),
    click.option("--skins", type=FILE, help="Skin pictures of the hm08 base mesh."),
)


@synthesize.command("people")
@click.option("--out", type=FILE, required=True, help="Folder of the set; completed if it is there.")
@click.option("--count", type=click.IntRange(1), required=True, help="Pictures to have in the end.")
@click.option("--size", type=click.IntRange(32), default=320, help="Side of the pictures.")
@click.option("--seed", type=click.IntRange(0), default=0)
@click.option("--workers", type=click.IntRange(1), default=1, help="Processes.")
@asset_options
def synthesize_people(out, count, size, seed, workers, **folders):
    """Render people to train on: pictures, 31 parts, joints, and backgrounds."""
    from personalize.datasets.synthetic.dataset import contact_sheet
    from personalize.datasets.synthetic.dataset import synthesize_people as render
    from personalize.datasets.synthetic.settings import AssetFolders, SynthesisSettings
    from personalize.images import write_image

    settings = SynthesisSettings(size=size, seed=seed)
    with stage_bars() as progress:
        render(
            out,
            count=count,
            settings=settings,
            assets=AssetFolders(**folders),
            workers=workers,
            progress=progress("render"),
        )
    write_image(out / "contact_sheet.png", contact_sheet(out))
    click.echo(out / "contact_sheet.png")


@synthesize.command("video")
@click.option("--out", type=FILE, required=True, help="Folder of clip.mp4 and its truth.")
@click.option("--frames", type=click.IntRange(1), default=301)
@click.option("--seed", type=click.IntRange(0), default=0)
@click.option("--pan", type=click.FloatRange(0), default=0.0, help="Pixels that the camera turns to and fro.")
@click.option("--camouflage", type=click.FloatRange(0, 1), default=0.0, help="How much the clothes look like what is behind.")
@click.option("--exposure", type=click.FloatRange(0, min_open=True), default=1.0, help="1 is well lit.")
@click.option("--noise", type=click.FloatRange(0), default=2.0, help="Grey levels.")
@click.option("--parts", "keep_parts", is_flag=True, help="Write the part labels of every frame too.")
@asset_options
def synthesize_video(out, frames, seed, pan, camouflage, exposure, noise, keep_parts, **folders):
    """Render a video of one person who moves, with the truth of every frame."""
    from personalize.datasets.synthetic.films import synthesize_video as render
    from personalize.datasets.synthetic.settings import AssetFolders, FilmSettings, SynthesisSettings

    settings = FilmSettings(
        frames=frames, seed=seed, pan=pan, camouflage=camouflage, exposure=exposure, noise=noise
    )
    with stage_bars() as progress:
        render(
            out,
            settings=settings,
            people=SynthesisSettings(dressed_share=1.0),  # in garments, where there are any
            assets=AssetFolders(**folders),
            keep_parts=keep_parts,
            progress=progress("render"),
        )
    click.echo(out / "clip.mp4")


@main.command()
@click.argument("people", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the state, the log and the weights.")
@click.option("--recipe", type=click.Choice(list(RECIPES)), default="quick")
@click.option("--photographs", type=FILE, help="Clothing Co-Parsing; its silhouettes teach the X factor.")
@click.option("--start", type=FILE, help="Base weights that a new training starts from.")
@click.option("--samples", type=click.IntRange(1), help="Images to see; by default the recipe's.")
@click.option("--train-size", "size", type=click.IntRange(64), help="Side of the images; by default the recipe's.")
@click.option("--learning-rate", type=float, help="By default the recipe's.")
@click.option("--end-to-end", type=click.FloatRange(0, 1), help="Share of the samples before the noise settings; by default the recipe's.")
@click.option("--cooldown", type=click.FloatRange(0, 1), help="Share of the samples in which the rate falls; by default the recipe's.")
@click.option("--minutes", type=float, default=5.0, help="Between checkpoints.")
@click.option("--workers", type=click.IntRange(0), default=1, help="Processes that compose images.")
@click.option("--device", default="auto")
def train(people, out, recipe, photographs, start, minutes, workers, device, **changes):
    """Train base weights on PEOPLE, a folder that `synthesize people` made; goes on where it stopped."""
    from personalize.training.prepare import training_data
    from personalize.training.train import train as train_network

    given = {name: value for name, value in changes.items() if value is not None}
    settings = replace(RECIPES[recipe], **given)
    samples, validation = training_data(people, photographs, settings)
    with stage_bars() as progress:
        train_network(
            out,
            samples,
            validation,
            settings,
            start=start,
            device=choose_device(device),
            workers=workers,
            minutes=minutes,
            progress=progress("train"),
        )
    click.echo(out / "base.safetensors")


def run_video(source, out, base, settings, partial, progress):
    """Run one video; returns its finished Workspace."""
    from personalize import pipeline

    video = open_video(source, partial, progress)
    if video.frame_count < settings.window:
        click.echo(f"{video.name}: {video.frame_count} frames, fewer than a window of "
                   f"{settings.window}; learning from all of them", err=True)  # fmt: skip
    return pipeline.run(video, out, base, settings, progress=progress)


def open_video(source, partial, progress):
    """Open a video and tell what its user should know of it."""
    from personalize.video import open_source

    video = open_source(source, partial=partial, progress=progress("open"))
    for remark in video.remarks:
        click.echo(f"{video.name}: {remark}", err=True)
    return video


def load_base(weights, device):
    """Load the base network to the device of all computation."""
    from personalize.network.checkpoints import SHIPPED
    from personalize.network.checkpoints import load_base as load
    from personalize.pipeline import Base

    network, _ = load(weights or SHIPPED, choose_device(device))
    return Base.of(network)


def choose_device(name):
    """Resolve "auto"; refuse a device that is not here."""
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        raise DeviceError(f"--device {name}: not available here; use auto or cpu") from error
    return name


def run_settings(*, window, epochs, seed, size):
    """Turn the options of learning into settings."""
    factor = replace(RUN.factor, epochs=epochs)
    return replace(RUN, window=window, seed=seed, size=size, factor=factor)


def names_of(text):
    """Split a list of names at its commas; None if there is none."""
    return [name.strip() for name in text.split(",")] if text else None


def report_run(workspace):
    """Tell where the results are and how long each stage took."""
    for name, stage in workspace.manifest["stages"].items():
        again = "  (from an earlier run)" if name in workspace.reused else ""
        click.echo(f"{name:10} {stage['seconds']:8.1f} s{again}")
    click.echo(workspace.root)


def give_report(numbers, table, path):
    """Print a table, and write its numbers as JSON if a path is given."""
    from personalize.atomic import atomic_write

    click.echo(table)
    if path:
        with atomic_write(path) as partial:
            partial.write_text(json.dumps(numbers, indent=1) + "\n")


@contextmanager
def stage_bars():
    """Yield ``progress(stage)``, which wraps a sequence in a bar of that name on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn  # fmt: skip

    columns = (TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def progress(stage):
            def wrap(items):
                task = tasks[stage] if stage in tasks else bars.add_task(stage, total=None)
                tasks[stage] = task
                total = (bars.tasks[task].total or 0) + length_hint(items)  # a stage may loop twice
                bars.update(task, total=total or None)
                for item in items:
                    yield item
                    bars.advance(task)

            return wrap

        yield progress


if __name__ == "__main__":
    main()
