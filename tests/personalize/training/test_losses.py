import math

import pytest
import torch

from personalize import parts
from personalize.training.losses import class_weights, person_cross_entropy, region_cross_entropy
from personalize.training.settings import TrainingSettings

EQUAL = torch.ones(32 + len(parts.REGIONS))


def test_unknown_cells_do_not_count():
    logits = torch.tensor([[2.0, 9.0], [0.0, -9.0]]).reshape(1, 2, 1, 2)
    loss = person_cross_entropy(logits, torch.tensor([[[0, math.nan]]]))
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-2)))


def test_nothing_known_is_no_loss():
    logits = torch.randn((1, 2, 2, 2), requires_grad=True)
    loss = person_cross_entropy(logits, torch.full((1, 2, 2), math.nan))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


def test_what_is_learned_of_a_cell_is_how_much_of_it_is_the_persons():
    logits = torch.zeros((1, 2, 1, 1), requires_grad=True)
    steps = torch.optim.SGD([logits], lr=2.0)
    for _ in range(200):
        steps.zero_grad()
        person_cross_entropy(logits, torch.full((1, 1, 1), 0.3)).backward()
        steps.step()
    assert logits.softmax(dim=1)[0, 1, 0, 0].item() == pytest.approx(0.3, abs=1e-3)


def test_a_weighted_mean_is_divided_by_its_weights():
    logits = torch.zeros((1, 32, 1, 2))
    logits[0, 1, 0, 1] = 100.0  # the second cell is right
    weights = EQUAL.clone()
    weights[1] = 3.0
    loss = region_cross_entropy(logits, torch.tensor([[[0, 1]]]), weights)
    assert loss.item() == pytest.approx(math.log(32) / 4)


def test_any_part_of_a_region_is_right():
    logits = torch.zeros((1, 32, 1, 1), requires_grad=True)
    head = parts.REGION_LABELS["head"]
    loss = region_cross_entropy(logits, torch.tensor([[[head]]], dtype=torch.uint8), EQUAL)
    assert loss.item() == pytest.approx(math.log(32 / 4))
    loss.backward()
    pulled = [part for part in range(32) if logits.grad[0, part, 0, 0] < 0]
    assert pulled == [27, 28, 29, 30]


def test_cells_that_nothing_is_known_of_teach_no_part():
    logits = torch.randn((1, 32, 2, 2), requires_grad=True)
    loss = region_cross_entropy(logits, torch.full((1, 2, 2), 255, dtype=torch.uint8), EQUAL)
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


def test_weights_favour_what_joints_are_read_off():
    settings = TrainingSettings(
        background_weight=0.25, joint_weight=2.0, wrist_weight=5.0, region_weight=0.5
    )
    weights = class_weights(settings)
    assert weights[0] == 0.25
    assert [part for part in range(32) if weights[part] == 2] == [1, 4, 6, 14, 17, 19]
    assert [part for part in range(32) if weights[part] == 5] == [2, 15]
    assert weights[20] == 1
    assert (weights[32:] == 0.5).all()
