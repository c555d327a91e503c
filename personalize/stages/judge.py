"""Judge without labels whether the personal network is better than the generic one.

A part of the window is held out from fine-tuning: stretches of frames, since
neighbours are near copies. On these frames both networks answer, and their
answers are weighed by evidence that needs no labels. The paper has no such
test; it keeps whatever was learned.

Every number is an overlap in [0, 1], and more is better. An empty silhouette overlaps
with nothing: a network that sees nobody anywhere is steady, but that is no evidence for it.

- agreement: with the propagated and refined labels of the frame;
- mirrored: with the answer to the mirrored frame, mirrored back;
- steadiness: with the answer to the next frame, moved back along dense optical flow;
- parts: of the parts with those of the mirrored frame, sides exchanged;
- joints: not an overlap, but the share of the upper body's joints whose part wins a cell.

The labels are made with the help of the generic network, so agreement alone would favour
a network that learned from such labels. The other kinds do not depend on them.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass

import cv2
import numpy as np

from personalize.imaging.framing import CELL, cell_labels
from personalize.network.engines.interface import Engine
from personalize.network.inference import BATCH, look, merge
from personalize.parts import JOINTS as JOINT_PARTS
from personalize.parts import MIRRORED, UPPER_BODY_JOINTS
from personalize.stages.settings import VerdictSettings
from personalize.types import UNLABELLED, Array, Frames, Json, Labels, Mask, Wrap

EVIDENCE = ("agreement", "mirrored", "steadiness", "parts", "joints")
AGREEMENT, JOINTS = EVIDENCE.index("agreement"), EVIDENCE.index("joints")
NETWORKS = ("generic", "personal")


@dataclass(frozen=True)
class Verdict:
    """Which network is kept, and why.

    Attributes
    ----------
    kept : {"personal", "generic"}
    held_out : int
        Frames that it rests on; 0 where the window was too short to hold any out, or their
        silhouettes were given.
    evidence : dict of str to dict of str to float
        Kind of evidence -> "generic" and "personal" -> mean overlap.
    why : {"untested", "gain", "no gain", "joints lost", "changed too much"}
        What decided.
    """

    kept: str
    held_out: int
    evidence: dict
    why: str = "untested"

    def describe(self) -> Json:
        """Return the verdict as it stands in a manifest."""
        return asdict(self)


def hold_out(length: int, settings: VerdictSettings) -> Mask:
    """Choose the frames of a window that fine-tuning does not see.

    Parameters
    ----------
    length : int
        Frames of the window.
    settings : VerdictSettings

    Returns
    -------
    (length,) bool array
        Stretches of frames, in a short window fewer, since two frames at least make one;
        all False in a window shorter than `settings.shortest`.
    """
    held = np.zeros(length, bool)
    if length < settings.shortest:
        return held
    frames = length * settings.share
    stretches = max(1, min(settings.stretches, round(frames / 2)))
    stretch = max(2, round(frames / stretches))
    for k in range(stretches):
        start = round((k + 0.5) * length / stretches) - stretch // 2
        held[max(start, 0) : start + stretch] = True
    return held


def judge(
    frames: Frames,
    labels: Labels,
    held: Mask,
    generic: Engine,
    personal: Engine,
    *,
    breaks: Collection[int] = (),
    progress: Wrap = iter,
) -> Array:
    """Compare two networks on the frames that neither learned from.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the canvas.
    labels : (T, H, W) uint8 array
        After refinement: 1 person, 0 background, 255 unlabelled.
    held : (T,) bool array
        The frames to judge on.
    generic, personal : Engine
        Of a network in evaluation mode.
    breaks : collection of int
        Frames, by their place among T, that do not follow the one before in the video.
    progress : callable
        Wraps the sequence of networks.

    Returns
    -------
    (5, 2) float64 array
        A row for each of `EVIDENCE`, the generic and the personal network's; NaN
        where no frame is held out.
    """
    numbers = np.flatnonzero(held)
    if not len(numbers):
        return np.full((len(EVIDENCE), len(NETWORKS)), np.nan)
    seen = frames[numbers]
    cells = frames.shape[1] // CELL, frames.shape[2] // CELL
    known = [cell_labels(labels[number], cells) for number in numbers]
    flows = _flows(seen, numbers, cells, breaks)
    columns = []
    for network in progress((generic, personal)):
        maps, mirrored, parts, joints = map(np.concatenate, zip(*_answers(network, seen)))
        columns.append(
            (
                _mean(_agreement(person, label) for person, label in zip(maps, known)),
                _mean(map(overlap, maps, mirrored)),
                _mean(overlap(maps[k], _moved(maps[k + 1], flow)) for k, flow in flows.items()),
                _mean(parts),
                _mean(joints),
            )
        )
    return np.array(columns).T


def reach_verdict(evidence: Array, held: Mask, *, settings: VerdictSettings) -> Verdict:
    """Decide by the evidence which network is kept.

    The personal network is kept if all of this holds: it gains more than `settings.least_gain` in
    the mean over all kinds of evidence; it loses no more joints than `settings.most_lost`; and its
    agreement with the labels does not exceed that of the generic network by more than
    `settings.most_changed`, if the generic one found `settings.sees_enough` of the joints. It is
    kept, too, where there is no evidence.

    Parameters
    ----------
    evidence : (5, 2) float array
        From `judge`.
    held : (T,) bool array
        The frames that were held out.
    settings : VerdictSettings

    Returns
    -------
    Verdict
    """
    why = _decide(evidence, settings) if held.any() else "untested"
    named = {
        kind: dict(zip(NETWORKS, (round(float(value), 4) for value in row)))
        for kind, row in zip(EVIDENCE, evidence)
        if not np.isnan(row).any()
    }
    kept = "personal" if why in ("gain", "untested") else "generic"
    return Verdict(kept, int(held.sum()), named, why)


def _decide(evidence, settings):
    """What decides, as `Verdict.why` has it."""
    gains = evidence[:, 1] - evidence[:, 0]
    if np.nanmean(gains) <= settings.least_gain:
        return "no gain"
    if gains[JOINTS] < -settings.most_lost:
        return "joints lost"
    if gains[AGREEMENT] > settings.most_changed and evidence[JOINTS, 0] >= settings.sees_enough:
        return "changed too much"
    return "gain"


def overlap(one: Array, other: Array) -> float:
    """Return the intersection over union of two soft masks; 0 if both are next to empty."""
    union = np.maximum(one, other).sum()
    return float(np.minimum(one, other).sum() / union) if union > 1 else 0.0


def _agreement(person, label):
    """Overlap of a map with the labels of its frame, where there are any; NaN without."""
    known = label != UNLABELLED
    return overlap(person[known], label[known] == 1) if known.any() else np.nan


def _answers(network, frames):
    """Yield what a network says of a few frames at a time, as they are and mirrored.

    Yields
    ------
    maps, mirrored : (B, h, w) float32 arrays
        The person, and as the mirror image shows them, mirrored back.
    parts, joints : lists of B floats
        Overlap of the parts with those of the mirror image, and the share of joints found.
    """
    for start in range(0, len(frames), BATCH):
        together = frames[start : start + BATCH]
        both = [look(network, images) for images in (together, together[:, :, ::-1])]
        maps, mirrored = (looked.person[:, 1].cpu().numpy() for looked in both)
        parts, others = (merge(network, looked) for looked in both)
        others = others[:, list(MIRRORED), :, ::-1]
        overlaps = [overlap(one[1:], other[1:]) for one, other in zip(parts, others)]
        yield maps, mirrored[:, :, ::-1], overlaps, [_joints_found(one) for one in parts]


def _joints_found(parts):
    """Return the share of the upper body's joints whose part wins a cell of a frame's parts (32, h,
    w).
    """
    labels = parts.argmax(axis=0)
    return np.mean([np.isin(labels, JOINT_PARTS[joint]).any() for joint in UPPER_BODY_JOINTS])


def _mean(values):
    values = np.array(list(values), np.float64)
    return np.nanmean(values) if np.isfinite(values).any() else np.nan


def _flows(frames, numbers, cells, breaks):
    """Dense flow, in cells, from each frame to the next if that is held out too, and follows it:
    {k: (h, w, 2)}.
    """
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    return {
        k: cv2.resize(flow.calc(grey[k], grey[k + 1], None), cells[::-1]) / CELL
        for k in range(len(frames) - 1)
        if numbers[k + 1] == numbers[k] + 1 and numbers[k + 1] not in breaks
    }


def _moved(person, flow):
    """A map of the next frame, moved back to this one."""
    rows, cols = np.indices(person.shape, dtype=np.float32)
    where = cols + flow[..., 0], rows + flow[..., 1]
    return cv2.remap(person, *where, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
