"""Experiment 4: transfer by the silhouettes of another domain (Charles et al., BMVC 2017).

Only the X factor is fine-tuned, on true silhouettes of images of the domain; no parts are
labelled. Figure 5b shows the IOU of silhouettes and of parts over the steps. The row
"Transfered" of Table 1 is the last step, on Freiburg's photographs.

Where the paper is silent: the training half of a set is learned from and the test half is
measured, so that no image is used for both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from personalize.adaptation.settings import FactorSettings
from personalize.evaluation.markdown import markdown_table
from personalize.experiments.scoring import Score, read_squares, score
from personalize.experiments.sets import LabelledSet
from personalize.network.checkpoints import save_base
from personalize.network.factored import FactoredNetwork
from personalize.procedures.transfer import transfer
from personalize.settings import TransferSettings
from personalize.storage.arrays import load_arrays, save_arrays
from personalize.storage.layout import CURVE, TRANSFERRED
from personalize.storage.workspace import Workspace
from personalize.types import Array, Json, Progress

POINTS = 13
"""Number of measurements over the steps, the one before the first step included."""

PAPER_TRANSFER = (
    ("paper, Freiburg Sitting People: network as trained", 0.690, 0.39),
    ("paper, Freiburg Sitting People: transferred", 0.71, 0.48),
)
"""Accuracy and IOU (Charles et al., BMVC 2017, Table 1)."""


def supervised_transfer(
    workspace: Workspace,
    people: LabelledSet,
    network: FactoredNetwork,
    settings: TransferSettings,
    *,
    points: int = POINTS,
    progress: Progress,
) -> list[tuple[int, Score]]:
    """Transfer a network by true silhouettes, and measure it at several steps.

    Parameters
    ----------
    workspace : Workspace
        Stores the curve and the final weights.
    people : LabelledSet
    network : FactoredNetwork
        In evaluation mode; left unchanged.
    settings : TransferSettings
    points : int
        Number of measurements.
    progress : callable
        ``progress(stage)`` wraps a sequence.

    Returns
    -------
    list of (int, Score)
        Number of steps, and the score after them.
    """

    def produce(folder):
        learn = read_squares(people.learn, settings.size, progress=progress("read"))
        test = read_squares(people.test, settings.size, progress=progress("read"))
        at = measured_steps(len(learn), settings.factor, points)
        curve = []

        def watch(steps, now):
            if steps in at:
                curve.append(
                    (steps, score(now, test, people.classes, progress=progress("measure")))
                )

        done = transfer(
            network,
            [square.image for square in learn],
            [square.silhouette for square in learn],
            settings,
            progress=progress("learn"),
            watch=watch,
        )
        save_base(done.network, folder / TRANSFERRED, {"experiment": 4, **people.describe()})
        save_arrays(folder / CURVE, pack_curve(curve))

    return workspace.stage(
        "supervised",
        {"transfer": asdict(settings), "points": points},
        produce,
        outputs=[TRANSFERRED, CURVE],
        load=lambda folder: unpack_curve(load_arrays(folder / CURVE)),
    )


def measured_steps(images: int, settings: FactorSettings, points: int) -> set[int]:
    """Choose the steps after which to measure: the first and the last, and more at the start.

    Parameters
    ----------
    images : int
        Number of images to learn from.
    settings : FactorSettings
    points : int
        Greatest number of steps to choose.

    Returns
    -------
    set of int
    """
    last = settings.epochs * -(-images // settings.batch)
    return set((np.linspace(0, 1, points) ** 2 * last).round().astype(int).tolist())


def pack_curve(curve: Sequence[tuple[int, Score]]) -> dict[str, Array]:
    """Return a curve as arrays by name."""
    steps, scores = zip(*curve)
    return {
        "steps": np.array(steps),
        "parts": np.stack([one.parts for one in scores]),
        "person": np.stack([one.person for one in scores]),
    }


def unpack_curve(arrays: Mapping[str, Array]) -> list[tuple[int, Score]]:
    """Return a curve from the arrays of `pack_curve`."""
    return [
        (int(steps), Score(parts, person))
        for steps, parts, person in zip(arrays["steps"], arrays["parts"], arrays["person"])
    ]


def report_curve(curve: Sequence[tuple[int, Score]], people: LabelledSet) -> Json:
    """Return a curve for JSON."""
    return {
        "people": people.describe()["name"],
        "learned_from": len(people.learn),
        "measured_on": len(people.test),
        "curve": [{"steps": steps, **one.report()} for steps, one in curve],
    }


def curve_table(curve: Sequence[tuple[int, Score]], people: LabelledSet) -> str:
    """Return a Markdown table of the first and last point of a curve, with the paper's Table 1."""
    rows = [
        [title, f"{one.parts_accuracy:.3f}", f"{one.parts_iou:.3f}", f"{one.person_iou:.3f}"]
        for title, one in (
            ("network as trained", curve[0][1]),
            (f"transferred, {curve[-1][0]} steps", curve[-1][1]),
        )
    ]
    rows += [
        [title, f"{accuracy:.3f}", f"{iou:.2f}", "-"] for title, accuracy, iou in PAPER_TRANSFER
    ]
    table = markdown_table(["", "parts, accuracy", "parts, IOU", "silhouettes, IOU"], rows)
    return (
        f"{table}\n\n{people.name}: learned from the silhouettes of {len(people.learn)} images, "
        f"measured on {len(people.test)} others, at 64 x 64 cells. Accuracy is the recall of a "
        "class, as in the paper; means are over the parts, the background left out. The paper's "
        "numbers are of its own network, on photographs of four people, learned from those of two "
        "others."
    )
