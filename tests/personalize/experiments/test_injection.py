import json

import numpy as np
import pytest
import torch

from personalize.experiments.injection import (
    Gain,
    gain_table,
    hide_part,
    inject_silhouettes,
    report_gain,
    winners,
)
from personalize.network.factored import FactoredNetwork


def gain(**parts):
    own, true = np.full((2, 32), np.nan)
    for number, scores in parts.items():
        own[int(number[1:])], true[int(number[1:])] = scores
    return Gain(own, true)


def test_parts_that_gain_are_counted_and_absent_ones_are_not():
    one = gain(_0=(0.9, 0.8), _1=(0.2, 0.3), _2=(0.4, 0.4), _3=(0.3, 0.5))
    assert one.lifted == (2, 3)
    assert one.means == pytest.approx((0.3, 0.4))


def test_the_table_ends_with_the_mean_of_the_parts():
    lines = gain_table(gain(_0=(0.9, 0.8), _1=(0.2, 0.3), _2=(0.4, 0.6))).splitlines()
    assert lines[2] == "| background | 0.900 | 0.800 |"
    assert lines[3] == "| rhand | 0.200 | 0.300 |"
    assert lines[-3] == "| mean of parts | 0.300 | 0.450 |"
    assert lines[-1] == "2 of 2 parts gain."


def test_an_absent_part_is_null_in_the_report():
    report = report_gain(gain(_0=(0.9, 0.8), _1=(0.2, 0.3)))
    json.dumps(report, allow_nan=False)
    assert report["parts"]["rhand"] == {"own": 0.2, "true": 0.3}
    assert report["parts"]["neck"] == {"own": None, "true": None}


def test_the_box_lies_over_the_part_and_depends_on_the_seed_alone():
    image, labels = np.full((64, 64, 3), 200, np.uint8), np.zeros((8, 8), np.uint8)
    labels[5:7, 2:4] = 9
    hidden = hide_part(image, labels, np.random.default_rng(0))
    assert (hidden[40:56, 16:32] == 0).all()
    assert (hidden == 0).all(axis=2).sum() == 16 * 16
    assert (image == 200).all()


def test_an_image_without_a_person_is_left_alone():
    image = np.full((64, 64, 3), 200, np.uint8)
    assert hide_part(image, np.zeros((8, 8), np.uint8), np.random.default_rng(0)) is image


def test_probabilities_are_enlarged_before_they_compete():
    probabilities = np.zeros((1, 32, 2, 2), np.float32)
    probabilities[0, 3, :, 0] = 1
    probabilities[0, 5, :, 1] = 1
    assert winners(probabilities, (4, 4)).tolist() == [[3, 3, 5, 5]] * 4


def test_an_untrained_network_is_measured_the_same_every_time():
    torch.manual_seed(0)
    network = FactoredNetwork().eval()
    random = np.random.default_rng(0)
    sample = (
        random.integers(0, 255, (64, 64, 3), np.uint8),
        random.integers(0, 32, (8, 8)).astype(np.uint8),
        random.integers(0, 2, (8, 8)).astype(np.uint8),
    )
    one, other = (
        inject_silhouettes(network, [sample], size=32, occluded=True) for _ in range(2)
    )
    np.testing.assert_array_equal(one.own, other.own)
    np.testing.assert_array_equal(one.true, other.true)
