"""Go only a part of the way from one network to another (Wortsman et al., CVPR 2022; not in the paper).

What was learned from a single video is right in its direction and too far along it:
the mean of the weights before and after knows the person nearly as well, errs less
where the labels were wrong, and has forgotten less of everybody else.
"""

import copy

import torch


@torch.no_grad()
def blend(network, taught, share):
    """Return the network whose weights are between those of two others.

    Parameters
    ----------
    network, taught : FactoredNetwork
        The one that learning began with, and what came of it; left unchanged.
    share : float
        Of the way from the first to the second, in [0, 1].

    Returns
    -------
    FactoredNetwork
        In evaluation mode; a tensor that learning left alone is bit-equal.
    """
    between = copy.deepcopy(taught).eval()
    before = network.state_dict()
    for name, value in between.state_dict().items():
        if value.is_floating_point() and not torch.equal(value, before[name]):
            value.copy_(before[name].lerp(value, share))
    return between
