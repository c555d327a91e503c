"""Teach the network one person: first their silhouettes, then, with these, their parts.

The silhouettes are the paper's own (Charles et al., BMVC 2017, section 4.4); the parts, which
are not in the paper, are learned half of the way (`blend`), by the colours that they wear.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from personalize.adaptation.blend import blend
from personalize.adaptation.factor import finetune_factor
from personalize.adaptation.self_training import pseudo_label, self_train_parts
from personalize.evidence.part_colours import PartColours, learn_part_colours
from personalize.media.clip import spread
from personalize.network.engines.choose import REFERENCE, Engines
from personalize.network.factored import FactoredNetwork
from personalize.types import UNLABELLED, Array, Frames, Labels, Map, Mask, Progress


def learn_silhouettes_and_parts(
    network: FactoredNetwork,
    frames: Frames,
    labels: Labels,
    beliefs: Array,
    settings: Any,
    progress: Progress,
    engines: Engines = REFERENCE,
    *,
    teach: Callable[[Map], Map] | None = None,
) -> tuple[FactoredNetwork, PartColours | None]:
    """Learn the silhouettes of frames, and their parts unless the settings leave them out.

    Parameters
    ----------
    network : FactoredNetwork
    frames : (T, rows, cols, 3) uint8 array
    labels : (T, H, W) uint8 array
        Labels of the silhouettes: 1 person, 0 background, 255 unlabelled.
    beliefs : (T, H, W) float16 array
        Used where labels are missing; both together are injected when parts are learned.
    settings : RunSettings
    progress : callable
    engines : Engines
        Compute the networks wherever no gradient is needed.
    teach : callable, optional
        ``teach(parts)`` takes the pseudo-labels of the parts, (T, 32, h, w), and returns those
        that replace them: a teacher's.

    Returns
    -------
    FactoredNetwork, PartColours or None
        None where no parts are to be learned.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    personal = finetune_factor(
        network,
        frames,
        labels,
        settings=settings.factor,
        generator=generator,
        engine=engines.of(network),
        workers=settings.workers,
        progress=progress("learn"),
    )
    if not settings.self_training.epochs:
        return personal, None
    silhouettes = np.where(labels == UNLABELLED, beliefs, labels == 1)
    return learn_parts(
        personal, frames, silhouettes, settings, generator, progress, engines, teach=teach
    )


def learn_parts(
    network: FactoredNetwork,
    frames: Frames,
    silhouettes: Array,
    settings: Any,
    generator: Any,
    progress: Progress,
    engines: Engines = REFERENCE,
    *,
    teach: Callable[[Map], Map] | None = None,
) -> tuple[FactoredNetwork, PartColours]:
    """Learn the colours of the parts, and half of the way to what the parts are by these.

    Parameters
    ----------
    network, settings, progress, engines, teach
        As for `learn_silhouettes_and_parts`.
    frames : (T, rows, cols, 3) uint8 array
    silhouettes : (T, H, W) float array
        Probabilities of the person, which are injected.
    generator : torch.Generator

    Returns
    -------
    FactoredNetwork, PartColours
    """
    parts = pseudo_label(engines.of(network), frames, silhouettes, settings=settings.self_training)
    parts = teach(parts) if teach else parts
    worn = learn_part_colours(frames, parts, settings=settings.part_colours)
    for frame, part in zip(frames, parts):
        part[:] = worn.weigh(frame, part, settings=settings.part_colours)
    taught = self_train_parts(
        network,
        frames,
        parts,
        settings=settings.self_training,
        generator=generator,
        engine=engines.of(network),
        workers=settings.workers,
        progress=progress("self-train"),
    )
    return blend(network, taught, settings.way), worn


def learned_from(
    held: Mask, given: Sequence[int], most: int, told: Sequence[int] = ()
) -> NDArray[np.int64]:
    """Choose the frames to learn from.

    Parameters
    ----------
    held : (T,) bool array
        Frames that nothing is learned from.
    given : list of int
        Frames of which the silhouettes were given: all are chosen.
    most : int
        At most so many of the others are, evenly spread.
    told : list of int
        Frames that are chosen before others: a teacher gives their parts.

    Returns
    -------
    (N,) int array
        Ascending.
    """
    others = np.setdiff1d(np.flatnonzero(~held), given)
    first, rest = np.intersect1d(others, told), np.setdiff1d(others, told)
    first = first[spread(len(first), most)]
    rest = rest[spread(len(rest), most - len(first))]
    return np.union1d(np.union1d(first, rest), given).astype(int)
