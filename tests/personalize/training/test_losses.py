import math

import pytest
import torch

from personalize.settings import TrainingSettings
from personalize.training.losses import class_weights, cross_entropy


def test_unknown_cells_do_not_count():
    logits = torch.tensor([[2.0, 9.0], [0.0, -9.0]]).reshape(1, 2, 1, 2)
    loss = cross_entropy(logits, torch.tensor([[[0, 255]]], dtype=torch.uint8))
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-2)))


def test_nothing_known_is_no_loss():
    logits = torch.randn((1, 2, 2, 2), requires_grad=True)
    loss = cross_entropy(logits, torch.full((1, 2, 2), 255))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


def test_a_weighted_mean_is_divided_by_its_weights():
    logits = torch.tensor([[0.0, 0.0], [0.0, 2.0]]).reshape(1, 2, 1, 2)
    weights = torch.tensor([1.0, 3.0])
    loss = cross_entropy(logits, torch.tensor([[[0, 1]]]), weights)
    expected = (math.log(2) + 3 * math.log(1 + math.exp(-2))) / 4
    assert loss.item() == pytest.approx(expected)


def test_weights_favour_what_joints_are_read_off():
    settings = TrainingSettings(background_weight=0.25, joint_weight=2.0, wrist_weight=5.0)
    weights = class_weights(settings)
    assert weights[0] == 0.25
    assert [part for part in range(32) if weights[part] == 2] == [1, 4, 6, 14, 17, 19]
    assert [part for part in range(32) if weights[part] == 5] == [2, 15]
    assert weights[20] == 1
