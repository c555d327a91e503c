"""Direct injection of a known silhouette (Charles et al., BMVC 2017, section 3.1).

A silhouette that is known replaces the answer of the factored module, so that
the aggregation module merges the truth instead of a guess.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from personalize.types import Array


def silhouette_probabilities(silhouette: Tensor | Array, size: tuple[int, int]) -> Tensor:
    """Turn a silhouette into the output of a factored module that is certain of it.

    Parameters
    ----------
    silhouette : (B, H, W) tensor or array
        Bool, or probabilities of the person in [0, 1]; any H and W.
    size : (int, int)
        Rows and columns of the map.

    Returns
    -------
    (B, 2, h, w) float32 tensor
        Probabilities of background and person: means over the area of each cell.

    Raises
    ------
    ValueError
        If the silhouette has another shape or leaves [0, 1].
    """
    if silhouette.ndim != 3:
        raise ValueError(f"a silhouette is (B, H, W), got {tuple(silhouette.shape)}")
    person = torch.as_tensor(silhouette).to(torch.float32)
    if person.numel() and not (person.min() >= 0 and person.max() <= 1):
        raise ValueError("a silhouette holds probabilities in [0, 1]")
    person = F.adaptive_avg_pool2d(person[:, None], size)
    return torch.cat((1 - person, person), dim=1)
