"""Measure on labelled videos what personalizing brings.

Each labelled video is personalized without its labels, in a run folder of its
own, so that an evaluation that was stopped goes on where it was.
"""

from dataclasses import asdict, replace
from functools import partial
from itertools import repeat
from pathlib import Path

import cv2
import numpy as np

from personalize import parts
from personalize.aim import aim_person, spread_frames
from personalize.clip import Sized
from personalize.datasets.source_videos import find_source
from personalize.errors import DatasetError, NobodyFoundError
from personalize.evaluation.joint_errors import measure_joints
from personalize.evaluation.segmentation import intersection_over_union, mean_j
from personalize.evaluation.tables import PAPERS_RULE, SILHOUETTE_STAGES
from personalize.framing import fit_frame
from personalize.joints import locate_joints
from personalize.lesson import learn_person, silent
from personalize.parse import find_silhouette, parse_frames
from personalize.pipeline import PARSE, frame_person, open_run
from personalize.refine import person_masks
from personalize.settings import AUTO
from personalize.types import UNLABELLED
from personalize.video import open_source
from personalize.window import choose_window

UPPER_BODY = len(parts.UPPER_BODY_JOINTS)


def evaluate_joints(video, root, base, settings, *, sources=None, progress=silent):
    """Personalize a labelled video and measure both networks' joints.

    Parameters
    ----------
    video : datasets.youtube_pose.LabelledVideo
    root : path-like
        Run folder of this video.
    base : Base
    settings : RunSettings
    sources : path-like, optional
        Folder of source videos; the window of consecutive frames comes from
        there. Without it, or if the video is not there, the labelled frames in
        the order of time are the video.
    progress : callable

    Returns
    -------
    errors : dict of str to JointErrors
        "generic" and "personalized", the latter whatever the verdict, by the rule of
        the settings; "kept", that of the two whose network the verdict keeps; and the
        same three by the paper's rule, with "_mass" behind the name.
    verdict : Verdict or None
        None where nobody was found to learn from.
    """
    source, centre = learning_source(video, sources, progress)
    settings = replace(settings, centre=centre)
    workspace = open_run(Path(root), source, base, settings, spares=[PARSE])
    framing = frame_person(source, workspace, base.network, settings, progress)
    networks, verdict = both(source, framing, workspace, base, settings, progress)
    labelled = labelled_framing(video, source, framing, base.network, settings)
    errors = {}
    for name, (network, appearance) in networks.items():
        found = workspace.arrays(
            f"joints_{name}",
            {**asdict(settings.joints), "views": settings.views},
            partial(
                upper_body_joints, network, video, labelled, settings, appearance, progress(name)
            ),
        )
        errors[name] = measure_joints(video.xy, found["xy"], found["found"])
        errors[f"{name}{PAPERS_RULE}"] = measure_joints(video.xy, found["xy_mass"], found["found"])
    kept = "personalized" if verdict is not None and verdict.kept == "personal" else "generic"
    for rule in ("", PAPERS_RULE):
        errors[f"kept{rule}"] = errors[f"{kept}{rule}"]
    return errors, verdict


def learning_source(video, sources, progress):
    """Return where a labelled video's window comes from, and its centre (None: the middle)."""
    path = find_source(sources, video.name) if sources else None
    if path is None:
        return open_source(video.images[0].parent), None
    source = open_source(path, progress=progress("open"))
    label = video.nearest_to_middle(source.frame_count)
    return source, int(video.source_frames[label])


def labelled_framing(video, source, framing, network, settings):
    """Return how labelled frames lie on the canvas; a source video may show them otherwise."""
    if source.path == video.images[0].parent:
        return framing
    looks = spread_frames(len(video), settings.aim.looks)
    return frame_pictures([video.read_frame(label) for label in looks], network, settings)


def frame_pictures(pictures, network, settings):
    """Return how pictures of one person lie on the canvas, as `frame_person` does for a source."""
    if settings.size != AUTO:
        return fit_frame(*pictures[0].shape[:2], settings.size)
    return aim_person(network, pictures, settings=settings.aim)


def both(source, framing, workspace, base, settings, progress):
    """Return the networks before and after learning a person, and the verdict on them.

    Each network comes with the appearance that helps it. Where nobody is found to learn
    from, both are the generic one, and there is no verdict.
    """
    generic = base.network, None
    try:
        lesson = learn(source, framing, workspace, base, settings, progress)
    except NobodyFoundError:
        return {"generic": generic, "personalized": generic}, None
    personal = lesson.personal, lesson.appearance
    return {"generic": generic, "personalized": personal}, lesson.verdict


def learn(source, framing, workspace, base, settings, progress):
    """Take a source through the stages up to the personal network: a `Lesson`."""
    window = choose_window(source.frame_count, length=settings.window, centre=settings.centre)
    return learn_person(source, window, framing, workspace, base, settings, progress)


def upper_body_joints(network, video, framing, settings, appearance, progress):
    """Locate the paper's joints in N labelled frames by two rules, from the same parts.

    Returns
    -------
    dict of str to array
        "xy" (N, 7, 2) and "found" (N, 7) by the rule of the settings, "xy_mass"
        (N, 7, 2) by the paper's.
    """
    frames = (video.read_frame(label) for label in range(len(video)))
    frames = progress(Sized(frames, len(video)))
    parsed = parse_always(network, frames, framing, settings, appearance)
    paper = replace(settings.joints, rule="mass", nobody=0.0)
    results, by_mass = [], []
    for _, result in parsed:
        estimate = locate_joints(result.parts, result.person, settings=paper)
        by_mass.append(framing.cells_to_source(estimate.xy[:UPPER_BODY]))
        results.append(replace(result, person=None, parts=None, silhouette=None))  # only joints stay
    return {**stack_upper_body(results), "xy_mass": np.stack(by_mass)}


