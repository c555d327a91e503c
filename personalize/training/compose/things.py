"""Things beside, behind and before a person, which are background: boxes, poles, rings and nets.

What is behind a person, touches it, or has its colours, is none the less background (not in the
paper; what a network takes for a person are things like these).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from personalize.training.compose.cloth import draw_colours
from personalize.training.compose.dice import Dice, per_image, put
from personalize.types import Floats, Mask, Whole

BOX, ELLIPSE, POLE, RING, NET = range(5)
KINDS = {"before": (0.35, 0.35, 0.15, 0.05, 0.1), "behind": (0.25, 0.15, 0.35, 0.1, 0.15)}
"""Share of each kind among the things before a person, and behind or beside it."""
NEAR = 0.1
"""Deviation of a thing behind from a place of the person, in parts of the image's side: most touch
it."""
PLAIN = 0.4
"""Share of the things of one colour; the others show a piece of a background."""
ALIKE = 0.5
"""Share of the plain things behind that have the mean colour of the person."""
SOLID = 6
"""Pixels of breadth from which a thing before the person hides it from the labels, too."""


@dataclass(frozen=True, eq=False)
class Things:
    """One thing in each of B images; lengths in parts of the image's side.

    Attributes
    ----------
    kind : (B,) int array
    centre : (B, 2) array
        Point (x, y).
    half : (B, 2) array
        Half of its length along both of its axes.
    angle : (B,) array
        Of the first axis, in radians.
    bars : (B,) array
        Breadth of a pole, of the bars of a net or of the rim of a ring.
    plain, alike : (B,) bool arrays
        Whether it has one colour, and whether that is the person's.
    colour : (B, 3) array
    """

    kind: Whole
    centre: Floats
    half: Floats
    angle: Floats
    bars: Floats
    plain: Mask
    alike: Mask
    colour: Floats

    @classmethod
    def draw(cls, dice: Dice, where: str, near: Floats | None = None) -> Self:
        """Draw things.

        Parameters
        ----------
        dice : Dice
        where : {"before", "behind"}
        near : (B, 2) array, optional
            Points that they are near; by default they are anywhere.
        """
        kind = np.searchsorted(np.cumsum(KINDS[where])[:-1], dice.uniform(), side="right")
        half = dice.uniform(0.05, 0.225, count=2)
        angle = np.where(dice.chance(0.5), 0.1, 1) * dice.uniform(-np.pi / 2, np.pi / 2)
        bars = dice.uniform(0.006, 0.03)
        long = np.stack((bars, np.full(len(dice), 1.5)), axis=1)
        half = np.where((kind == POLE)[:, None], long, half * np.where(kind == NET, 2, 1)[:, None])
        anywhere = dice.uniform(count=2)
        centre = anywhere if near is None else near + dice.normal(0, NEAR, count=2)
        alike = dice.chance(ALIKE if where == "behind" else 0)
        return cls(kind, centre, half, angle, bars, dice.chance(PLAIN), alike, draw_colours(dice))

    def of(self, chosen: Whole) -> "Things":
        """Return the things of the samples of these numbers (n,)."""
        return Things(*(values[chosen] for values in vars(self).values()))

    def solid(self, size: int) -> Mask:
        """Whether each is broad enough to hide what is behind it from the labels."""
        breadth = np.where(self.kind == POLE, 2, 1) * self.bars
        thin = (self.kind == NET) | (breadth * size < SOLID)
        return ~thin | (self.kind == BOX) | (self.kind == ELLIPSE)


def shapes(things: Things, size: int, device: str | torch.device) -> Tensor:
    """Draw things as masks with smooth edges.

    Parameters
    ----------
    things : Things
    size : int
        Side of the images.
    device : str or torch.device

    Returns
    -------
    (B, 1, size, size) float32 tensor
        How much of each pixel they cover, in [0, 1].
    """
    place = (torch.arange(size, device=device) + 0.5) / size
    x, y = (place - put(things.centre[:, k], device)[:, None] for k in (0, 1))  # (B, size)
    cosine, sine = (put(turn(things.angle), device)[:, None, None] for turn in (np.cos, np.sin))
    along = x[:, None, :] * cosine + y[:, :, None] * sine  # (B, size, size)
    across = y[:, :, None] * cosine - x[:, None, :] * sine
    wide, high = (put(things.half[:, k], device)[:, None, None] for k in (0, 1))
    in_box = torch.minimum(wide - along.abs(), high - across.abs())
    round_ = (put(things.kind == ELLIPSE, device) | put(things.kind == RING, device))[:, None, None]
    reach = ((along / wide) ** 2 + (across / high) ** 2).sqrt()
    inside = torch.where(round_, (1 - reach) * torch.minimum(wide, high), in_box)
    bars = put(things.bars, device)[:, None, None]
    ring = put(things.kind == RING, device)[:, None, None]
    inside = torch.where(ring, torch.minimum(inside, bars - inside), inside)
    if (things.kind == NET).any():
        net = put(things.kind == NET, device)[:, None, None]
        inside = torch.where(net, torch.minimum(inside, meshes(along, across, bars)), inside)
    return (inside * size + 0.5).clamp_(0, 1)[:, None]


def meshes(along: Tensor, across: Tensor, bars: Tensor) -> Tensor:
    """Return how far places are within a line of a net.

    Parameters
    ----------
    along, across : (B, S, S) float32 tensor
        Places, from the middle of the net in its own axes.
    bars : (B, 1, 1) float32 tensor
        A tenth of the distance between two lines, in the same unit; a line is a third of it wide.

    Returns
    -------
    (B, S, S) float32 tensor
        Below 0 in a hole.
    """
    apart = 5 * bars
    near = [(axis % (2 * apart) - apart).abs() for axis in (along, across)]
    return bars / 6 - torch.minimum(*near)


def paint(things: Things, texture: Tensor, person: Tensor) -> Tensor:
    """Return what things look like, (B, 3, S, S).

    Parameters
    ----------
    things : Things
    texture : (B, 3, S, S) float32 tensor
        Of those that are not plain.
    person : (B, 3, 1, 1) float32 tensor
        The mean colour of the person.
    """
    device = texture.device
    plain, alike = (put(flag, device)[:, None, None, None] for flag in (things.plain, things.alike))
    colour = torch.where(alike, person, per_image(things.colour, device))
    shaded = colour * (0.75 + texture.mean(dim=1, keepdim=True) / 512)
    return torch.where(plain, shaded, texture).clamp_(max=255)
