"""One step of training, in any of the four settings (Charles et al., BMVC 2017, section 3.2)."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from personalize.network.factored import FactoredNetwork, Parsing
from personalize.network.registry import has_factor
from personalize.network.settings import FACTORED
from personalize.training.compose.composer import Batch
from personalize.training.freezing import AGGREGATION_ALONE, END_TO_END, prepare_setting
from personalize.training.losses import class_weights, person_cross_entropy, region_cross_entropy
from personalize.training.noise import inject_truth, noisy_images, swap_confidences
from personalize.training.settings import TrainingSettings

NOISY_IMAGE = (2, 4)
SWAPPED_SILHOUETTE = (1, 4)


SLOWEST = 0.02
"""Of the learning rate, which a cosine falls to."""


@dataclass(frozen=True, eq=False)
class Losses:
    """The losses of a step: () tensors on the device, so that the CPU does not wait for it.

    Attributes
    ----------
    parts : tensor
    person : tensor or NaN
        NaN where no X factor learns.
    """

    parts: torch.Tensor
    person: torch.Tensor | float = math.nan


def share_done(seen: int, minutes: float, settings: TrainingSettings) -> float:
    """Return how much of a training is done: of its samples or of its time, whichever is more.

    Parameters
    ----------
    seen : int
        Samples so far.
    minutes : float
        Time so far.
    settings : TrainingSettings

    Returns
    -------
    float
        In [0, 1].
    """
    of_time = minutes / settings.minutes_total if settings.minutes_total else 0.0
    return min(max(seen / settings.samples, of_time), 1.0)


def setting_of_step(step: int, done: float, settings: TrainingSettings) -> int:
    """Return the training setting of a step (Charles et al., BMVC 2017, section 3.2).

    Parameters
    ----------
    step : int
        Its number; with the seed it alone decides the draw, so that a resumed training repeats it.
    done : float
        Share of the training before it, in [0, 1].
    settings : TrainingSettings

    Returns
    -------
    int
        1 to 4, or `AGGREGATION_ALONE`. A network without an X factor has no second input to
        weigh against a noisy image, and is trained in setting 3 alone.
    """
    if settings.aggregation_alone:
        return AGGREGATION_ALONE
    if settings.network != FACTORED or done < settings.end_to_end:
        return END_TO_END
    return 1 + int(torch.randint(4, (), generator=step_generator(settings.seed, step)))


def step_generator(seed: int, step: int) -> torch.Generator:
    """Return the source of all randomness of one step, so that a resumed training repeats it."""
    return torch.Generator().manual_seed((seed << 32) + step)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed random numbers for code that takes no generator; the caller's state is restored."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def learning_rate(seen: int, done: float, settings: TrainingSettings) -> float:
    """Return the learning rate of a step: a rise, a plateau, a fall.

    Parameters
    ----------
    seen : int
        Samples before it.
    done : float
        Share of the training before it, in [0, 1].
    settings : TrainingSettings

    Returns
    -------
    float
        0 or more.
    """
    rise = min(1.0, (seen + settings.batch) / max(settings.warmup, 1))
    left = (1 - done) / settings.cooldown if settings.cooldown else 1.0
    left = max(0.0, min(1.0, left))
    if settings.fall == "cosine":
        left = SLOWEST + (1 - SLOWEST) * (1 - math.cos(math.pi * left)) / 2
    return settings.learning_rate * rise * left


def make_optimizer(network: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    """Return the optimizer of a recipe over all weights; `frozen` ones get no gradient."""
    kinds = {"rmsprop": torch.optim.RMSprop, "adamw": torch.optim.AdamW}
    return kinds[settings.optimizer](
        network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )


def believe(
    network: FactoredNetwork,
    images: Tensor,
    truth: Tensor,
    setting: int,
    settings: TrainingSettings,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor, Tensor]:
    """Run everything before the aggregation module in one setting (section 3.2 of the paper).

    The factored module always sees the clean image; with a noisy one, the
    clones of the initial and shared modules that feed the aggregation module
    see the noise.

    Parameters
    ----------
    network : FactoredNetwork
    images : (B, 3, H, W) float32 tensor
        RGB, in [0, 1].
    truth : (B, h, w) float tensor
        Share of the cell that the person covers; NaN where unknown.
    setting : int
        As of `setting_of_step`.
    settings : TrainingSettings
    generator : torch.Generator
        Source of the noise.

    Returns
    -------
    features : (B, 128, h, w) tensor
        What the aggregation module gets of the image.
    logits : (B, 2, h, w) tensor
        Of background and person.
    person : (B, 2, h, w) tensor
        The probabilities that the aggregation module gets.
    """
    with torch.set_grad_enabled(setting == END_TO_END):
        features = network.features(images)
        logits = network.factored(features)
        person = inject_truth(logits.softmax(dim=1), truth, settings.true_share, generator)
        if setting in NOISY_IMAGE:
            features = network.features(noisy_images(images, settings.noise, generator))
        if setting in SWAPPED_SILHOUETTE:
            person = swap_confidences(person, settings.swap, generator)
    return features, logits, person


def answer(
    network: nn.Module,
    images: Tensor,
    truth: Tensor,
    setting: int,
    settings: TrainingSettings,
    generator: torch.Generator,
) -> Parsing:
    """Return the output of a network for images in one noise setting.

    Parameters
    ----------
    network : torch.nn.Module
        Any of `registry.CLASSES`; one without an X factor is given the images as they are.
    images, truth, setting, settings, generator
        As for `believe`.

    Returns
    -------
    Parsing
    """
    if not has_factor(network):
        return network(images)
    features, logits, believed = believe(network, images, truth, setting, settings, generator)
    return Parsing(logits, network.aggregation(features, believed))


def train_step(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    setting: int,
    settings: TrainingSettings,
    generator: torch.Generator,
) -> Losses:
    """Change the network by one batch.

    Parameters
    ----------
    network
        Any of `registry.CLASSES`; one without an X factor has the main loss alone.
    optimizer : torch.optim.Optimizer
    batch : (images (B, 3, H, W) float32, parts (B, h, w), person (B, h, w) float32)
        Labels with 255 where unknown, and shares with NaN.
    setting : int
        As of `setting_of_step`.
    settings : TrainingSettings
    generator : torch.Generator

    Returns
    -------
    Losses
    """
    images, parts, person = batch
    prepare_setting(network, setting)
    parsing = answer(network, images, person, setting, settings, generator)
    parts_loss = region_cross_entropy(parsing.parts, parts, class_weights(settings, images.device))
    losses = [parts_loss]
    if setting == END_TO_END and parsing.person is not None:
        losses.append(person_cross_entropy(parsing.person, person))
    optimizer.zero_grad(set_to_none=True)  # a zero gradient would still decay frozen weights
    sum(losses[1:], losses[0]).backward()
    optimizer.step()
    return Losses(*(loss.detach() for loss in losses))
