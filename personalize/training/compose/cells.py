"""Labels of pixels become labels of cells, as `samples.label_cells` does it for one image."""

import torch
from torch import Tensor
from torch.nn import functional as F

from personalize import parts
from personalize.datasets.placing import MIRRORED
from personalize.datasets.samples import WRIST_SHARE
from personalize.imaging.framing import CELL
from personalize.training.compose.dice import put
from personalize.types import UNLABELLED, Array, Mask


def part_cells(labels: Tensor, mirrored: Mask, *, wrists: bool) -> Tensor:
    """Label the cells of images by what is at their centres, or by wrists, as `samples.part_cells`
    does.

    Parameters
    ----------
    labels : (B, S, S) uint8 tensor
        As in the pictures.
    mirrored : (B,) bool array
        Whether sides change places.
    wrists : bool

    Returns
    -------
    (B, s, s) uint8 tensor
    """
    cells = labels[:, CELL // 2 :: CELL, CELL // 2 :: CELL].contiguous()
    if wrists:
        for wrist in parts.WRISTS:
            share = F.avg_pool2d((labels == wrist).float()[:, None], CELL)[:, 0]
            cells = cells.masked_fill(share >= WRIST_SHARE, wrist)
    other = put(MIRRORED, labels.device)[cells.long()]
    return torch.where(put(mirrored, labels.device)[:, None, None], other, cells)


def person_cells(labels: Tensor, known: Array) -> Tensor:
    """Return how much of each cell is the person's, as `framing.cell_shares` does.

    Parameters
    ----------
    labels : (B, S, S) uint8 tensor
    known : (B,) array
        Share of a cell that must be labelled for the rest to be left out.

    Returns
    -------
    (B, s, s) float32 tensor
        NaN where too little is labelled.
    """
    least = put(known, labels.device)[:, None, None]
    unlabelled = labels == UNLABELLED
    labelled = 1 - F.avg_pool2d(unlabelled.float()[:, None], CELL)[:, 0]
    person = F.avg_pool2d(((labels > 0) & ~unlabelled).float()[:, None], CELL)[:, 0]
    share = person / labelled.clamp(min=1e-6)
    return share.masked_fill(labelled < least, torch.nan)
