import json

import numpy as np
import pytest
import torch

from personalize import parts
from personalize.evaluation.segmentation import side_groups
from personalize.experiments.comparison import (
    FREIBURG,
    UNITE_THE_PEOPLE,
    Scores,
    comparison_panels,
    comparison_table,
    count_predictions,
    report_comparison,
)
from personalize.network.factored import Parsing


class Oracle(torch.nn.Module):
    """Sees the label of a cell in its red, and doubts: half of it, beside a third of the
    background.
    """

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, images):
        labels = (images[:, 0, 4::8, 4::8] * 255).round().long()
        seen = torch.nn.functional.one_hot(labels, 32).permute(0, 3, 1, 2)
        background = torch.zeros_like(seen)
        background[:, 0] = 1
        return Parsing(None, torch.log(0.5 * seen + 1 / 3 * background + 1 / 180))


def example(labels):
    labels = np.array(labels, np.uint8)
    image = np.zeros((*labels.shape, 3), np.uint8)
    image[..., 0] = labels
    return image.repeat(8, axis=0).repeat(8, axis=1), labels


def confusion(classes, **counts):
    counted = np.zeros((classes, classes), np.int64)
    for pair, count in counts.items():
        counted[tuple(map(int, pair[1:].split("_")))] = count
    return counted


def rows(table):
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_group_of_parts_has_the_name_of_its_sides():
    named = dict(zip(parts.GROUP_NAMES, side_groups(), strict=True))
    assert named["background"] == (0,)
    assert named["wrists"] == (2, 15)
    assert named["chest"] == (7, 20)
    assert named["upper head"] == (27, 28)
    assert named["neck"] == (31,)


def test_answers_are_counted_where_the_truth_is_known():
    seen = example([[0, 7], [20, 31]])
    seen[1][1, 1] = 255
    counts = count_predictions(Oracle(), [seen, seen], UNITE_THE_PEOPLE, size=16)
    assert counts.sum() == 6
    assert counts[0, 0] == counts[7, 7] == counts[20, 20] == 2


def test_the_probabilities_of_small_parts_win_together_on_freiburg():
    class Torn(Oracle):
        def forward(self, images):
            logits = torch.full((1, 32, 2, 2), -20.0)
            logits[:, 0], logits[:, 7], logits[:, 8] = np.log([0.4, 0.3, 0.3])
            return Parsing(None, logits)

    torso = example([[2, 2], [2, 2]])
    assert count_predictions(Torn(), [torso], FREIBURG, size=16)[2, 2] == 4
    assert count_predictions(Torn(), [torso], UNITE_THE_PEOPLE, size=16)[2, 0] == 4


def test_left_and_right_are_averaged_and_the_background_is_a_source_of_errors():
    counts = confusion(32, _0_0=90, _7_7=4, _7_0=6, _20_20=8, _20_0=2)
    scores = Scores.of(counts, UNITE_THE_PEOPLE)
    chest = parts.GROUP_NAMES.index("chest")
    assert scores.accuracy[chest] == pytest.approx(0.6)
    assert np.isnan(scores.accuracy[1])
    assert scores.means() == pytest.approx((0.6, 0.6))
    assert scores.means(background=True) == pytest.approx((0.8, (0.6 + 90 / 98) / 2))


def test_the_parts_of_freiburg_count_one_by_one():
    counts = confusion(15, _0_0=50, _3_3=1, _3_0=1, _6_6=4, _1_1=5)
    assert Scores.of(counts, FREIBURG).means()[0] == pytest.approx((0.5 + 1 + 1) / 3)


def test_the_table_shows_means_with_the_papers_beside_and_every_class():
    counts = confusion(15, _0_0=50, _1_1=3, _1_0=1)
    scores = {"factored": Scores.of(counts, FREIBURG), "enet": Scores.of(counts.T, FREIBURG)}
    table = comparison_table(scores, FREIBURG, 7)
    lines = rows(table)
    assert lines[0][:3] == ["mean of parts", "accuracy", "IOU"]
    assert lines[2] == ["factored", "0.750", "0.750", "0.875", "0.865"]
    assert lines[4] == ["paper, factored", "0.690", "0.390", "", ""]
    assert lines[7] == ["", "factored, accuracy", "factored, IOU", "enet, accuracy", "enet, IOU"]
    assert lines[10] == ["head", "0.750", "0.750", "1.000", "0.750"]
    assert lines[11] == ["torso", "-", "-", "-", "-"]
    assert "pooled over 7 images" in table


def test_the_paper_stands_only_beside_its_own_data_set():
    scores = {"factored": Scores.of(confusion(32, _0_0=1, _7_7=1), UNITE_THE_PEOPLE)}
    assert "paper" not in comparison_table(scores, UNITE_THE_PEOPLE, 1)


def test_what_was_not_there_is_null_in_the_report():
    scores = {"factored": Scores.of(confusion(32, _0_0=1, _7_7=3, _7_0=1), UNITE_THE_PEOPLE)}
    report = report_comparison(scores, UNITE_THE_PEOPLE, 4)
    json.dumps(report, allow_nan=False)
    assert report["images"] == 4
    factored = report["networks"]["factored"]
    assert factored["mean"] == {"accuracy": 0.75, "iou": 0.75}
    assert factored["mean_with_background"] == {"accuracy": 0.875, "iou": 0.625}
    assert factored["classes"]["neck"] == {"accuracy": None, "iou": None}


def test_a_chart_has_a_panel_for_each_measure():
    scores = {"a": Scores(np.ones(17), np.zeros(17)), "b": Scores(np.zeros(17), np.ones(17))}
    panels = comparison_panels(scores)
    assert {title: list(series) for title, series in panels.items()} == {
        "accuracy": ["a", "b"],
        "IOU": ["a", "b"],
    }
    assert (panels["IOU"]["b"] == 1).all()
