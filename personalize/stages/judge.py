"""Gather evidence, without labels, of whether learning a person was an improvement.

A part of the window is held out from fine-tuning: stretches of frames, since neighbouring frames
are almost equal. These frames are predicted three times: before learning, with the module that
learned silhouettes, and with both modules that learned. Every kind of evidence is a pair of
numbers, before and after. For silhouettes it compares the first prediction with the second, for
parts the second with the third. `verdict` weighs the evidence.

The labels are made with the help of the generic network, so agreement with them alone would favour
a network that learned from such labels. The other kinds do not depend on them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from personalize.datasets.pose_points import BodyPoints
from personalize.imaging.framing import CELL, cell_labels
from personalize.network.device import threads_on
from personalize.network.engines.interface import Engine
from personalize.network.inference import BATCH, Look, agreed, look, merge
from personalize.parts import BACKGROUND, UPPER_BODY_JOINTS
from personalize.parts import JOINTS as JOINT_PARTS
from personalize.stages.appearance import Appearance
from personalize.stages.find import score_joints
from personalize.stages.joints import locate_joints
from personalize.stages.landmark_evidence import weigh_landmarks
from personalize.stages.refine import reconcile
from personalize.stages.settings import JointSettings, VerdictSettings
from personalize.stages.verdict import OF_PARTS, OF_SILHOUETTES
from personalize.types import UNLABELLED, Array, Frames, Labels, Mask, Wrap
from personalize.workers import in_order

ALWAYS = JointSettings(nobody=0.0)
UPPER_BODY = len(UPPER_BODY_JOINTS)
SHOULDERS = [UPPER_BODY_JOINTS.index(f"{side}_shoulder") for side in ("right", "left")]


@dataclass(frozen=True, eq=False)
class Predictions:
    """The predictions of a network for N frames.

    Attributes
    ----------
    person : (N, h, w) float32 array
        Probability of the person, by the X factor.
    parts : (N, 32, h, w) float32 array
        Probabilities of background and parts.
    """

    person: Array
    parts: Array


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


def gather_evidence(
    frames: Frames,
    labels: Labels,
    held: Mask,
    networks: Sequence[Engine],
    appearance: Appearance,
    *,
    scales: Array | None = None,
    breaks: Collection[int] = (),
    landmarks: Mapping[int, BodyPoints] = MappingProxyType({}),
    workers: int = 1,
    progress: Wrap = iter,
) -> dict[str, NDArray[np.float64]]:
    """Compare the predictions of networks for frames that they did not learn from.

    Parameters
    ----------
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the canvas.
    labels : (T, H, W) uint8 array
        After refinement: 1 person, 0 background, 255 unlabelled.
    held : (T,) bool array
        The frames to judge on.
    networks : sequence of 3 Engine
        Before learning, with the module that learned silhouettes, and with both. Their features
        are the same.
    appearance : Appearance
        Colours of the person, used with the latter two.
    scales : (T,) float array, optional
        Pixels of the canvas for one of the source, of each frame; by default 1.
    breaks : collection of int
        Indices of frames that do not follow the one before in the video.
    landmarks : dict of int to BodyPoints
        Index of a frame -> landmarks of a teacher, in pixels of the canvas.
    workers : int
        Threads, as for `workers.in_order`.
    progress : callable
        Wraps the sequence of batches.

    Returns
    -------
    dict of str to (2,) float64 array
        Kind of `verdict.EVIDENCE` -> numbers before and after; NaN where there is none. With
        landmarks, those of `landmark_evidence.weigh_landmarks` are added. Empty where no frame
        is held out.
    """
    numbers = np.flatnonzero(held)
    if not len(numbers):
        return {}
    seen = frames[numbers]
    scales = np.ones(len(seen)) if scales is None else scales[numbers]
    predictions = ask(seen, networks, appearance, scales, workers=workers, progress=progress)
    cells = frames.shape[1] // CELL, frames.shape[2] // CELL
    known = [cell_labels(labels[number], cells) for number in numbers]
    given = {k: landmarks[place] for k, place in enumerate(numbers.tolist()) if place in landmarks}
    return {
        **weigh_predictions(predictions, known, flows_between(seen, numbers, cells, breaks)),
        **weigh_landmarks(predictions[1].parts, predictions[2].parts, given),
    }


def ask(
    frames: Frames,
    networks: Sequence[Engine],
    appearance: Appearance,
    scales: Array,
    *,
    workers: int = 1,
    progress: Wrap = iter,
) -> list[Predictions]:
    """Return the Predictions of three networks for frames (N, rows, cols, 3).

    The features of the first are used for all, since only later layers have learned.

    Parameters
    ----------
    frames : (N, rows, cols, 3) uint8 array
    networks, appearance, workers, progress
        From `gather_evidence`.
    scales : (N,) float array
        Likewise, of these frames.
    """
    generic, of_silhouettes, of_both = networks

    def predict(start: int) -> list[tuple[Array, Array]]:
        together = frames[start : start + BATCH]
        looked = look(generic, together)
        found = [(_person(looked), merge(generic, looked))]
        looked = _look_again(of_silhouettes, looked)
        believed = agreed(of_silhouettes, looked)
        injected = [
            _injected(*seen, appearance)
            for seen in zip(together, believed, scales[start : start + BATCH])
        ]
        for network in (of_silhouettes, of_both):
            found.append((_person(looked), merge(network, looked, injected)))
        return found

    starts = progress(range(0, len(frames), BATCH))
    batches = in_order(predict, starts, threads_on(generic.device, workers))
    return [Predictions(*map(np.concatenate, zip(*found))) for found in zip(*batches)]


def weigh_predictions(
    predictions: Sequence[Predictions], known: Sequence[Labels], flows: dict[int, Array]
) -> dict[str, NDArray[np.float64]]:
    """Return the evidence in the predictions of networks for N frames.

    Parameters
    ----------
    predictions : sequence of 3 Predictions
        From `gather_evidence`.
    known : sequence of N (h, w) uint8 arrays
        Labels of the cells.
    flows : dict of int to (h, w, 2) array
        From `flows_between`.

    Returns
    -------
    dict of str to (2,) float64 array
    """
    before, silhouettes, both = predictions
    by_parts = 1 - before.parts[:, BACKGROUND]
    pairs = {
        kind: [
            _of_silhouettes(kind, one, before, known, flows, by_parts)
            for one in (before, silhouettes)
        ]
        for kind in OF_SILHOUETTES
    }
    places = [_joints(one.parts) for one in (silhouettes, both)]
    width = _width(places[0][0])
    for kind in OF_PARTS:
        pairs[kind] = [
            _of_parts(kind, one, joints, places[0][0], width, flows)
            for one, joints in zip((silhouettes, both), places)
        ]
    return {kind: np.array(pair, np.float64) for kind, pair in pairs.items()}


def _of_silhouettes(kind, one, before, known, flows, by_parts):
    """One number of `OF_SILHOUETTES`."""
    person = one.person
    if kind == "agreement":
        return _mean(map(_agreement, person, known))
    if kind == "steadiness":
        return _mean(overlap(person[k], _moved(person[k + 1], flow)) for k, flow in flows.items())
    if kind == "certainty":
        return float(np.abs(2 * person - 1).mean())
    other = by_parts if kind == "told_by_parts" else before.person
    return _mean(map(overlap, person, other))


def _of_parts(kind, one, joints, first, width, flows):
    """One number of `OF_PARTS`; `first` (N, J, 2) are the joints before, of shoulders so far
    apart (cells).
    """
    xy, confidence = joints
    parts = one.parts[:, 1:]
    if kind == "parts_steadiness":
        return _mean(
            overlap(parts[k], np.stack([_moved(part, flow) for part in parts[k + 1]]))
            for k, flow in flows.items()
        )
    if kind == "joints_found":
        return _mean(map(_joints_found, one.parts))
    if kind == "joints_score":
        return _mean(map(score_joints, confidence))
    away = np.linalg.norm((xy - first)[:, :UPPER_BODY], axis=2) / width
    return float(1 - np.minimum(away, 1).mean())


def overlap(one: Array, other: Array) -> float:
    """Return the intersection over union of two soft masks; 0 if both are next to empty."""
    union = np.maximum(one, other).sum()
    return float(np.minimum(one, other).sum() / union) if union > 1 else 0.0


def flows_between(
    frames: Frames,
    numbers: Sequence[int] | Array,
    cells: tuple[int, int],
    breaks: Collection[int] = (),
) -> dict[int, Array]:
    """Return the dense flow from each of N frames to the next, if that follows it in the video.

    Parameters
    ----------
    frames : (N, rows, cols, 3) uint8 array
    numbers : (N,) int array
        Of the frames in the window.
    cells : (int, int)
        Rows and columns of the flow.
    breaks : collection of int
        From `gather_evidence`.

    Returns
    -------
    dict of int to (h, w, 2) float32 array
        By the index of the frame; in cells.
    """
    flow: Any = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)  # type: ignore[attr-defined]
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    return {
        k: cv2.resize(flow.calc(grey[k], grey[k + 1], None), cells[::-1]) / CELL
        for k in range(len(frames) - 1)
        if numbers[k + 1] == numbers[k] + 1 and numbers[k + 1] not in breaks
    }


@torch.inference_mode()
def _look_again(network: Engine, looked: Look) -> Look:
    """What another network of the same features, in one view, would have seen."""
    [seen] = looked.views
    return looked._replace(person=network.person(seen.features))


def _person(looked: Look) -> Array:
    person: Array = looked.person[:, 1].cpu().numpy()
    return person


def _injected(canvas, person, scale, appearance):
    """The silhouette that a parser would inject into a canvas; None of none."""
    belief = appearance.doubt(canvas, person)
    mask = appearance.cut_out(canvas, belief, scale)
    return mask if mask is None else reconcile(mask, belief, appearance.refine.sure)


def _joints(parts: Array) -> tuple[Array, Array]:
    """Joints (N, J, 2), in cells, of parts (N, 32, h, w), and their confidences (N, J)."""
    found = [locate_joints(part, 1 - part[BACKGROUND], settings=ALWAYS) for part in parts]
    return np.stack([one.xy for one in found]), np.stack([one.confidence for one in found])


def _width(xy: Array) -> float:
    """The width of the shoulders of joints (N, J, 2)."""
    right, left = (xy[:, shoulder] for shoulder in SHOULDERS)
    return float(np.median(np.linalg.norm(right - left, axis=1))) + 1e-3


def _agreement(person, label):
    """Overlap of a map with the labels of its frame, where there are any; NaN without."""
    known = label != UNLABELLED
    return overlap(person[known], label[known] == 1) if known.any() else np.nan


def _joints_found(parts):
    """Return the share of the upper body's joints whose part wins a cell of a frame's parts (32, h,
    w).
    """
    labels = parts.argmax(axis=0)
    return np.mean([np.isin(labels, JOINT_PARTS[joint]).any() for joint in UPPER_BODY_JOINTS])


def _mean(values):
    values = np.array(list(values), np.float64)
    return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan


def _moved(person, flow):
    """A map of the next frame, moved back to this one."""
    rows, cols = np.indices(person.shape, dtype=np.float32)
    where = cols + flow[..., 0], rows + flow[..., 1]
    return cv2.remap(person, *where, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
