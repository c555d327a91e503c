import numpy as np
import pytest

from personalize import parts
from personalize.datasets.samples import (
    RenderedPeople,
    label_cells,
    measured_photograph,
    measured_picture,
    part_cells,
)
from personalize.errors import DatasetError

SHOES = parts.REGION_LABELS["shoes"]


@pytest.fixture
def people(rendered_set):
    return RenderedPeople(rendered_set)


def test_a_person_stands_before_a_background_with_the_parts_of_its_side(people):
    for index in range(6):  # mirrored or not
        sample = label_cells(*measured_picture(people, index, 64))
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
    sample = measured_photograph(photograph, regions, background, 1.0, random)
    assert set(np.unique(sample.parts)) == {0, SHOES, 255}
    assert ((sample.parts == SHOES) == (sample.person == 1)).all()
    assert ((sample.parts == 255) == np.isnan(sample.person)).all()
    assert (sample.person == 1).sum() == 16


def test_a_set_without_people_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="found 0 rendered people"):
        RenderedPeople(tmp_path)


def test_a_wrist_between_two_centres_gets_the_cell_that_it_fills_a_quarter_of():
    labels = np.full((16, 16), 3, np.uint8)
    labels[0:3, 0:8] = 2  # three rows of eight, above the centre of the first cell
    labels[8:9, 8:16] = 15  # one row of eight
    np.testing.assert_array_equal(part_cells(labels, wrists=False), [[3, 3], [3, 3]])
    np.testing.assert_array_equal(part_cells(labels, wrists=True), [[2, 3], [3, 3]])
