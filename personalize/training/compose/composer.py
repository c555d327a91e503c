"""Training samples by number, composed in batches on the training's device.

The person of a picture, alone or with the whole picture, is put in front of a background. The light
of both is changed; the person's garments are dyed, the person casts a shadow, and is put in front
of and behind things; then the image loses detail, as in a camera. Everything random is drawn on the
CPU, from the seed and the number of the sample alone (`dice`). So on a CPU a sample is the same to
the last bit in any batch; on a GPU batches of the same samples are.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from personalize.training.compose import cloth, lens, light, shade, things
from personalize.training.compose.backdrops import Backdrops, Crops
from personalize.training.compose.cells import part_cells, person_cells
from personalize.training.compose.dice import Dice, numbers_of, put
from personalize.training.compose.sources import Shown, Source, draw_shown, of_each
from personalize.training.compose.warp import warp
from personalize.training.settings import TrainingSettings
from personalize.types import Floats, Mask, Whole

GREY = 128
"""Grey of the background where no backgrounds are given: the network's zero."""
PATTERN = 128
"""Pixels of the side of a pattern."""
GARMENTS = 3
"""Of a person that may be dyed, at most."""
TOGETHER = {"cpu": 1}
"""Samples that are composed at once, where it matters: those of a CPU fit its cache one by one."""


Batch: TypeAlias = tuple[Tensor, Tensor, Tensor]
"""Images (B, 3, S, S), uint8 as they are composed and float32 in [0, 1] as they are learned from;
parts (B, s, s) uint8, 255 where unknown; person (B, s, s) float32, the share of the cell that the
person covers, NaN where unknown.
"""


@dataclass(frozen=True, eq=False)
class Plan:
    """All that is drawn at random for B samples; flags and arrays are (B,)."""

    shown: Shown
    lights: tuple[
        light.Light, light.Light, light.Light
    ]  # of what is behind, of the person, and of the whole image
    way: Floats  # to the light of what is behind; 0 where they are not blended
    dyes: list[cloth.Dye]
    shadowed: Mask
    shadow: shade.Shadow
    beside: Mask
    clutter: things.Things
    hidden: Mask
    occluder: things.Things
    loss: lens.Loss
    crops: dict[str | int, Crops]  # what they are for -> backdrops.Crops


