import pytest
import torch

from personalize.network.enet import ENet
from personalize.network.factored import FactoredNetwork
from personalize.network.fcn import FCN
from personalize.network.registry import CLASSES, has_factor, make_network, name_of
from personalize.network.settings import NETWORKS


def count(module):
    return sum(weights.numel() for weights in module.parameters())


@pytest.fixture(scope="module")
def enet():
    torch.manual_seed(0)
    return ENet().eval()


@pytest.fixture(scope="module")
def fcn():
    torch.manual_seed(0)
    return FCN().eval()


def test_every_name_of_the_settings_makes_its_network():
    assert tuple(CLASSES) == NETWORKS
    assert name_of(make_network("enet")) == "enet"
    assert name_of(make_network("factored")) == "factored"


def test_only_the_factored_network_has_an_x_factor(enet):
    assert has_factor(FactoredNetwork())
    assert not has_factor(make_network("baseline"))
    assert not has_factor(enet)


def test_enet_has_the_size_of_its_paper(enet):
    assert count(enet) == 365_156
    assert count(enet.decoder) == 27_000


def test_fcn_has_the_size_of_vgg_16(fcn):
    assert count(fcn.blocks) == 14_714_688
    assert count(fcn.classifier) == 119_545_856
    assert count(fcn) == 134_449_056


@pytest.mark.parametrize("network", ["enet", "fcn"])
def test_any_size_of_whole_cells_is_parsed_into_cells(network, request):
    network = request.getfixturevalue(network)
    for batch, height, width in [(1, 8, 8), (2, 40, 72)]:
        parsing = network(torch.zeros((batch, 3, height, width)))
        assert parsing.person is None
        assert parsing.parts.shape == (batch, 32, height // 8, width // 8)


def test_a_cell_of_enet_is_the_mean_of_its_pixels(enet):
    images = torch.rand((1, 3, 16, 24), generator=torch.Generator().manual_seed(1))
    pixels, cells = enet.pixels(images), enet(images).parts
    assert pixels.shape == (1, 32, 16, 24)
    torch.testing.assert_close(cells[0, :, 1, 2], pixels[0, :, 8:, 16:].mean(dim=(1, 2)))


def test_enet_brings_maxima_back_to_where_they_were(enet):
    features = torch.ones((1, 128, 1, 1))
    places = torch.full((1, 64, 1, 1), 3)  # the bottom right of each 2 x 2
    block = enet.decoder.to_quarter
    upsampled = torch.relu(block.branch(features))
    skip = block.skip(features)[0, :, 0, 0]
    answer = block(features, places)[0]
    branch = block.branch(features)[0]
    torch.testing.assert_close(answer[:, 0, 0], upsampled[0, :, 0, 0])
    torch.testing.assert_close(answer[:, 1, 1], torch.relu(branch[:, 1, 1] + skip))


def test_fcn_starts_without_an_opinion(fcn):
    assert (fcn(torch.rand((1, 3, 32, 32))).parts == 0).all()


def test_fcn_starts_with_bilinear_doubling(fcn):
    maps = torch.arange(3.0).expand(1, 32, 3, 3)
    doubled = fcn.doublings[0](maps)[0, 7, 3]
    torch.testing.assert_close(doubled[1:5], torch.tensor([0.25, 0.75, 1.25, 1.75]))


def test_scores_of_all_three_poolings_reach_the_answer(fcn):
    images = torch.rand((1, 3, 32, 32), generator=torch.Generator().manual_seed(2))
    for score in fcn.scores:
        with torch.no_grad():
            score.bias[5] += 1
        assert fcn(images).parts[0, 5].min() > 0
        with torch.no_grad():
            score.bias[5] -= 1
