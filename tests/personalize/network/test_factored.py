import pytest
import torch

from personalize.network.baseline import BaselineNetwork
from personalize.network.blocks import Bottleneck
from personalize.network.factored import FactoredNetwork
from personalize.network.injection import silhouette_probabilities


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FactoredNetwork().eval()


@pytest.fixture(scope="module")
def images():
    return torch.rand((2, 3, 48, 64), generator=torch.Generator().manual_seed(1))


def count(module):
    return sum(weights.numel() for weights in module.parameters())


def test_the_network_has_the_size_of_the_paper(network):
    assert count(network) == 505_742
    assert count(network.factored) == 146_434
    assert count(BaselineNetwork()) == 488_460


def test_an_image_of_512_gives_maps_of_64(network):
    parsing = network(torch.zeros((1, 3, 512, 512)))
    assert parsing.person.shape == (1, 2, 64, 64)
    assert parsing.parts.shape == (1, 32, 64, 64)


def test_any_size_and_batch_is_parsed(network):
    for batch, height, width in [(1, 8, 8), (3, 40, 72)]:
        parsing = network(torch.zeros((batch, 3, height, width)))
        assert parsing.parts.shape == (batch, 32, height // 8, width // 8)


def test_an_image_is_parsed_alike_alone_and_in_a_batch(network, images):
    alone = network(images[:1]).parts
    torch.testing.assert_close(network(images).parts[:1], alone, atol=1e-5, rtol=1e-4)


def test_the_baseline_parses_without_a_person():
    parsing = BaselineNetwork().eval()(torch.zeros((1, 3, 32, 32)))
    assert parsing.person is None
    assert parsing.parts.shape == (1, 32, 4, 4)


def test_injection_changes_parts_and_nothing_before_the_aggregation(network, images):
    plain = network(images)
    injected = network(images, torch.ones((2, 100, 30), dtype=torch.bool))
    assert torch.equal(injected.person, plain.person)
    assert not torch.allclose(injected.parts, plain.parts)


def test_injecting_what_the_network_believes_changes_nothing(network, images):
    plain = network(images)
    believed = plain.person.softmax(dim=1)[:, 1]
    torch.testing.assert_close(network(images, believed).parts, plain.parts, atol=1e-5, rtol=1e-4)


def test_only_the_images_with_a_silhouette_change(network, images):
    plain = network(images)
    injected = network(images, [None, torch.zeros((48, 64))])
    assert torch.equal(injected.parts[0], plain.parts[0])
    assert not torch.allclose(injected.parts[1], plain.parts[1])


def test_a_silhouette_becomes_the_mean_of_each_cell():
    silhouette = torch.zeros((1, 4, 4), dtype=torch.bool)
    silhouette[0, :2, :2] = True
    silhouette[0, 2, 2] = True
    person = silhouette_probabilities(silhouette, (2, 2))
    torch.testing.assert_close(person[0, 1], torch.tensor([[1.0, 0.0], [0.0, 0.25]]))
    torch.testing.assert_close(person.sum(dim=1), torch.ones((1, 2, 2)))


def test_a_silhouette_that_is_no_probability_is_refused():
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        silhouette_probabilities(torch.full((1, 4, 4), 255.0), (2, 2))


def test_too_few_silhouettes_are_refused(network, images):
    with pytest.raises(ValueError, match="1 silhouettes for 2 images"):
        network(images, torch.zeros((1, 8, 8)))


def test_frozen_statistics_answer_and_teach_like_layers_of_their_own():
    torch.manual_seed(0)
    block = Bottleneck(16, 16, "asymmetric", dropout=0.1)
    for module in block.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
    block.eval()
    features = torch.randn(2, 16, 9, 7)
    folded, plain = block(features), block.act(block.branch(features) + features)
    assert torch.allclose(folded, plain, atol=1e-5)
    taught = [
        torch.autograd.grad(maps.square().sum(), block.parameters()) for maps in (folded, plain)
    ]
    for one, other in zip(*taught, strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=1e-3)
