"""Silhouettes on photographs of one person each, by the generic network."""

from collections.abc import Sequence

import numpy as np

from personalize.datasets.clothing import ClothingPhotograph
from personalize.evaluation.segmentation import intersection_over_union
from personalize.network.engines.interface import Engine
from personalize.procedures.evaluate.learning import frame_pictures
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.types import UNLABELLED, Array, Wrap


def evaluate_photographs(
    photographs: Sequence[ClothingPhotograph],
    network: Engine,
    settings: RunSettings,
    *,
    progress: Wrap = iter,
) -> Array:
    """Parse photographs of one person each, every one a video of one frame, and measure the
    silhouettes.

    Parameters
    ----------
    photographs : sequence of N datasets.clothing.ClothingPhotograph
    network : Engine
        Of a network in evaluation mode.
    settings : RunSettings
        Of which `size`, `locate` and `parse` are used.
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
        track = frame_pictures([image], network, settings)
        [(_, result)] = Parser(network, track, settings.parse).frames([image])
        scores.append(intersection_over_union(truth == 1, result.silhouette, truth == UNLABELLED))
    return np.array(scores)
