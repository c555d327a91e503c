import numpy as np
import pytest
import torch

from personalize.experiments.predictions import (
    constrain,
    enlarge,
    part_probabilities,
    predict_with,
    ways_of,
)
from personalize.network.baseline import BaselineNetwork
from personalize.network.factored import FactoredNetwork


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)


@pytest.fixture(params=[FactoredNetwork, BaselineNetwork])
def network(request):
    torch.manual_seed(0)
    return request.param().eval()


def test_probabilities_are_enlarged_before_they_compete():
    probabilities = np.zeros((1, 32, 2, 2), np.float32)
    probabilities[0, 3, :, 0] = 1
    probabilities[0, 5, :, 1] = 1
    assert enlarge(probabilities, (4, 4)).argmax(axis=1).tolist() == [[[3, 3, 5, 5]] * 4]


def test_the_winner_is_chosen_between_the_cells_too():
    probabilities = torch.tensor([[[[0.9, 0.4]], [[0.1, 0.6]]]])
    assert enlarge(probabilities, (1, 4)).argmax(axis=1).tolist() == [[[0, 0, 0, 1]]]


def test_probabilities_of_any_network_sum_to_one(network, image):
    probabilities = part_probabilities(network, image, 32, (8, 8))
    assert probabilities.shape == (32, 8, 8)
    np.testing.assert_allclose(probabilities.sum(axis=0), 1, rtol=1e-5)


def test_held_to_a_silhouette_parts_fill_it_and_nothing_else():
    probabilities = np.zeros((32, 1, 4), np.float32)
    probabilities[0] = (0.8, 0.8, 0.1, 0.1)
    probabilities[7] = (0.2, 0.1, 0.9, 0.3)
    probabilities[9] = (0.0, 0.1, 0.0, 0.6)
    silhouette = np.array([[True, False, False, True]])
    assert constrain(probabilities, silhouette).tolist() == [[7, 0, 0, 9]]


def test_the_own_answer_is_what_the_network_says_alone(network, image):
    silhouette = np.zeros((8, 8), bool)
    silhouette[2:6, 2:6] = True
    own = predict_with(network, image, silhouette, 32)["own"]
    alone = part_probabilities(network, image, 32, (8, 8)).argmax(axis=0)
    np.testing.assert_array_equal(own, alone)


def test_a_factored_network_gets_the_silhouette_injected(image):
    torch.manual_seed(0)
    network = FactoredNetwork().eval()
    everything = np.ones((8, 8), bool)
    told = predict_with(network, image, everything, 64)["injected"]
    images = torch.from_numpy(image).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        injected = network(images, torch.ones((1, 8, 8))).parts.argmax(dim=1)[0]
    np.testing.assert_array_equal(told, injected.numpy())


def test_only_a_network_with_an_x_factor_can_be_told(network, image):
    answers = predict_with(network, image, np.ones((8, 8), bool), 32)
    assert tuple(answers) == ways_of(network)
    assert ("both" in answers) == isinstance(network, FactoredNetwork)
    for way in {"held", "both"} & set(answers):
        assert answers[way].min() > 0
