"""The two passes against enumeration of every labelling."""

from itertools import product

import numpy as np
import pytest

from propagation.beliefs import settle_log_labels, settle_log_odds


def enumerate_marginals(parents, errors, logs):
    """Marginals (T, N, K) by summing over all labellings of all nodes."""
    layers, nodes, labels = logs.shape
    # one row for each labelling: z (L, T, N)
    z = np.array(list(product(range(labels), repeat=layers * nodes)))
    z = z.reshape(-1, layers, nodes)
    weight = np.ones(len(z))
    for t, i in np.ndindex(layers, nodes):
        weight *= np.exp(logs[t, i, z[:, t, i]].astype(float))
        if t + 1 < layers:
            same = z[:, t, i] == z[:, t + 1, parents[t, i]]
            weight *= np.where(same, 1 - errors[t, i], errors[t, i] / (labels - 1))
    shares = [weight @ (z.reshape(len(z), -1) == label) for label in range(labels)]
    return np.stack(shares, axis=-1).reshape(logs.shape) / weight.sum()


def random_forest(generator, layers, nodes, labels):
    parents = generator.integers(nodes, size=(layers - 1, nodes))
    errors = generator.uniform(0.001, 1 - 1 / labels, (layers - 1, nodes))
    logs = generator.normal(scale=2, size=(layers, nodes, labels))
    return parents, errors.astype(np.float32), logs.astype(np.float32)


@pytest.mark.parametrize("seed", range(8))
def test_binary_beliefs_equal_enumeration(seed):
    parents, errors, logs = random_forest(np.random.default_rng(seed), 4, 3, 2)
    log_odds = logs[..., 1] - logs[..., 0]
    settle_log_odds(parents, errors, log_odds)
    expected = enumerate_marginals(parents, errors, logs)
    np.testing.assert_allclose(log_odds, np.log(expected[..., 1] / expected[..., 0]), atol=1e-5)


@pytest.mark.parametrize("labels, layers, nodes", [(3, 3, 3), (4, 3, 2), (5, 2, 2)])
def test_beliefs_of_many_labels_equal_enumeration(labels, layers, nodes):
    parents, errors, logs = random_forest(np.random.default_rng(labels), layers, nodes, labels)
    expected = enumerate_marginals(parents, errors, logs)
    settle_log_labels(parents, errors, logs)
    np.testing.assert_allclose(np.exp(logs), expected, atol=1e-6)


def test_two_labels_as_many_equal_the_binary_ones():
    parents, errors, logs = random_forest(np.random.default_rng(0), 20, 50, 2)
    log_odds = logs[..., 1] - logs[..., 0]
    settle_log_odds(parents, errors, log_odds)
    settle_log_labels(parents, errors, logs)
    np.testing.assert_allclose(logs[..., 1] - logs[..., 0], log_odds, atol=1e-4)


def test_one_error_for_a_layer_is_that_error_for_each_of_its_nodes():
    parents, _, logs = random_forest(np.random.default_rng(1), 5, 6, 2)
    each, whole = logs[..., 1].copy(), logs[..., 1].copy()
    settle_log_odds(parents, np.full((4, 6), 0.1, np.float32), each)
    settle_log_odds(parents, np.full((4, 1), 0.1, np.float32), whole)
    np.testing.assert_array_equal(each, whole)


def test_an_error_of_one_half_passes_nothing():
    log_odds = np.array([[5.0], [0.0], [-3.0]], np.float32)
    parents, errors = np.zeros((2, 1), int), np.array([[0.5], [0.1]], np.float32)
    settle_log_odds(parents, errors, log_odds)
    assert log_odds[0] == 5
    assert log_odds[1] < 0


def test_huge_evidence_neither_overflows_nor_passes_more_than_the_link_allows():
    log_odds = np.array([[1e6], [0.0]], np.float32)
    settle_log_odds(np.zeros((1, 1), int), np.full((1, 1), 0.01, np.float32), log_odds)
    np.testing.assert_allclose(log_odds[1], np.log(99), rtol=1e-5)
