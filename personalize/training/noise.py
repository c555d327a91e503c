"""The noise of the four training settings (Charles et al., BMVC 2017, section 3.2).

With noise in the image, and swapped confidences in the silhouette, the
aggregation module learns when to rely on which of its two inputs. With true
silhouettes it learns how reliable an injected silhouette is (not in the paper).
"""

import torch
from torch import Tensor


def noisy_images(
    images: Tensor, deviation: tuple[float, float], generator: torch.Generator
) -> Tensor:
    """Add Gaussian noise, its deviation drawn for each image.

    The paper draws a "variance between 10 and 120 pixel values"; a variance of
    120 would be invisible, so the range is read as one of standard deviations.

    Parameters
    ----------
    images : (B, 3, H, W) float32 tensor
        In [0, 1].
    deviation : (float, float)
        Range of the standard deviation, of 255.
    generator : torch.Generator

    Returns
    -------
    (B, 3, H, W) float32 tensor
        Not clipped.
    """
    low, high = deviation
    drawn = torch.rand((len(images), 1, 1, 1), generator=generator) * (high - low) + low
    drawn = (drawn / 255).to(images.device, non_blocking=True)
    there = generator_on(images.device, generator)
    return images + torch.randn(images.shape, generator=there, device=images.device) * drawn


def generator_on(device: torch.device, generator: torch.Generator) -> torch.Generator:
    """Return a source of randomness on a device, which a source on the CPU seeds; there it is the
    source itself.
    """
    if device.type == "cpu":
        return generator
    seed = int(torch.randint(2**62, (), generator=generator))
    return torch.Generator(device).manual_seed(seed)


def inject_truth(person: Tensor, truth: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Replace the probabilities of a share of the images by what is known of them.

    Parameters
    ----------
    person : (B, 2, h, w) tensor
        Probabilities.
    truth : (B, h, w) float tensor
        Share of the cell that the person covers; NaN where unknown: there the probabilities stay.
    share : float
        Probability that the truth of an image is injected.
    generator : torch.Generator

    Returns
    -------
    (B, 2, h, w) tensor
    """
    given = torch.rand((len(person), 1, 1), generator=generator) < share
    given = given.to(person.device, non_blocking=True) & ~truth.isnan()
    return torch.where(given[:, None], torch.stack((1 - truth, truth), dim=1).to(person), person)


def swap_confidences(
    person: Tensor, share: tuple[float, float], generator: torch.Generator
) -> Tensor:
    """Exchange background and person in a random share of the cells of each map.

    Parameters
    ----------
    person : (B, 2, h, w) tensor
        Probabilities.
    share : (float, float)
        Range of the share, drawn for each map (the paper gives none).
    generator : torch.Generator

    Returns
    -------
    (B, 2, h, w) tensor
    """
    low, high = share
    drawn = torch.rand((len(person), 1, 1, 1), generator=generator) * (high - low) + low
    swapped = torch.rand((len(person), 1, *person.shape[2:]), generator=generator) < drawn
    return torch.where(swapped.to(person.device, non_blocking=True), person.flip(1), person)
