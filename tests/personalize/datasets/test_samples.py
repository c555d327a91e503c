import numpy as np
import pytest

from personalize import parts
from personalize.datasets.samples import (
    RenderedPeople,
    TrainingSamples,
    part_cells,
    photograph_sample,
    rendered_sample,
)
from personalize.datasets.settings import AugmentSettings
from personalize.errors import DatasetError
from personalize.training.settings import TrainingSettings

SHOES = parts.REGION_LABELS["shoes"]
STILL = AugmentSettings(rotation=0, shift=0, scale=(1, 1))


@pytest.fixture
def people(rendered_set):
    return RenderedPeople(rendered_set)


def test_a_person_stands_before_a_background_with_the_parts_of_its_side(people):
    for number in range(6):  # mirrored or not
        sample = rendered_sample(people, 3, 64, STILL, np.random.default_rng(number))
        assert sample.image[32, 32].min() > 150
        assert sample.image[2, 2].max() < 60
        assert sample.parts[4, 2] == 7
        assert sample.parts[4, 5] == 20
        np.testing.assert_array_equal(sample.person, sample.parts > 0)
        assert sample.person.dtype == np.float32


def test_a_photograph_teaches_the_person_and_the_regions():
    photograph = np.full((64, 64, 3), 90, np.uint8)
    regions = np.zeros((64, 64), np.uint8)
    regions[:, 16:32], regions[:, 32:48] = SHOES, 255
    background = np.full((64, 64, 3), 10, np.uint8)
    random = np.random.default_rng(3)
    sample = photograph_sample(photograph, regions, background, STILL, random)
    assert set(np.unique(sample.parts)) == {0, SHOES, 255}
    assert ((sample.parts == SHOES) == (sample.person == 1)).all()
    assert ((sample.parts == 255) == np.isnan(sample.person)).all()
    assert (sample.person == 1).sum() == 16


def settings(**changes):
    return TrainingSettings(size=64, samples=40, augment=AugmentSettings(photometric=1), **changes)


def test_a_sample_depends_on_its_number_alone(people):
    one = TrainingSamples(people, range(8), [], settings())
    other = TrainingSamples(people, range(8), [], settings())
    for number in (5, 0, 39):
        for a, b in zip(one[number], other[number]):
            np.testing.assert_array_equal(a, b)
    assert not np.array_equal(one[1][0], one[2][0])


def test_the_share_of_photographs_is_the_one_asked_for(people):
    photographs = [(np.zeros((80, 64, 3), np.uint8), np.full((80, 64), SHOES, np.uint8))]
    samples = TrainingSamples(people, range(8), photographs, settings(real_share=0.5))
    real = [bool((samples[number][1] == SHOES).any()) for number in range(40)]
    assert 10 <= sum(real) <= 30


def test_a_set_without_people_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="found 0 rendered people"):
        RenderedPeople(tmp_path)


def test_a_wrist_between_two_centres_gets_the_cell_that_it_fills_a_quarter_of():
    labels = np.full((16, 16), 3, np.uint8)
    labels[0:3, 0:8] = 2  # three rows of eight, above the centre of the first cell
    labels[8:9, 8:16] = 15  # one row of eight
    np.testing.assert_array_equal(part_cells(labels, wrists=False), [[3, 3], [3, 3]])
    np.testing.assert_array_equal(part_cells(labels, wrists=True), [[2, 3], [3, 3]])


def test_streets_are_backgrounds_of_a_share_of_the_people(rendered_set):
    green = np.zeros((50, 150, 3), np.uint8)
    green[..., 1] = 255
    people = RenderedPeople(rendered_set, [green])
    generator = np.random.default_rng(0)
    seen = [people.background(32, generator)[0, 0, 1] == 255 for _ in range(100)]
    assert 18 <= sum(seen) <= 42  # 30 % of them


def test_garments_are_dyed_in_the_share_asked_for_and_labels_stay(people):
    dyed = AugmentSettings(rotation=0, shift=0, scale=(1, 1), dye=1.0)
    changed = 0
    for number in range(10):
        plain = rendered_sample(people, 3, 64, STILL, np.random.default_rng(number))
        other = rendered_sample(people, 3, 64, dyed, np.random.default_rng(number))
        np.testing.assert_array_equal(other.parts, plain.parts)
        changed += bool(np.abs(other.image[32, 24].astype(int) - plain.image[32, 24]).max() > 20)
    assert changed >= 7
