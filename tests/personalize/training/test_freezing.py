import copy

import pytest
import torch

from personalize.network.factored import FactoredNetwork
from personalize.training.freezing import (
    AGGREGATION_ALONE,
    norms,
    prepare_setting,
    reestimate_statistics,
)
from personalize.training.loop import make_optimizer, train_step
from personalize.training.settings import TrainingSettings

SETTINGS = TrainingSettings(batch=2)


@pytest.fixture
def network():
    torch.manual_seed(0)
    return FactoredNetwork()


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(3)
    images = torch.rand((2, 3, 32, 32), generator=generator)
    parts = torch.randint(0, 32, (2, 4, 4), generator=generator, dtype=torch.uint8)
    return images, parts, (parts > 0).to(torch.uint8)


def take_step(network, batch, setting):
    generator = torch.Generator().manual_seed(1)
    optimizer = make_optimizer(network, SETTINGS)
    return train_step(network, optimizer, batch, setting, SETTINGS, generator)


def changed(before, after):
    return {name for name in before if not torch.equal(before[name], after[name])}


@pytest.mark.parametrize("setting", [AGGREGATION_ALONE, 1, 2, 4])
def test_settings_but_3_leave_all_but_the_aggregation_bit_equal(network, batch, setting):
    before = copy.deepcopy(network.state_dict())
    take_step(network, batch, setting)
    names = changed(before, network.state_dict())
    assert names
    assert all(name.startswith("aggregation.") for name in names)


@pytest.mark.parametrize("setting", [AGGREGATION_ALONE, 1, 2, 4])
def test_settings_but_3_do_not_remember_statistics(network, batch, setting):
    before = copy.deepcopy(network.state_dict())
    take_step(network, batch, setting)
    names = changed(before, network.state_dict())
    assert not any(name.endswith(("running_mean", "running_var")) for name in names)


def test_setting_3_moves_every_module(network, batch):
    before = copy.deepcopy(network.state_dict())
    take_step(network, batch, 3)
    modules = {name.split(".")[0] for name in changed(before, network.state_dict())}
    assert modules == {"initial", "shared", "factored", "aggregation"}


def test_the_main_loss_reaches_the_factored_module_in_setting_3(network, batch):
    images, parts, person = batch
    unknown = torch.full_like(person, 255)
    prepare_setting(network, 3)
    before = copy.deepcopy(network.factored.state_dict())
    take_step(network, (images, parts, unknown), 3)
    assert changed(before, network.factored.state_dict())


def test_end_to_end_after_noise_everything_learns_again(network, batch):
    take_step(network, batch, 1)
    before = copy.deepcopy(network.state_dict())
    take_step(network, batch, 3)
    assert any(name.startswith("initial.") for name in changed(before, network.state_dict()))


def test_statistics_are_those_of_the_clean_images(network, batch):
    for norm in norms(network.aggregation):
        norm.running_mean.fill_(100.0)
    before = copy.deepcopy(network.state_dict())
    reestimate_statistics(network, [batch[0], batch[0]])
    names = changed(before, network.state_dict())
    assert all(name.startswith("aggregation.") for name in names)
    assert max(norm.running_mean.abs().max() for norm in norms(network.aggregation)) < 50
    assert not any(module.training for module in network.modules())