def parse_always(network, frames, framing, settings, appearance):
    """Parse frames so that every joint gets an estimate, wherever it is (rule A of Table 3)."""
    looks = {"joints": replace(settings.joints, nobody=0.0), "views": settings.views}
    return parse_frames(network, frames, framing, **looks, appearance=appearance)


def stack_upper_body(results):
    """Stack the paper's joints of N parsed frames: "xy" (N, 7, 2) and "found" (N, 7)."""
    return {
        "xy": np.stack([result.xy[:UPPER_BODY] for result in results]),
        "found": np.stack([result.found[:UPPER_BODY] for result in results]),
    }


def evaluate_silhouettes(sequence, root, base, settings, *, progress=silent):
    """Personalize a sequence and measure its silhouettes after every stage.

    Parameters
    ----------
    sequence : datasets.davis.Sequence
        With true masks of the frames that are scored; none is learned from.
    root, base, settings, progress
        As for `evaluate_joints`.

    Returns
    -------
    scores : dict of str to float
        Mean J of "generic", "propagated", "refined", "tuned" (the personal network
        alone) and "personalized" (sharpened, as a run writes them), over the
        annotated frames of the window. Where nobody is found to learn from, all
        are those of the generic network.
    verdict : Verdict or None
        None where nobody was found to learn from.

    Raises
    ------
    DatasetError
        If no frame of the window has a mask.
    """
    source = open_source(sequence.folder)
    window = choose_window(source.frame_count, length=settings.window, centre=settings.centre)
    frames = [frame for frame in sequence.annotated if frame in window]
    if not frames:
        raise DatasetError(f"{sequence.name}: no frame of the window has a mask to score against")
    workspace = open_run(Path(root), source, base, settings, spares=[PARSE])
    framing = frame_person(source, workspace, base.network, settings, progress)

    def score(masks):
        return mean_j((sequence.read_mask(frame) for frame in frames), masks)

    def parsed(network, stage, appearance=None):
        read = progress(stage)(Sized((sequence.read_frame(frame) for frame in frames), len(frames)))
        looks = {"joints": settings.joints, "views": settings.views}
        results = parse_frames(network, read, framing, **looks, appearance=appearance)
        for _, result in results:
            yield result.silhouette

    generic = score(parsed(base.network, "generic"))
    try:
        lesson = learn(source, framing, workspace, base, settings, progress)
    except NobodyFoundError:
        return dict.fromkeys(SILHOUETTE_STAGES, generic), None
    beliefs = lesson.beliefs.astype(np.float32)
    refined = person_masks(lesson.labels, beliefs, settings=settings.refine)
    inside = [frame - window.start for frame in frames]
    canvases = (framing.apply(sequence.read_frame(frame)) for frame in frames)
    scores = {
        "generic": generic,
        "propagated": score(map(find_silhouette, canvases, beliefs[inside], repeat(framing))),
        "refined": score(restore_masks(refined[inside].astype(np.float32), framing)),
        "tuned": score(parsed(lesson.personal, "tuned")),
        "personalized": score(parsed(lesson.personal, "personalized", lesson.appearance)),
    }
    return scores, lesson.verdict


def evaluate_photographs(photographs, network, settings, *, progress=iter):
    """Parse photographs of one person each, every one a video of one frame, and measure the silhouettes.

    Parameters
    ----------
    photographs : sequence of N datasets.clothing.Photograph
    network : FactoredNetwork
        In evaluation mode.
    settings : RunSettings
        Of which `size`, `aim`, `joints` and `views` are used.
    progress : callable
        Wraps the photographs.

    Returns
    -------
    (N,) float64 array
        J of each; pixels of bags are not counted.
    """
    scores = []
    for photograph in progress(photographs):
        image, truth = photograph.read_image(), photograph.read_silhouette()
        framing = frame_pictures([image], network, settings)
        looks = {"joints": settings.joints, "views": settings.views}
        [(_, result)] = parse_frames(network, [image], framing, **looks)
        scores.append(intersection_over_union(truth == 1, result.silhouette, truth == UNLABELLED))
    return np.array(scores)


def evaluate_rendered(video, root, base, settings, *, progress=silent):
    """Personalize a rendered video and measure joints and silhouettes in all of it.

    Parameters
    ----------
    video : datasets.rendered_video.RenderedVideo
    root, base, settings, progress
        As for `evaluate_joints`; the folder of a finished run of the same
        settings gives its person.

    Returns
    -------
    errors : dict of str to JointErrors
        "generic" and "personalized", of the joints that can be seen.
    silhouettes : dict of str to float
        Mean J of both.
    verdict : Verdict or None
        None where nobody was found to learn from.
    """
    source = open_source(video.path)
    workspace = open_run(Path(root), source, base, settings, spares=[PARSE])
    framing = frame_person(source, workspace, base.network, settings, progress)
    networks, verdict = both(source, framing, workspace, base, settings, progress)
    errors, silhouettes = {}, {}
    for name, (network, appearance) in networks.items():
        frames = progress(name)(Sized(source.frames(), source.frame_count))
        parsed = parse_always(network, frames, framing, settings, appearance)
        results = [result for _, result in parsed]
        found = stack_upper_body(results)
        errors[name] = measure_joints(video.xy[:, :UPPER_BODY], found["xy"], found["found"])
        masks = (result.silhouette for result in results)
        silhouettes[name] = mean_j(map(video.read_mask, range(len(video))), masks)
    return errors, silhouettes, verdict


def restore_masks(maps, framing):
    """Yield the source-sized bool mask of each map (T, H, W) of the canvas."""
    for values in maps:
        yield framing.restore(cv2.resize(values, (framing.cols, framing.rows))) >= 0.5
