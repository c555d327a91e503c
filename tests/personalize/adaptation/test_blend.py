import copy

import pytest
import torch

from personalize.adaptation.blend import average, blend
from personalize.network.factored import FactoredNetwork


@pytest.fixture
def networks():
    torch.manual_seed(0)
    network = FactoredNetwork().eval()
    taught = copy.deepcopy(network)
    with torch.no_grad():
        for tensor in taught.factored.parameters():
            tensor.add_(1.0)
    return network, taught


def test_weights_are_as_far_along_as_asked_for(networks):
    network, taught = networks
    before = copy.deepcopy(network.state_dict())
    between = blend(network, taught, 0.25)
    for name, tensor in between.named_parameters():
        moved = 0.25 if name.startswith("factored.") else 0.0
        torch.testing.assert_close(tensor, before[name] + moved)


def test_what_learning_left_alone_and_both_networks_stay_bit_equal(networks):
    network, taught = networks
    before, after = (copy.deepcopy(each.state_dict()) for each in networks)
    between = blend(network, taught, 0.3).state_dict()
    assert all(
        torch.equal(between[name], before[name]) for name in before if "factored" not in name
    )
    assert all(torch.equal(before[name], network.state_dict()[name]) for name in before)
    assert all(torch.equal(after[name], taught.state_dict()[name]) for name in after)


@pytest.mark.parametrize("share, which", [(0.0, 0), (1.0, 1)])
def test_the_ends_of_the_way_are_the_two_networks(networks, share, which):
    between, end = blend(*networks, share).state_dict(), networks[which].state_dict()
    for name in end:
        torch.testing.assert_close(between[name], end[name])


def test_a_network_that_is_there_twice_counts_twice(networks):
    network, taught = networks
    before = copy.deepcopy(network.state_dict())
    mean = average([network, network, network, taught])
    for name, tensor in mean.named_parameters():
        moved = 0.25 if name.startswith("factored.") else 0.0
        torch.testing.assert_close(tensor, before[name] + moved)
    assert all(torch.equal(before[name], network.state_dict()[name]) for name in before)
