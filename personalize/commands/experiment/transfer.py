"""`personalize experiment` 4, 5 and 6: transfer to other images, and to one person."""

from dataclasses import replace

import click

from personalize.commands.evaluate import evaluate_videos
from personalize.commands.experiment.options import KINDS, TO_LEARN, give_results, people_options
from personalize.commands.opening import load_base
from personalize.commands.options import (
    FILE,
    learning_options,
    names_of,
    network_options,
    options,
    run_settings,
    seed_option,
    weights_option,
)
from personalize.commands.terminal import stage_bars
from personalize.settings import TransferSettings

DOMAIN_WORDS = ("as-is", "dark", "noisy", "blurred", "recompressed", "poor")
"""Of `datasets.domains`, which help must not import."""

SUPERVISED_EPOCHS = 8
SUPERVISED_IMAGES = 800
"""Their features are kept in memory: half a gigabyte at 256 x 256, 1.7 at 512 x 512."""

transfer_options = options(
    click.option("--domain", type=click.Choice(DOMAIN_WORDS), help="Change all images to those of a worse camera, so that there is something to learn; by default poor for rendered people, and as-is for photographs."),
    weights_option,
    seed_option,
    click.option("--out", type=FILE, required=True, help="Folder of the results; an experiment that was stopped goes on there."),
)  # fmt: skip


@click.command("4")
@people_options(KINDS, TO_LEARN)
@click.option("--learn", type=click.IntRange(1), default=SUPERVISED_IMAGES, help="Most images to learn from, spread over the half for training.")
@click.option("--epochs", type=click.IntRange(1), default=SUPERVISED_EPOCHS, help="Passes over them.")
@transfer_options
def supervised(people, kind, learn, epochs, test_list, domain, count, size, weights, device, seed, out):
    """Transfer by true silhouettes alone (Figure 5b, and Table 1 on Freiburg's photographs)."""
    from personalize.experiments.figures import draw_curves, require_matplotlib
    from personalize.experiments.sets import LabelledSet, open_experiment
    from personalize.experiments.supervised import curve_table, report_curve, supervised_transfer

    require_matplotlib()
    chosen = LabelledSet.read(
        kind, people, domain=domain_of(domain, kind), learn=learn, test=count, test_list=test_list
    )
    network = load_base(weights, device).network
    settings = transfer_settings(size, epochs, seed)
    with stage_bars() as progress:
        workspace = open_experiment(out, 4, chosen, network, settings)
        curve = supervised_transfer(workspace, chosen, network, settings, progress=progress)
    report = report_curve(curve, chosen)
    steps = [point["steps"] for point in report["curve"]]
    lines = {
        title: (steps, [point[key] for point in report["curve"]])
        for title, key in (("silhouettes", "person_iou"), ("parts", "parts_iou"))
    }
    panels = {title: {"IOU": line} for title, line in lines.items()}
    draw_curves(out / "figure5b.png", panels, across="steps of fine-tuning", up="IOU", limits=None)
    give_results(report, curve_table(curve, chosen), out)


@click.command("5")
@people_options(KINDS[:2], TO_LEARN)
@click.option("--epochs", type=click.IntRange(1), default=TransferSettings().factor.epochs, help="Passes over the images.")
@transfer_options
def semi_supervised(people, kind, epochs, test_list, domain, count, size, weights, device, seed, out):
    """Transfer by the network's own confident silhouettes, and by refined ones (Table 2)."""
    from personalize.experiments.semi_supervised import (
        recall_table,
        report_recalls,
        semi_supervised_transfer,
    )
    from personalize.experiments.sets import LabelledSet, open_experiment

    chosen = LabelledSet.read(
        kind, people, domain=domain_of(domain, kind), learn=1, test=count, test_list=test_list
    )
    network = load_base(weights, device).network
    settings = transfer_settings(size, epochs, seed)
    with stage_bars() as progress:
        workspace = open_experiment(out, 5, chosen, network, settings)
        scores = semi_supervised_transfer(workspace, chosen, network, settings, progress=progress)
    give_results(report_recalls(scores, chosen), recall_table(scores, chosen), out)


@click.command("6")
@click.argument("root", type=FILE)
@click.option("--videos", help="Only these, separated by commas.")
@click.option("--source-videos", type=FILE, help="Folder of the whole videos; without it a video is its labelled frames.")
@click.option("--out", type=FILE, default="evaluation", help="Folder of the runs and the results; that of `evaluate youtube-pose` is used.")
@learning_options
@network_options
def personalization(root, videos, source_videos, out, weights, device, **numbers):
    """Personalize to the videos of YouTube Pose in ROOT (Table 3 and Figure 7a)."""
    import numpy as np

    from personalize.datasets.youtube_pose import videos as read_videos
    from personalize.evaluation.tables import joint_table, report_joints
    from personalize.experiments.figures import draw_curves, require_matplotlib
    from personalize.experiments.personalization import accuracy_curves, panels_of, report_curves

    require_matplotlib()
    labelled = read_videos(root, names_of(videos))
    settings = run_settings(**numbers)
    errors, _ = evaluate_videos(labelled, out, load_base(weights, device), settings, source_videos)
    curves = accuracy_curves(errors)
    panels = panels_of(curves)
    draw_curves(out / "figure7a.png", panels, across="pixels", up="joints within", limits=(0, 1))
    table = joint_table(errors, generator=np.random.default_rng(settings.seed))
    give_results({**report_joints(errors), "figure7a": report_curves(curves)}, table, out)


def domain_of(domain, kind):
    """Return the domain asked for, or that of the kind of people."""
    return domain or ("poor" if kind == "rendered" else "as-is")


def transfer_settings(size, epochs, seed):
    """Turn the options of a transfer into settings."""
    settings = TransferSettings()
    factor = replace(settings.factor, epochs=epochs)
    return replace(settings, size=size // 8 * 8, factor=factor, seed=seed)
