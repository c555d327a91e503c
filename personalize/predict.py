"""Run the network over frames (Charles et al., BMVC 2017, section 4.4, steps 1 and 7).

Frames on the canvas in, probabilities of the person and of the parts out.
"""

import numpy as np
import torch

from personalize.network.factored import inject


def to_images(frames, device):
    """Turn (B, rows, cols, 3) uint8 frames into (B, 3, rows, cols) float32 images in [0, 1]."""
    images = torch.from_numpy(np.ascontiguousarray(frames)).to(device)
    return images.permute(0, 3, 1, 2).float().div(255).contiguous()


@torch.inference_mode()
def predict_person(network, frames, *, batch=8, progress=iter):
    """Return how probable the person is in every cell of every frame.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode; its device is used.
    frames : (T, rows, cols, 3) uint8 array
        RGB, on the canvas.
    batch : int
        Frames at a time.
    progress : callable
        Wraps the sequence of batches.

    Returns
    -------
    (T, rows / 8, cols / 8) float32 array
        In [0, 1].
    """
    device = next(network.parameters()).device
    maps = [
        network.factored(network.features(to_images(frames[start : start + batch], device)))
        .softmax(dim=1)[:, 1]
        .cpu()
        .numpy()
        for start in progress(range(0, len(frames), batch))
    ]
    return np.concatenate(maps)


@torch.inference_mode()
def predict_parts(network, frames, silhouettes=None):
    """Parse a few frames.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode; its device is used.
    frames : (B, rows, cols, 3) uint8 array
        RGB, on the canvas.
    silhouettes : sequence of B (H, W) tensors or None, optional
        Known silhouettes to inject; None where there is none.

    Returns
    -------
    person : (B, h, w) float32 array
        Probability of the person; what was injected, where something was.
    parts : (B, 32, h, w) float32 array
        Probabilities of background and parts.
    """
    device = next(network.parameters()).device
    parsing = network(to_images(frames, device), silhouettes)
    person = inject(parsing.person.softmax(dim=1), silhouettes)[:, 1]
    return person.cpu().numpy(), parsing.parts.softmax(dim=1).cpu().numpy()
