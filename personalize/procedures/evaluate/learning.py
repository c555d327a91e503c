"""What the evaluations share: a labelled video is framed, learned and parsed as a run does it."""

from dataclasses import replace

import cv2
import numpy as np

from personalize import parts
from personalize.errors import NobodyFoundError
from personalize.imaging.framing import fit_frame
from personalize.procedures.lesson import learn_person
from personalize.settings import AUTO
from personalize.stages.locate import aim_person
from personalize.stages.parse import parse_frames
from personalize.stages.window import choose_window

UPPER_BODY = len(parts.UPPER_BODY_JOINTS)


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


def kept_network(verdict):
    """Return which of "generic" and "personalized" a verdict keeps; without one, the generic network."""
    return "personalized" if verdict is not None and verdict.kept == "personal" else "generic"


def frame_pictures(pictures, network, settings):
    """Return how pictures of one person lie on the canvas, as `pipeline.frame_person` does for a source."""
    if settings.size != AUTO:
        return fit_frame(*pictures[0].shape[:2], settings.size)
    return aim_person(network, pictures, settings=settings.aim)


def parse_always(network, frames, framing, settings, appearance=None):
    """Parse frames so that every joint gets an estimate, wherever it is (rule A of Table 3)."""
    looks = {"joints": replace(settings.joints, nobody=0.0), "views": settings.views}
    return parse_frames(network, frames, framing, **looks, appearance=appearance)


def stack_upper_body(results):
    """Stack the paper's joints of N parsed frames: "xy" (N, 7, 2) and "found" (N, 7)."""
    return {
        "xy": np.stack([result.xy[:UPPER_BODY] for result in results]),
        "found": np.stack([result.found[:UPPER_BODY] for result in results]),
    }


def restore_masks(maps, framing):
    """Yield the source-sized bool mask of each map (T, H, W) of the canvas."""
    for values in maps:
        yield framing.restore(cv2.resize(values, (framing.cols, framing.rows))) >= 0.5
