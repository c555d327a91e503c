"""Rows of the table of `benchmarks.verdict`: evidence beside the truth, a video each."""

import csv
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click
import numpy as np

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.adaptation.record import Adaptation
    from personalize.datasets.davis import Sequence as DavisSequence
    from personalize.datasets.rendered_video import RenderedVideo
    from personalize.media.source import Source
    from personalize.stages.parse import Parser
    from personalize.storage.workspace import Workspace
    from personalize.types import Array, Mask

WAYS = ("generic", "silhouettes", "both")
"""Networks that are measured: before learning, with learned silhouettes, and with parts, too."""
WHEN = ("before", "after")
UPPER_BODY = 7

Truth: TypeAlias = "tuple[Mask | None, Array | None]"
"""Of a frame: the (H, W) bool mask, and the (7, 2) joints; None of what is not labelled."""
Item: TypeAlias = tuple[str, Path, Callable[[int], Truth], int]
"""Name, path, truth of a frame, and every how many are measured."""


def truth_of_film(film: "RenderedVideo", frame: int) -> Truth:
    """Return the Truth of a frame of a film; nothing where it is in doubt who is seen."""
    if film.seen[frame] != "yes":
        return None, None
    return film.read_mask(frame), film.xy[frame, :UPPER_BODY]


def truth_of_sequence(sequence: "DavisSequence", frame: int) -> Truth:
    """Return the Truth of a frame of DAVIS."""
    return (sequence.read_mask(frame) if sequence.masks[frame] else None), None


def truth_of_arrays(masks: "Array | None", xy: "Array", frame: int) -> Truth:
    """Return the Truth of a frame of which all is an array.

    Parameters
    ----------
    masks : (T, H, W) bool array or None
    xy : (T, 7, 2) float array
    frame : int
    """
    return (None if masks is None else masks[frame]), xy[frame]


@dataclass(frozen=True, eq=False)
class Row:
    """What is known of one video.

    Attributes
    ----------
    set, name : str
    evidence : dict of str to (2,) float array
        Before learning and after, of `verdict.OF_SILHOUETTES` and `verdict.OF_PARTS`.
    j, px : dict of str to float
        Mean J, and mean error of the upper body's joints in pixels, of `WAYS`; NaN of what is
        not labelled.
    """

    set: str
    name: str
    evidence: dict[str, "Array"]
    j: dict[str, float]
    px: dict[str, float]

    def gain(self, module: str) -> float:
        """Return the true gain of a module, in the units of `verdict.Choice`."""
        if module == "silhouettes":
            return self.j["silhouettes"] - self.j["generic"]
        return (self.px["silhouettes"] - self.px["both"]) / self.px["generic"]


def collect(
    name: str,
    source: "Source",
    truth: Callable[[int], Truth],
    base: "Base",
    every: int = 1,
    runs: Path | None = None,
) -> Row | None:
    """Learn the person of a video, and measure what that brought.

    Parameters
    ----------
    name : str
    source : Source
    truth : callable
        ``truth(frame)`` returns the Truth of a frame.
    base : Base
    every : int
        Frames of which one is measured.
    runs : Path, optional
        Folder of `personalize evaluate --out`: what was learned there is not learned again.

    Returns
    -------
    Row or None
        Of no set yet; None where nobody was found to learn from.
    """
    from personalize.errors import NobodyFoundError
    from personalize.evaluation.segmentation import intersection_over_union
    from personalize.procedures.pipeline import learn_person
    from personalize.procedures.run_folder import open_run
    from personalize.procedures.tracking import track_person
    from personalize.settings import RunSettings

    settings = RunSettings()
    with tempfile.TemporaryDirectory() if runs is None else nullcontext(runs) as root:
        workspace = open_run(Path(root) / name, source, base, settings)
        track = track_person(source, workspace, base.engine, settings)
        try:
            learned = learn_person(source, track, workspace, base, settings)
        except NobodyFoundError as error:
            click.echo(f"{name}: {error}", err=True)
            return None
        between = silhouettes_alone(learned, workspace, base)
    parsers = dict(zip(WAYS, (learned.generic, between, learned.personal)))
    numbers = range(0, source.frame_count, every)
    j: dict[str, float] = {}
    px: dict[str, float] = {}
    for way, parser in parsers.items():
        frames = (frame for number, frame in enumerate(source) if number % every == 0)
        overlaps, errors = [], []
        parsed = parser.always().frames(frames, numbers=numbers)
        for number, (_, result) in zip(numbers, parsed):
            mask, xy = truth(number)
            if mask is not None:
                overlaps.append(intersection_over_union(mask, result.silhouette))
            if xy is not None:
                errors.append(np.linalg.norm(result.xy[: len(xy)] - xy, axis=1))
        j[way] = float(np.mean(overlaps)) if overlaps else float("nan")
        px[way] = float(np.nanmean(errors)) if errors else float("nan")
    pairs = learned.verdict.evidence
    evidence = {kind: np.array([*pairs[kind].values()], np.float64) for kind in pairs}
    return Row("", name, evidence, j, px)


def silhouettes_alone(learned: "Adaptation", workspace: "Workspace", base: "Base") -> "Parser":
    """Return the parser with the learned silhouettes, but the generic parts.

    Parameters
    ----------
    learned : Adaptation
    workspace : Workspace
        The run folder in which it was learned.
    base : Base
    """
    from personalize.adaptation.blend import with_modules
    from personalize.adaptation.record import parser_kept
    from personalize.network.checkpoints import load_person
    from personalize.stages.verdict import LEARNER, Choice, Verdict
    from personalize.storage.layout import LEARNED

    personal = load_person(workspace.root / LEARNED, base.network)
    half = Verdict(Choice("personal", "asked"), Choice("generic", "asked"), 0, {})
    engine = base.engines.of(with_modules(base.network, personal, [LEARNER["silhouettes"]]))
    return parser_kept(half, learned.generic, learned.personal, engine)


def kinds() -> list[str]:
    """Return the kinds of evidence that a table has."""
    from personalize.stages.verdict import OF_PARTS, OF_SILHOUETTES

    return [*OF_SILHOUETTES, *OF_PARTS]


def read_table(path: Path) -> list[Row]:
    """Return the rows of a table; of none, if it is not there yet."""
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return [
            Row(
                line["set"],
                line["name"],
                {
                    kind: np.array([float(line[f"{kind} {when}"] or "nan") for when in WHEN])
                    for kind in kinds()
                },
                {way: float(line[f"j {way}"] or "nan") for way in WAYS},
                {way: float(line[f"px {way}"] or "nan") for way in WAYS},
            )
            for line in csv.DictReader(file)
        ]


def write_table(path: Path, rows: Sequence[Row]) -> None:
    """Write rows to a table, whole or not at all."""
    from personalize.storage.atomic import atomic_write

    names = [f"{kind} {when}" for kind in kinds() for when in WHEN]
    truths = [f"{measure} {way}" for measure in ("j", "px") for way in WAYS]
    nothing = np.full(2, np.nan)
    with atomic_write(path) as unfinished, open(unfinished, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["set", "name", *names, *truths])
        for row in sorted(rows, key=lambda row: (row.set, row.name)):
            pairs = [value for kind in kinds() for value in row.evidence.get(kind, nothing)]
            found = [*row.j.values(), *row.px.values()]
            cells = ["" if np.isnan(value) else f"{value:.4f}" for value in (*pairs, *found)]
            table.writerow([row.set, row.name, *cells])
