import pytest
import torch

from personalize.network.factored import FactoredNetwork
from personalize.training.loop import believe
from personalize.training.noise import inject_truth, noisy_images, swap_confidences
from personalize.training.settings import TrainingSettings

SETTINGS = TrainingSettings()


def generator():
    return torch.Generator().manual_seed(0)


def test_noise_has_the_deviation_that_was_drawn():
    noise = noisy_images(torch.zeros((2, 3, 64, 64)), (60.0, 60.0), generator())
    assert noise.std().item() * 255 == pytest.approx(60, rel=0.02)
    assert noise.mean().item() == pytest.approx(0, abs=0.01)


def test_every_image_gets_its_own_deviation():
    noise = noisy_images(torch.zeros((4, 3, 64, 64)), (10.0, 120.0), generator())
    deviations = noise.std(dim=(1, 2, 3)) * 255
    assert ((deviations > 9) & (deviations < 122)).all()
    assert deviations.std() > 5


def test_swapped_cells_exchange_both_confidences():
    person = torch.tensor([0.9, 0.1]).reshape(1, 2, 1, 1).expand(1, 2, 50, 50)
    swapped = swap_confidences(person, (0.3, 0.3), generator())
    assert (swapped[:, 1] > 0.5).float().mean().item() == pytest.approx(0.3, abs=0.03)
    torch.testing.assert_close(swapped.sum(dim=1), torch.ones((1, 50, 50)))


def test_nothing_is_swapped_at_share_0():
    person = torch.rand((1, 2, 8, 8))
    assert torch.equal(swap_confidences(person, (0.0, 0.0), generator()), person)


def test_the_truth_is_told_where_it_is_known():
    person = torch.full((1, 2, 1, 3), 0.5)
    truth = torch.tensor([[[0, 0.75, torch.nan]]])
    told = inject_truth(person, truth, 1.0, generator())
    assert told[0, 1].tolist() == [[0.0, 0.75, 0.5]]
    torch.testing.assert_close(told.sum(dim=1), torch.ones((1, 1, 3)))


def test_about_the_share_of_the_images_is_told():
    told = inject_truth(torch.full((400, 2, 1, 1), 0.5), torch.ones((400, 1, 1)), 0.25, generator())
    assert (told[:, 1] == 1).float().mean().item() == pytest.approx(0.25, abs=0.06)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FactoredNetwork().eval()


@pytest.mark.parametrize(
    ("setting", "noisy", "swapped"),
    [(1, False, True), (2, True, False), (3, False, False), (4, True, True)],
)
def test_each_setting_corrupts_what_the_paper_says(network, setting, noisy, swapped):
    images = torch.rand((2, 3, 64, 64), generator=generator())
    clean = network.features(images)
    logits = network.factored(clean)
    truth = torch.zeros((2, 8, 8))
    features, told, person = believe(network, images, truth, setting, SETTINGS, generator())
    assert torch.equal(told, logits)  # the factored module always sees the clean image
    assert torch.equal(features, clean) != noisy
    assert torch.equal(person, logits.softmax(dim=1)) != swapped
