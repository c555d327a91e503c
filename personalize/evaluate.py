"""Measure on labelled videos what personalizing brings.

Each labelled video is personalized without its labels, in a run folder of its
own, so that an evaluation that was stopped goes on where it was.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from personalize import parts
from personalize.datasets.source_videos import find_source
from personalize.errors import NobodyFoundError
from personalize.evaluation.joint_errors import measure_joints
from personalize.evaluation.segmentation import mean_j
from personalize.framing import fit_frame
from personalize.parse import parse_frames
from personalize.pipeline import learn_person, open_run, silent
from personalize.refine import person_masks
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
    dict of str to JointErrors
        "generic" and "personalized".
    """
    source, centre = learning_source(video, sources, progress)
    personal = personal_network(source, root, base, replace(settings, centre=centre), progress)
    networks = {"generic": base.network, "personalized": personal}
    return {
        name: joint_errors(network, video, settings, progress(f"joints, {name}"))
        for name, network in networks.items()
    }


def learning_source(video, sources, progress):
    """Return where a labelled video's window comes from, and its centre (None: the middle)."""
    path = find_source(sources, video.name) if sources else None
    if path is None:
        return open_source(video.images[0].parent), None
    source = open_source(path, progress=progress("open"))
    label = video.nearest_to_middle(source.frame_count)
    return source, int(video.source_frames[label])


def personal_network(source, root, base, settings, progress):
    """Learn the person of a source; the generic network where nobody is found."""
    try:
        return learn(source, root, base, settings, progress).network
    except NobodyFoundError:
        return base.network


def learn(source, root, base, settings, progress):
    """Take a source through the stages up to the personal network: a `Lesson`."""
    window = choose_window(source.frame_count, length=settings.window, centre=settings.centre)
    framing = fit_frame(source.height, source.width, settings.size)
    workspace = open_run(Path(root), source, base, settings)
    return learn_person(source, window, framing, workspace, base, settings, progress)


def joint_errors(network, video, settings, progress):
    """Measure one network's joints on the labelled frames of a video: `JointErrors`."""
    height, width = video.read_frame(0).shape[:2]
    framing = fit_frame(height, width, settings.size)
    frames = (video.read_frame(label) for label in range(len(video)))
    joints = replace(settings.joints, nobody=0.0)  # rule A: every joint gets an estimate
    parsed = parse_frames(network, frames, framing, joints=joints)
    results = [result for _, (_, result) in zip(progress(range(len(video))), parsed)]
    xy = np.stack([result.xy[:UPPER_BODY] for result in results])
    found = np.stack([result.found[:UPPER_BODY] for result in results])
    return measure_joints(video.xy, xy, found)


def evaluate_silhouettes(sequence, root, base, settings, *, progress=silent):
    """Personalize a sequence and measure its silhouettes after every stage.

    Parameters
    ----------
    sequence : datasets.davis.Sequence
        With a true mask for every frame that is scored; none is learned from.
    root, base, settings, progress
        As for `evaluate_joints`.

    Returns
    -------
    dict of str to float
        Mean J of "generic", "propagated", "refined", "personalized", over the
        annotated frames of the window.
    """
    source = open_source(sequence.folder)
    window = choose_window(source.frame_count, length=settings.window, centre=settings.centre)
    framing = fit_frame(source.height, source.width, settings.size)
    frames = [frame for frame in sequence.annotated if frame in window]
    truths = [sequence.read_mask(frame) for frame in frames]

    def score(masks):
        return mean_j(truths, masks)

    def parsed(network):
        read = (sequence.read_frame(frame) for frame in frames)
        for _, result in parse_frames(network, read, framing, joints=settings.joints):
            yield result.silhouette(framing)

    generic = score(parsed(base.network))
    try:
        lesson = learn(source, root, base, settings, progress)
    except NobodyFoundError:
        return dict.fromkeys(("generic", "propagated", "refined", "personalized"), generic)
    beliefs = lesson.beliefs.astype(np.float32)
    masks = person_masks(lesson.labels, beliefs, settings=settings.refine)
    inside = [frame - window.start for frame in frames]
    return {
        "generic": generic,
        "propagated": score(restore_masks(beliefs[inside], framing)),
        "refined": score(restore_masks(masks[inside].astype(np.float32), framing)),
        "personalized": score(parsed(lesson.network)),
    }


def restore_masks(maps, framing):
    """Yield the source-sized bool mask of each map (T, H, W) of the canvas."""
    for values in maps:
        yield framing.restore(cv2.resize(values, (framing.cols, framing.rows))) >= 0.5
