"""Matches and forests through torch, for a GPU: many pairs of frames at a time.

The search is that of `matching`, step by step: the same distances on the same
flat rows, the same order in which ties are settled, so that bytes give the same
parents.  What differs is who goes together.  There it is all of one pair, here
one displacement of many pairs, each pair having its own; a partner is then not
a shifted slice but a gathered one.

Pairs go together until their pixels are `PIXELS`.  Matching holds about 80 + 8 C
bytes for each of these, C being the channels, whatever the length of the video.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from propagation.arrays import Device, Links, Steps, Wrap
from propagation.matching import Match, list_displacements
from propagation.settings import PropagationSettings
from propagation.tree import Forest, doubt_links, plant, shapes_of_links
from propagation.window import halve_search, is_searched_whole, refine

PIXELS = 1 << 21  # 32 pairs of 256 x 256: enough for a GPU, and some 220 MB with colours


Addition: TypeAlias = tuple[Tensor, Tensor, Tensor]
"""What is added, to what, and where the sum goes."""


def send(array: NDArray[Any], device: Device) -> Tensor:
    """Return a copy of an array as a tensor on a device: bytes as bytes, else float32."""
    kind = np.uint8 if array.dtype == np.uint8 else np.float32
    return torch.tensor(np.ascontiguousarray(array, kind), device=device)


def grow_forests(
    frames: NDArray[Any],
    *,
    settings: PropagationSettings,
    cuts: Collection[int] = (),
    device: Device,
    progress: Wrap = iter,
) -> tuple[Forest, Forest]:
    """Link all pixels of a video, as `tree.grow_forests` does.

    Parameters
    ----------
    frames : (T, H, W, C) array
        Not a tensor: a few frames at a time are sent to the device.
    settings : PropagationSettings
    cuts : collection of int
        As for `propagate.propagate`.
    device : str or torch.device
    progress : callable
        Wraps the iterable of frame pairs.

    Returns
    -------
    onward, backward : Forest
        Of tensors on the device.
    """
    links, doubts = shapes_of_links(frames, settings)
    parents = torch.empty(links, dtype=torch.int32, device=device)
    errors = torch.empty(doubts, dtype=torch.float32, device=device)
    return plant(_link_all(frames, settings, device), parents, errors, cuts, progress)


def _link_all(
    frames: NDArray[Any], settings: PropagationSettings, device: Device
) -> Iterator[Links]:
    """Yield the links of one pair of frames after the other."""
    together = max(1, PIXELS // (frames.shape[1] * frames.shape[2]))
    for start in range(0, len(frames) - 1, together):
        sent = send(frames[start : start + together + 1], device).permute(0, 3, 1, 2)
        yield from _link(sent[:-1], sent[1:], settings)


def _link(first: Tensor, second: Tensor, settings: PropagationSettings) -> Iterator[Links]:
    """Parents and errors of the pixels of each pair of (B, C, H, W) frames."""
    displacements = choose_displacements(
        first, second, radius=settings.radius, budget=settings.displacements, patch=settings.patch
    )
    matches = match_frames(first, second, displacements, patch=settings.patch)
    samples = settings.patch**2 * first.shape[1]
    squares = [match.distance.flatten(1) / samples for match in matches]
    cuts = find_cuts(first, second, squares, settings.cut_share)
    for pair, cut in enumerate(cuts):
        yield [
            (match.target[pair].flatten(), doubt_links(square[pair], cut, settings))
            for match, square in zip(matches, squares)
        ]


def find_cuts(first: Tensor, second: Tensor, squares: list[Tensor], share: float) -> list[bool]:
    """Return for each pair of frames whether there is a cut between them, as `tree.is_cut` does.

    Parameters
    ----------
    first, second : (B, C, H, W) tensor
        The frames of B pairs.
    squares : list of (B, N) tensor
        Squared differences that are left after matching, one tensor a direction.
    share : float
        Of the variance of the frames, above which there is a cut.

    Returns
    -------
    list of B bool
    """
    both = torch.cat([first, second], dim=2).flatten(2).float()  # (B, C, 2 H W)
    variance = both.var(dim=2, correction=0).mean(dim=1)
    left = torch.stack([square.mean(dim=1) for square in squares]).amax(dim=0)
    return (left > share * variance).tolist()


def choose_displacements(
    first: Tensor, second: Tensor, *, radius: int, budget: int, patch: int
) -> list[Steps]:
    """List the displacements to try for each pair, as `window.choose_displacements` does.

    Parameters
    ----------
    first, second : (B, C, H, W) tensor
    radius, budget, patch : int

    Returns
    -------
    list of B (D, 2) int arrays
    """
    if is_searched_whole(first.shape[2:], radius, budget):
        return [list_displacements(radius)] * len(first)
    small = _halve(first), _halve(second)
    tried = choose_displacements(*small, **halve_search(radius, budget), patch=patch)
    matches = match_frames(*small, tried, patch=patch)
    return [
        refine(
            steps,
            sum(
                (_count(match.number[pair], len(steps)) for match in matches),
                start=np.zeros(len(steps), np.intp),
            ),
            radius,
            budget,
        )
        for pair, steps in enumerate(tried)
    ]


def _count(numbers: Tensor, length: int) -> NDArray[np.intp]:
    return torch.bincount(numbers.flatten(), minlength=length).cpu().numpy()


def _halve(frames: Tensor) -> Tensor:
    """Means of two by two pixels, (B, C, H // 2, W // 2): bytes of bytes."""
    height, width = frames.shape[2] // 2 * 2, frames.shape[3] // 2 * 2
    bytewise = frames.dtype == torch.uint8
    even = frames[..., :height, :width].to(torch.int32 if bytewise else torch.float32)
    sums = even[..., ::2, ::2] + even[..., 1::2, ::2] + even[..., ::2, 1::2] + even[..., 1::2, 1::2]
    return ((sums + 2) // 4).to(torch.uint8) if bytewise else sums / 4


def match_frames(
    first: Tensor, second: Tensor, displacements: list[Steps], *, patch: int
) -> tuple[Match, Match]:
    """Match pairs of frames in both directions, as `matching.match_frames` does.

    Parameters
    ----------
    first, second : (B, C, H, W) tensor
    displacements : list of B (D, 2) int arrays
        The steps to try for each pair; their numbers may differ.
    patch : int

    Returns
    -------
    forward, backward : Match
        Of (B, H, W) tensors.
    """
    grid = _Grid(first.shape, patch, first.device)
    ours, theirs = grid.lay_out(first), grid.lay_out(second)
    steps = grid.collect(displacements)
    forward, backward = _Best(grid), _Best(grid)
    for number in range(steps.shape[1]):
        step = steps[:, number]
        distance = grid.compare(ours, theirs, step)
        forward.offer(distance, number)
        backward.offer(grid.displace(distance, -step), number)
    return forward.finish(steps), backward.finish(-steps)


def _plan_window_sums(
    values: Tensor, patch: int, stride: int, scratch: Sequence[Tensor]
) -> list[Addition]:
    """List the additions (one, other, total) that turn values into sums of patches.

    Parameters
    ----------
    values : (..., N) tensor
        Rows of `stride` values, one behind the other.  A sum takes the place
        of the first value in its patch.
    patch : int
    stride : int
    scratch : (tensor, tensor)
        Like `values`.
    """
    along_rows = _plan_sums(values, patch, 1, scratch)
    return along_rows + _plan_sums(values, patch, stride, scratch)


def _plan_sums(values: Tensor, length: int, step: int, scratch: Sequence[Tensor]) -> list[Addition]:
    """The additions for windows of `length` values, `step` apart.

    Windows of 1, 2, 4, ... values are built by doubling, and those that make up
    `length`, which is odd, are added one behind the other: three additions for
    five values, four for seven.
    """
    additions = []
    doubled, spare = scratch
    window = values  # an odd length begins with a window of one
    for bit in range(1, length.bit_length()):
        reach = step << bit - 1
        usable = values.shape[-1] - ((1 << bit) - 1) * step
        halves = window[..., :usable], window[..., reach : reach + usable]
        additions.append((*halves, doubled[..., :usable]))
        window, doubled, spare = doubled, spare, doubled
        if length >> bit & 1:
            done = (length & (1 << bit) - 1) * step
            usable -= done
            total = values[..., :usable]
            additions.append((total, window[..., done : done + usable], total))
    return additions


class _Grid:
    """Pairs of padded frames as flat runs, laid out as in `matching`."""

    def __init__(self, shape: torch.Size, patch: int, device: torch.device) -> None:
        pairs, _, self.height, self.width = shape
        self.patch, self.stride, self.device = patch, self.width + patch - 1, device
        self.shape = pairs, self.height * self.stride
        size = (self.height + patch - 1) * self.stride
        self._cells = torch.arange(size, device=device)
        self._squares, *scratch = torch.empty((3, pairs, size), device=device)
        self._additions = _plan_window_sums(self._squares, patch, self.stride, scratch)

    def lay_out(self, frames: Tensor) -> Tensor:
        """Planes (B, C, size) float32 of frames whose border pixels repeat."""
        edges = (self.patch // 2,) * 4
        return torch.nn.functional.pad(frames.float(), edges, mode="replicate").flatten(2)

    def collect(self, displacements: list[Steps]) -> Tensor:
        """Steps (B, D, 2) from lists that differ in length; the rest lead out of the frame."""
        longest = max(map(len, displacements))
        steps = np.full((len(displacements), longest, 2), self.height)
        for row, listed in zip(steps, displacements):
            row[: len(listed)] = listed
        return torch.tensor(steps, device=self.device)

    def compare(self, ours: Tensor, theirs: Tensor, step: Tensor) -> Tensor:
        """Distances (B, H * stride) of all patches, infinite where the partner is outside."""
        there = self._partners(step, len(self._cells))
        self._squares.zero_()
        for channel in range(ours.shape[1]):  # one by one: every pixel adds in one order
            difference = ours[:, channel] - theirs[:, channel].gather(1, there)
            self._squares += difference * difference
        for one, other, total in self._additions:
            torch.add(one, other, out=total)
        return self._keep_inside(self._squares[:, : self.shape[1]], step)

    def displace(self, distance: Tensor, step: Tensor) -> Tensor:
        """What each pixel's partner holds, infinite where the partner is outside."""
        there = self._partners(step, distance.shape[1])
        return self._keep_inside(distance.gather(1, there), step)

    def _partners(self, step: Tensor, cells: int) -> Tensor:
        shift = step[:, :1] * self.stride + step[:, 1:]
        return (self._cells[:cells] + shift).clamp_(0, cells - 1)

    def _keep_inside(self, distance: Tensor, step: Tensor) -> Tensor:
        row = torch.arange(self.height, device=self.device) + step[:, :1]  # (B, H)
        column = torch.arange(self.stride, device=self.device)
        there = column + step[:, 1:]  # (B, stride)
        rows = (row >= 0) & (row < self.height)
        columns = (column < self.width) & (there >= 0) & (there < self.width)
        outside = ~(rows[:, :, None] & columns[:, None]).flatten(1)
        return distance.masked_fill(outside, torch.inf)


class _Best:
    """The best offer so far to every pixel, and the number of who made it."""

    def __init__(self, grid: _Grid) -> None:
        self._grid = grid
        self._distance = torch.full(grid.shape, torch.inf, device=grid.device)
        self._number = torch.zeros(grid.shape, dtype=torch.int32, device=grid.device)

    def offer(self, distance: Tensor, number: int) -> None:
        """Take `number` wherever its distance is strictly smaller."""
        better = distance < self._distance
        torch.minimum(distance, self._distance, out=self._distance)
        self._number.masked_fill_(better, number)

    def finish(self, steps: Tensor) -> Match:
        """The winners of steps (B, D, 2) as a `Match`."""
        height, width = self._grid.height, self._grid.width
        number, distance = (
            each.unflatten(1, (height, -1))[..., :width].contiguous()  # type: ignore[no-untyped-call]
            for each in (self._number, self._distance)
        )
        shifts = steps[..., 0] * width + steps[..., 1]
        taken = shifts.gather(1, number.flatten(1).long()).view(number.shape)
        pixels = torch.arange(height * width, device=self._grid.device).view(height, width)
        return Match((pixels + taken).int(), distance, number)
