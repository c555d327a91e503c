"""Joints and silhouettes on J-HMDB, clips whose every frame is labelled.

Frames follow each other here, so joints are smoothed along time, as a run writes them.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from personalize import parts
from personalize.adaptation.base import Base
from personalize.datasets.jhmdb import LabelledClip
from personalize.errors import DatasetError
from personalize.evaluation.clips import ClipScores, measure_clip
from personalize.media.source import Source
from personalize.media.video import open_source
from personalize.network.engines.interface import Engine
from personalize.procedures.evaluate.learning import (
    UPPER_BODY,
    find_teacher,
    for_each,
    learn_and_keep,
)
from personalize.procedures.parsing import PARSE
from personalize.procedures.progress import silent
from personalize.procedures.run_folder import open_run
from personalize.procedures.tracking import find_track, track_person
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.stages.settings import SmoothSettings
from personalize.stages.smooth import smooth_joints
from personalize.stages.verdict import Verdict
from personalize.types import Array, Mask, PathLike, Progress, Wrap


def evaluate_clip(
    clip: LabelledClip,
    root: PathLike,
    base: Base,
    settings: RunSettings,
    *,
    landmarks: PathLike | None = None,
    progress: Progress = silent,
) -> tuple[dict[str, ClipScores], Verdict | None]:
    """Personalize a clip, which is its own window, and measure both networks on all of its frames.

    Parameters
    ----------
    clip : datasets.jhmdb.LabelledClip
    root : path-like
        Run folder of this clip.
    base : Base
    settings : RunSettings
    landmarks : path-like, optional
        File of a pose estimator's landmarks, by which parts are learned; it has the names of
        the clips.
    progress : callable

    Returns
    -------
    scores : dict of str to ClipScores
        "generic", "personalized" whatever the verdict, and "kept", of the modules that the
        verdict keeps.
    verdict : Verdict or None
        None where nobody was found to learn from.

    Raises
    ------
    DatasetError
        If the labels do not fit the clip.
    """
    source = open_source(clip.path)
    truth = read_truth(clip, source)
    teacher = find_teacher(landmarks, source, clip.name)
    workspace = open_run(Path(root), source, base, settings, spares=[PARSE])
    track = track_person(source, workspace, base.engine, settings, progress)
    parsers, verdict = learn_and_keep(source, track, workspace, base, settings, progress, teacher)

    def score(name: str, parser: Parser) -> ClipScores:
        parsed = workspace.arrays(
            f"parsed_{name}",
            {"parse": settings.parse, "smooth": settings.smooth},
            partial(parse_clip, source, parser, settings.smooth, progress(name)),
        )
        return measure_parsed(truth, parsed)

    return for_each(parsers, score), verdict


def evaluate_generic_clip(
    clip: LabelledClip,
    network: Engine,
    settings: RunSettings,
    *,
    progress: Progress = silent,
) -> dict[str, ClipScores]:
    """Measure a network as it is on all frames of a clip; nothing is learned or written.

    Parameters
    ----------
    clip, settings, progress
        As for `evaluate_clip`.
    network : Engine
        Of a network in evaluation mode.

    Returns
    -------
    dict of str to ClipScores
        "generic".
    """
    source = open_source(clip.path)
    truth = read_truth(clip, source)
    track = find_track(source, network, settings, progress)
    parser = Parser(network, track, settings.parse)
    parsed = parse_clip(source, parser, settings.smooth, progress("generic"))
    return {"generic": measure_parsed(truth, parsed)}


def read_truth(clip: LabelledClip, source: Source) -> tuple[Array, Mask]:
    """Return joints (T, 7, 2) and masks (T, H, W) of a clip that fit its video, or raise
    DatasetError.
    """
    xy, masks = clip.read_joints(parts.UPPER_BODY_JOINTS), clip.read_masks()
    shown = (source.frame_count, source.height, source.width)
    if masks.shape != shown or len(xy) != source.frame_count:
        raise DatasetError(
            f"{clip.path}: shows {shown[0]} frames of {shown[2]}x{shown[1]}, but its labels are of "
            f"{len(xy)} frames with joints and {len(masks)} masks of "
            f"{masks.shape[2]}x{masks.shape[1]}"
        )
    return xy, masks


def parse_clip(
    source: Source, parser: Parser, smooth: SmoothSettings, progress: Wrap
) -> dict[str, Array]:
    """Parse all T frames of a source so that every joint gets an estimate.

    Parameters
    ----------
    source : Source
    parser : Parser
    smooth : SmoothSettings
    progress : callable
        Wraps the sequence of frames.

    Returns
    -------
    dict of str to array
        "xy" (T, 7, 2); "silhouettes" (T, height * width / 8) uint8, packed bits; "size" (2,),
        height and width; "empty" (T,) bool, where a run would find nobody.
    """
    xy, silhouettes, empty = [], [], []
    parsed = parser.always().frames(progress(source))
    for _, result in smooth_joints(parsed, settings=smooth, cuts=parser.track.cuts):
        xy.append(result.xy[:UPPER_BODY])
        silhouettes.append(np.packbits(result.silhouette))
        unseen = not result.found.any() and result.person.max() < parser.settings.joints.nobody
        empty.append(unseen or not result.silhouette.any())
    return {
        "xy": np.stack(xy),
        "silhouettes": np.stack(silhouettes),
        "size": np.array([source.height, source.width]),
        "empty": np.array(empty),
    }


def measure_parsed(truth: tuple[Array, Mask], parsed: Mapping[str, Array]) -> ClipScores:
    """Return the scores of what `parse_clip` returned."""
    xy, masks = truth
    height, width = parsed["size"]
    silhouettes = (
        np.unpackbits(bits, count=height * width).reshape(height, width).astype(bool)
        for bits in parsed["silhouettes"]
    )
    return measure_clip(xy, masks, parsed["xy"], silhouettes, np.flatnonzero(parsed["empty"]))