@contextmanager
def one_thread() -> Iterator[None]:
    """Use one thread of the CPU: single samples are too small for more, and sums then depend on no
    number of them.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class Composer:
    """Training samples by number.

    Parameters
    ----------
    sources : sequence of Source
    backdrops : Backdrops or None
        None for grey behind everything; then nothing is cut out, dyed or hidden.
    settings : TrainingSettings
    device : str or torch.device
    """

    def __init__(
        self,
        sources: Sequence[Source],
        backdrops: Backdrops | None,
        settings: TrainingSettings,
        device: str | torch.device = "cpu",
    ) -> None:
        self.sources, self.backdrops, self.settings = sources, backdrops, settings
        self.device = torch.device(device)
        self.together = TOGETHER.get(self.device.type)

    def __len__(self) -> int:
        return self.settings.samples

    def fill(self) -> None:
        """Read all pictures into memory, as far as there is room."""
        banks = [source.bank for source in self.sources]
        for bank in [*banks, self.backdrops.bank] if self.backdrops else banks:
            bank.fill()

    @torch.no_grad()
    def compose(self, numbers: Sequence[int]) -> Batch:
        """Compose the samples of some numbers.

        Parameters
        ----------
        numbers : sequence of B int

        Returns
        -------
        images : (B, 3, S, S) uint8 tensor
            On the device, as all of them.
        parts : (B, s, s) uint8 tensor
            Labels of parts, or of regions that leave them open; 255 where unknown.
        person : (B, s, s) float32 tensor
            Share of the cell that the person covers; NaN where unknown.
        """
        step = self.together or len(numbers)
        with one_thread():
            some = [self._compose(numbers[k : k + step]) for k in range(0, len(numbers), step)]
        images, labels, person = (torch.cat(values) for values in zip(*some))
        return images, labels, person

    def _compose(self, numbers: Sequence[int]) -> Batch:
        plan = self.draw(Dice(self.settings.seed, numbers))
        shown, size = plan.shown, self.settings.size
        layers, labels = warp(shown.pictures, shown.maps, size, self.device, ~shown.alone)
        person, opaque = layers[:, :3], layers[:, 3:] / 255
        person = light.relight(person, plan.lights[1], opaque)
        behind = self.behind(plan, size)
        person = self.dressed(plan, person, opaque, labels, behind)
        behind = self.surrounded(plan, person, opaque, behind)
        images = torch.lerp(behind, person, opaque)
        images, labels = self.hidden(plan, images, labels)
        images = lens.degrade(light.relight(images, plan.lights[2]), plan.loss)
        known = of_each(shown.source, [source.known for source in self.sources])
        wrists = self.settings.wrist_weight > 1
        return (
            images.round_().byte(),
            part_cells(labels, shown.mirrored, wrists=wrists),
            person_cells(labels, known),
        )

    def draw(self, dice: Dice) -> Plan:
        """Draw the `Plan` of samples."""
        settings, size = self.settings.augment, self.settings.size
        shown = draw_shown(dice, self.sources, size)
        strengths = settings.photometric * np.array([1, 1, 0.5])
        behind, person, whole = (light.Light.draw(dice, strength) for strength in strengths)
        lights = (behind, person, whole)
        way = np.where(dice.chance(settings.blend_in), dice.uniform(), 0) * shown.alone
        crops: dict[str | int, Crops] = {}
        if self.backdrops:
            uses = ("behind", "beside", "before", *range(GARMENTS))
            crops = {use: self.backdrops.draw(dice) for use in uses}
        worn = self.worn(shown.source)
        dyes = [cloth.Dye.draw(dice, worn[:, k], settings.dye) for k in range(GARMENTS)]
        shadowed, shadow = dice.chance(settings.shadow) & shown.alone, shade.Shadow.draw(dice)
        beside = dice.chance(settings.clutter) & shown.alone
        clutter = things.Things.draw(dice, "behind", shown.near)
        occluders = of_each(shown.source, [source.vary.occluder for source in self.sources])
        hidden, occluder = dice.chance(occluders), things.Things.draw(dice, "before")
        loss = lens.Loss.draw(dice, settings.photometric, size)
        return Plan(
            shown,
            lights,
            way,
            dyes,
            shadowed,
            shadow,
            beside,
            clutter,
            hidden,
            occluder,
            loss,
            crops,
        )

    def worn(self, which: Whole) -> Whole:
        """Return the garments that the persons of sources (B,) may wear: (B, 3, 2) int, -1 for
        none.
        """
        table = np.full((len(self.sources), GARMENTS, 2), -1)
        for row, source in zip(table, self.sources):
            row[: len(source.garments)] = np.reshape(source.garments, (-1, 2))
        return table[which]

    def behind(self, plan: Plan, size: int) -> Tensor:
        """Return what is behind the persons, (B, 3, S, S)."""
        count = len(plan.shown.pictures)
        if self.backdrops is None:
            return torch.full((count, 3, size, size), float(GREY), device=self.device)
        behind = self.backdrops.show(plan.crops["behind"], np.arange(count), size)
        return light.relight(behind, plan.lights[0])

    def dressed(
        self, plan: Plan, person: Tensor, opaque: Tensor, labels: Tensor, behind: Tensor
    ) -> Tensor:
        """Light some persons like what is behind them, and dye some of their garments.

        Parameters
        ----------
        plan : Plan
        person : (B, 3, S, S) float32 tensor
            In [0, 255]; changed in place.
        opaque : (B, 1, S, S) float32 tensor
            How much of each pixel the person covers, in [0, 1].
        labels : (B, S, S) uint8 tensor
        behind : (B, 3, S, S) float32 tensor
            What will be behind, in [0, 255].

        Returns
        -------
        (B, 3, S, S) float32 tensor
            The persons.
        """
        numbers = numbers_of(plan.way > 0, self.device)
        if numbers is not None:
            way = plan.way[plan.way > 0]
            person[numbers] = light.blend_in(person[numbers], opaque[numbers], behind[numbers], way)
        if self.backdrops is None:
            return person
        for k, dyes in enumerate(plan.dyes):
            some = np.flatnonzero(dyes.garment >= 0)
            if len(some):
                numbers = numbers_of(dyes.garment >= 0, self.device)
                patterns = self.backdrops.show(plan.crops[k], some, PATTERN)
                person[numbers] = cloth.dye(
                    person[numbers], labels[numbers], behind[numbers], patterns, dyes.of(some)
                )
        return person

    def surrounded(self, plan: Plan, person: Tensor, opaque: Tensor, behind: Tensor) -> Tensor:
        """Put things behind and beside some persons, and let some cast a shadow.

        Parameters
        ----------
        plan : Plan
        person, opaque
            As for `dressed`.
        behind : (B, 3, S, S) float32 tensor
            In [0, 255]; changed in place.

        Returns
        -------
        (B, 3, S, S) float32 tensor
            What is behind.
        """
        some = np.flatnonzero(plan.beside)
        if self.backdrops and len(some):
            numbers, clutter = numbers_of(plan.beside, self.device), plan.clutter.of(some)
            mean = light.shown_colour(person[numbers], opaque[numbers])
            texture = self.backdrops.show(plan.crops["beside"], some, self.settings.size)
            look = things.paint(clutter, texture, mean)
            cover = things.shapes(clutter, self.settings.size, self.device)
            behind[numbers] = torch.lerp(behind[numbers], look, cover)
        numbers = numbers_of(plan.shadowed, self.device)
        if numbers is not None:
            shadow = shade.Shadow(*(v[plan.shadowed] for v in vars(plan.shadow).values()))
            behind[numbers] = shade.cast(behind[numbers], opaque[numbers], shadow)
        return behind

    def hidden(self, plan: Plan, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Put things before some persons; what they hide is background, unless they are thin.

        Parameters
        ----------
        plan : Plan
        images : (B, 3, S, S) float32 tensor
            In [0, 255]; changed in place.
        labels : (B, S, S) uint8 tensor
            Changed in place.

        Returns
        -------
        images, labels : tensors
            The same ones.
        """
        some = np.flatnonzero(plan.hidden)
        if self.backdrops and len(some):
            size = self.settings.size
            numbers, occluder = numbers_of(plan.hidden, self.device), plan.occluder.of(some)
            texture = self.backdrops.show(plan.crops["before"], some, size)
            look = things.paint(occluder, texture, torch.zeros_like(texture[..., :1, :1]))
            cover = things.shapes(occluder, size, self.device)
            images[numbers] = torch.lerp(images[numbers], look, cover)
            solid = put(occluder.solid(size), self.device)[:, None, None]
            labels[numbers] = labels[numbers].masked_fill((cover[:, 0] >= 0.5) & solid, 0)
        return images, labels
