"""Silhouettes on sequences in the layout of DAVIS, after every stage of a run."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from personalize.adaptation.base import Base
from personalize.datasets import davis
from personalize.errors import DatasetError, NobodyFoundError
from personalize.evaluation.segmentation import mean_j
from personalize.evaluation.silhouette_tables import SILHOUETTE_STAGES
from personalize.media.clip import Sized
from personalize.media.video import open_source
from personalize.network.engines.interface import Engine
from personalize.procedures.evaluate.learning import for_each, restore_masks
from personalize.procedures.parsing import PARSE
from personalize.procedures.pipeline import learn_person
from personalize.procedures.progress import silent
from personalize.procedures.run_folder import open_run
from personalize.procedures.tracking import find_track, track_person
from personalize.procedures.window import window_of
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.stages.refine import person_masks
from personalize.stages.silhouette import find_silhouette
from personalize.stages.verdict import Verdict
from personalize.types import Mask, PathLike, Progress, Wrap


def evaluate_silhouettes(
    sequence: davis.Sequence,
    root: PathLike,
    base: Base,
    settings: RunSettings,
    *,
    progress: Progress = silent,
) -> tuple[dict[str, float], Verdict | None]:
    """Personalize a sequence and measure its silhouettes after every stage.

    Parameters
    ----------
    sequence : datasets.davis.Sequence
        With true masks of the frames that are scored; none is learned from.
    root : path-like
        Run folder of this sequence.
    base : Base
    settings : RunSettings
    progress : callable

    Returns
    -------
    scores : dict of str to float
        Mean J of "generic", "propagated", "refined", "tuned" (the personal network
        alone), "personalized" (sharpened, as a run writes them) and "kept" (by the modules that
        the verdict keeps), over the annotated frames of the window. Where nobody is found to
        learn from, all are those of the generic network.
    verdict : Verdict or None
        None where nobody was found to learn from.

    Raises
    ------
    DatasetError
        If no frame of the window has a mask.
    """
    source = open_source(sequence.folder)
    workspace = open_run(Path(root), source, base, settings, spares=[PARSE])
    track = track_person(source, workspace, base.engine, settings, progress)
    window = window_of(source, track, settings)
    frames = [frame for frame in sequence.annotated if frame in window]
    if not frames:
        raise DatasetError(f"{sequence.name}: no frame of the window has a mask to score against")

    def score(masks):
        return mean_j((sequence.read_mask(frame) for frame in frames), masks)

    def parsed(parser, stage):
        return parsed_silhouettes(sequence, frames, parser, progress(stage))

    generic = score(parsed(Parser(base.engine, track, settings.parse), "generic"))
    try:
        learned = learn_person(source, track, workspace, base, settings, progress)
    except NobodyFoundError:
        return dict.fromkeys(SILHOUETTE_STAGES, generic), None
    beliefs = learned.beliefs.astype(np.float32)
    refined = person_masks(learned.labels, beliefs, settings=settings.refine)
    inside = window.places(frames)
    framings = [track[frame] for frame in frames]
    canvases = (track[frame].apply(sequence.read_frame(frame)) for frame in frames)
    scores = {
        "generic": generic,
        "propagated": score(map(find_silhouette, canvases, beliefs[inside], framings)),
        "refined": score(restore_masks(refined[inside].astype(np.float32), framings)),
        "tuned": score(parsed(replace(learned.personal, appearance=None), "tuned")),
    }
    ways = {"personalized": learned.personal, "kept": learned.kept}
    same = {} if learned.kept is not learned.generic else {"kept": generic}
    scores |= for_each(ways, lambda name, parser: score(parsed(parser, name))) | same
    return scores, learned.verdict


def evaluate_generic_silhouettes(
    sequence: davis.Sequence,
    network: Engine,
    settings: RunSettings,
    *,
    progress: Progress = silent,
) -> dict[str, float]:
    """Measure the silhouettes of a network as it is, on all annotated frames; nothing is learned or
    written.

    Parameters
    ----------
    sequence, settings, progress
        As for `evaluate_silhouettes`.
    network : Engine
        Of a network in evaluation mode.

    Returns
    -------
    dict of str to float
        Mean J: "generic".
    """
    source = open_source(sequence.folder)
    track = find_track(source, network, settings, progress)
    frames = sequence.annotated
    parser = Parser(network, track, settings.parse)
    masks = parsed_silhouettes(sequence, frames, parser, progress("generic"))
    return {"generic": mean_j(map(sequence.read_mask, frames), masks)}


def parsed_silhouettes(
    sequence: davis.Sequence, frames: Collection[int], parser: Parser, progress: Wrap
) -> Iterator[Mask]:
    """Yield the silhouettes that a parser finds in some frames of a sequence.

    Parameters
    ----------
    sequence : davis.Sequence
    frames : collection of int
        Their numbers.
    parser : Parser
    progress : callable
        Wraps the sequence of frames.

    Yields
    ------
    (H, W) bool array
    """
    read = progress(Sized(map(sequence.read_frame, frames), len(frames)))
    for _, result in parser.frames(read, numbers=frames):
        yield result.silhouette
