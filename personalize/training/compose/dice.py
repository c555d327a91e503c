"""All random numbers of some samples, each drawn from the seed and the sample's number alone.

So a sample is the same in whatever batch it stands, on whatever device, and after resuming.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from scipy.special import ndtri
from torch import Tensor

from personalize.types import Floats, Mask, Numbers, Whole

THROWS = 192
"""Random numbers of a sample, at most."""


class Dice:
    """Random numbers of B samples, in the order in which they are asked for.

    Every draw uses up the same numbers of every sample, whatever came of the draws before.

    Parameters
    ----------
    seed : int
    numbers : sequence of B int
        Of the samples.
    """

    def __init__(self, seed: int, numbers: Sequence[int]) -> None:
        throws = [np.random.default_rng((seed, number)).random(THROWS) for number in numbers]
        self.throws = np.stack(throws) if throws else np.empty((0, THROWS))
        self.used = 0

    def __len__(self) -> int:
        return len(self.throws)

    def uniform(self, low: Numbers = 0.0, high: Numbers = 1.0, count: int | None = None) -> Floats:
        """Draw numbers that are equally likely all over a range.

        Parameters
        ----------
        low, high : float or (B,) float array
            The range, its upper end left out.
        count : int, optional
            Numbers of each sample.

        Returns
        -------
        (B,) or (B, count) float64 array

        Raises
        ------
        IndexError
            If a sample needs more than `THROWS` numbers in all.
        """
        first, self.used = self.used, self.used + (1 if count is None else count)
        if self.used > THROWS:
            raise IndexError(f"a sample needs more than {THROWS} random numbers")
        throws = self.throws[:, first] if count is None else self.throws[:, first : self.used]
        return low + (high - low) * throws

    def normal(
        self, mean: Numbers = 0.0, deviation: Numbers = 1.0, count: int | None = None
    ) -> Floats:
        """Draw numbers of a normal distribution.

        Parameters
        ----------
        mean, deviation : float or (B,) float array
        count : int, optional
            Numbers of each sample.

        Returns
        -------
        (B,) or (B, count) float64 array
            At most six deviations from the mean.
        """
        return mean + deviation * ndtri(np.clip(self.uniform(count=count), 1e-9, 1 - 1e-9))

    def chance(self, share: Numbers) -> Mask:
        """Draw (B,) bool: true in this share of the samples; it may be a (B,) array."""
        return self.uniform() < share

    def choice(self, count: int | Whole, among: int | None = None) -> Whole:
        """Draw (B,) or (B, among) whole numbers below `count`, which may be a (B,) array."""
        return np.floor(self.uniform(count=among) * count).astype(np.int64)


def put(values: ArrayLike, device: str | torch.device) -> Tensor:
    """Bring numbers of samples to a device, floats in single precision, without waiting for it."""
    values = np.asarray(values)
    if values.dtype == np.float64:
        values = values.astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray(values)).to(device, non_blocking=True)


def per_image(values: ArrayLike, device: str | torch.device) -> Tensor:
    """Bring (B,) or (B, C) numbers to a device, in a shape that meets (B, C, S, S) images."""
    values = put(values, device)
    return values.reshape(len(values), -1, 1, 1)


def numbers_of(chosen: Mask, device: str | torch.device) -> slice | Tensor | None:
    """Return what picks the chosen ones of (B, ...) tensors on a device.

    Returns
    -------
    None, slice or (n,) int64 tensor
        None if none is chosen; a slice, which copies nothing, if all are.
    """
    found = np.flatnonzero(chosen)
    if not len(found):
        return None
    return slice(None) if len(found) == len(chosen) else put(found, device)
