import json

import numpy as np
import pytest
import torch

from personalize.experiments.injection import (
    Gain,
    count_injection,
    gain,
    gain_panels,
    gain_table,
    hide_part,
    report_gain,
)
from personalize.network.baseline import BaselineNetwork
from personalize.network.factored import FactoredNetwork


def gain_of(**parts):
    own, injected = np.full((2, 32), np.nan)
    for number, scores in parts.items():
        own[int(number[1:])], injected[int(number[1:])] = scores
    return Gain({"own": own, "injected": injected})


@pytest.fixture
def example():
    random = np.random.default_rng(0)
    image = random.integers(0, 255, (64, 64, 3), np.uint8)
    return image, random.integers(0, 32, (8, 8)).astype(np.uint8)


def test_parts_that_gain_are_counted_and_absent_ones_are_not():
    one = gain_of(_0=(0.9, 0.8), _1=(0.2, 0.3), _2=(0.4, 0.4), _3=(0.3, 0.5))
    assert one.lifted == {"injected": (2, 3)}
    assert one.means == pytest.approx({"own": 0.3, "injected": 0.4})


def test_the_table_has_a_column_for_every_answer_of_a_network_and_ends_with_means():
    factored = gain_of(_0=(0.9, 0.8), _1=(0.2, 0.3), _2=(0.4, 0.6))
    baseline = gain_of(_0=(0.9, 1.0), _1=(0.1, 0.2))
    lines = gain_table({"factored": factored, "baseline": baseline}).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == [
        *("IOU", "factored, own silhouette", "factored, true silhouette injected"),
        *("baseline, own silhouette", "baseline, true silhouette injected"),
    ]
    assert cells[2] == ["background", "0.900", "0.800", "0.900", "1.000"]
    assert cells[4] == ["rwrist", "0.400", "0.600", "-", "-"]
    assert cells[34] == ["mean of parts", "0.300", "0.450", "0.100", "0.200"]
    assert lines[-5:-2] == [
        "factored, true silhouette injected: 2 of 2 parts gain.",
        "",
        "baseline, true silhouette injected: 1 of 1 parts gain.",
    ]


def test_an_absent_part_is_null_in_the_report():
    report = report_gain({"factored": gain_of(_0=(0.9, 0.8), _1=(0.2, 0.3))})
    json.dumps(report, allow_nan=False)
    assert report["factored"]["means"] == {"own": 0.2, "injected": 0.3}
    assert report["factored"]["parts"]["rhand"] == {"own": 0.2, "injected": 0.3}
    assert report["factored"]["parts"]["neck"] == {"own": None, "injected": None}


def test_a_chart_shows_parts_of_both_sides_together_and_no_background():
    panels = gain_panels({"factored": gain_of(_0=(0.9, 0.8), _1=(0.2, 0.3), _14=(0.4, 0.9))})
    scores, lifts = panels.values()
    assert scores["factored, own silhouette"].shape == (16,)
    assert scores["factored, own silhouette"][0] == pytest.approx(0.3)
    assert scores["factored, true silhouette injected"][0] == pytest.approx(0.6)
    assert lifts["factored, true silhouette injected"][0] == pytest.approx(0.3)


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


def test_an_untrained_network_is_counted_the_same_every_time(example):
    torch.manual_seed(0)
    network = FactoredNetwork().eval()
    one, other = (count_injection(network, [example], size=32, occluded=True) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert one.shape == (4, 32, 32)
    assert one.sum(axis=(1, 2)).tolist() == [64] * 4


def test_a_network_that_is_held_to_the_truth_has_the_background_right(example):
    torch.manual_seed(0)
    image, labels = example
    labels[0, 0] = 255
    own, held = count_injection(BaselineNetwork().eval(), [(image, labels)], size=32)
    person = (labels > 0).sum() - 1
    assert own.sum() == held.sum() == 63
    assert held[0, 0] == (labels == 0).sum()
    assert held[1:, 1:].sum() == person


def test_counts_become_the_iou_of_every_answer():
    counts = np.zeros((2, 32, 32), np.int64)
    counts[0, 5, 5], counts[0, 5, 0] = 1, 3
    counts[1, 5, 5], counts[1, 5, 6] = 3, 1
    one = gain(BaselineNetwork(), counts)
    assert (one.scores["own"][5], one.scores["held"][5]) == (0.25, 0.75)
