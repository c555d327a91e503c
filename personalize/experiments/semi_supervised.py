"""Experiment 5: transfer without labels (Charles et al., BMVC 2017, Table 2).

The X factor learns from the network's own pseudo-labels on the same images that are measured:
"Tran-Init" from its confident predictions, "Tran-Grab" from silhouettes that are cut along the
colours of each image (GrabCut). "Orig" is the network before. The paper makes one pass over the
images.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from personalize.evaluation.markdown import markdown_table
from personalize.evaluation.segmentation import average_sides, class_accuracy, mean_score
from personalize.experiments.scoring import Score, Square, read_squares, score
from personalize.experiments.sets import LabelledSet
from personalize.network.checkpoints import save_base
from personalize.network.factored import FactoredNetwork
from personalize.procedures.transfer import own_labels, transfer
from personalize.settings import TransferSettings
from personalize.storage.arrays import load_arrays, save_arrays
from personalize.storage.layout import arrays_of, weights_of
from personalize.storage.workspace import Workspace
from personalize.types import Array, Json, Progress

VARIANTS = {"Orig": None, "Tran-Init": False, "Tran-Grab": True}
"""Row of Table 2 -> whether silhouettes are cut; None where nothing is learned."""

COLUMNS = (
    *("Bg", "Hnds", "Wrst", "Larm", "Elbw", "Uarm", "Shld", "Chst", "Plvs"),
    *("Uleg", "Knee", "Shn", "Ankl", "Feet", "T-Hd", "B-Hd", "Nck"),
)
"""Columns of Table 2, in the order of `segmentation.side_groups`: left and right are averaged."""

SOUND = 13
"""Number of parts whose columns in the paper can be used: all but the last three."""

PAPER_MEANS = {"Orig": 0.4035, "Tran-Init": 0.4029, "Tran-Grab": 0.4457}
"""Mean of the paper's Table 2 over these parts."""


def semi_supervised_transfer(
    workspace: Workspace,
    people: LabelledSet,
    network: FactoredNetwork,
    settings: TransferSettings,
    *,
    progress: Progress,
) -> dict[str, Score]:
    """Transfer a network by its pseudo-labels in both ways, and measure all three variants.

    Parameters
    ----------
    workspace : Workspace
        Stores counts and weights of every variant, so that a stopped experiment continues.
    people : LabelledSet
        Its half for testing is learned from, without its labels, and measured.
    network : FactoredNetwork
        In evaluation mode; left unchanged.
    settings : TransferSettings
    progress : callable
        ``progress(stage)`` wraps a sequence.

    Returns
    -------
    dict of str to Score
        By the names of `VARIANTS`.
    """
    squares = read_squares(people.test, settings.size, progress=progress("read"))
    scores = {}
    for name, grabcut in VARIANTS.items():
        counts, weights = arrays_of(name), weights_of(name)
        varied = settings if grabcut is None else replace(settings, grabcut=grabcut)

        def produce(folder):
            now = network
            if grabcut is not None:
                now = learn_alone(network, squares, varied, progress)
            save_base(
                now, folder / weights, {"experiment": 5, "variant": name, **people.describe()}
            )
            found = score(now, squares, people.classes, progress=progress("measure"))
            save_arrays(folder / counts, {"parts": found.parts, "person": found.person})

        scores[name] = workspace.stage(
            name,
            {} if grabcut is None else asdict(varied),
            produce,
            outputs=[counts, weights],
            load=lambda folder: Score(**load_arrays(folder / counts)),
        )
    return scores


def learn_alone(
    network: FactoredNetwork,
    squares: Sequence[Square],
    settings: TransferSettings,
    progress: Progress,
) -> FactoredNetwork:
    """Return a network that has learned from its own pseudo-labels on some images.

    Parameters
    ----------
    network : FactoredNetwork
        Left as it is.
    squares : sequence of Square
        Their labels are not looked at.
    settings : TransferSettings
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's loop.

    Returns
    -------
    FactoredNetwork
    """
    images = [square.image for square in squares]
    labels = own_labels(network, images, settings, progress=progress("silhouettes"))
    return transfer(network, images, labels, settings, progress=progress("learn")).network


def groups(found: Score) -> Array:
    """Return the recall of each of the 17 groups of Table 2, NaN where a group is absent."""
    return average_sides(class_accuracy(found.parts))


def recall_table(scores: Mapping[str, Score], people: LabelledSet) -> str:
    """Return the scores in the form of the paper's Table 2, in Markdown."""
    rows = []
    for name, found in scores.items():
        recalls = groups(found)
        means = (
            mean_score(recalls[: SOUND + 1]),
            mean_score(recalls),
            found.parts_iou,
            found.person_iou,
        )
        paper = f"{100 * PAPER_MEANS[name]:.1f}"
        rows.append(
            [
                name,
                *(_percent(one) for one in (*recalls, *means[:2])),
                paper,
                *(f"{one:.3f}" for one in means[2:]),
            ]
        )
    header = [
        "accuracy, %",
        *COLUMNS,
        "mean of 13",
        "mean of 16",
        "paper, mean of 13",
        "parts, IOU",
        "silhouettes, IOU",
    ]
    return (
        f"{markdown_table(header, rows)}\n\n{people.name}: {len(people.test)} images, learned from "
        "without their labels and measured, at 64 x 64 cells. Accuracy is the recall of a class, "
        "left and right averaged; means leave the background out. In the paper's Table 2 the last "
        "three columns (T-Hd, B-Hd, Nck) repeat the first three in all rows; they are left out, "
        "and its means are over the 13 parts from Hnds to Feet, of Unite the People and its own "
        "network."
    )


def report_recalls(scores: Mapping[str, Score], people: LabelledSet) -> Json:
    """Return the scores for JSON."""
    return {
        "people": people.describe()["name"],
        "images": len(people.test),
        "variants": {
            name: {
                **found.report(),
                "recall": {
                    column: None if recall != recall else float(recall)
                    for column, recall in zip(COLUMNS, groups(found))
                },
            }
            for name, found in scores.items()
        },
        "paper_mean_of_13": PAPER_MEANS,
    }


def _percent(share):
    return "-" if share != share else f"{100 * share:.1f}"
