import json

import numpy as np
import pytest
import torch

from personalize.adaptation.settings import FactorSettings
from personalize.experiments.scoring import Score
from personalize.experiments.sets import LabelledSet, open_experiment
from personalize.experiments.supervised import (
    curve_table,
    measured_steps,
    report_curve,
    supervised_transfer,
)
from personalize.network.checkpoints import load_base
from personalize.settings import TransferSettings

SETTINGS = TransferSettings(
    size=64, factor=FactorSettings(epochs=100, learning_rate=2e-3, batch=4, pull=0.0)
)


def silent(stage):
    return iter


def test_measurements_are_denser_at_the_start():
    settings = FactorSettings(epochs=2, batch=8)
    assert sorted(measured_steps(400, settings, 6)) == [0, 4, 16, 36, 64, 100]
    assert sorted(measured_steps(3, settings, 6)) == [0, 1, 2]


def test_silhouettes_of_another_domain_are_learned_step_by_step(
    rendered_set, square_network, tmp_path
):
    people = LabelledSet.read("rendered", rendered_set, domain="dark")

    def run():
        workspace = open_experiment(tmp_path / "out", 4, people, square_network, SETTINGS)
        curve = supervised_transfer(
            workspace, people, square_network, SETTINGS, points=4, progress=silent
        )
        return workspace.reused, curve

    reused, curve = run()
    assert reused == []
    assert [steps for steps, _ in curve] == [0, 11, 44, 100]
    assert curve[-1][1].person_iou > curve[0][1].person_iou + 0.1
    weights = load_base(tmp_path / "out" / "transferred.safetensors")[0].state_dict()
    before = square_network.state_dict()
    moved = {name for name in weights if not torch.equal(weights[name], before[name])}
    assert moved
    assert all(name.startswith("factored.") for name in moved)
    again, same = run()
    assert again == ["supervised"]
    assert same[-1][1].person.tolist() == curve[-1][1].person.tolist()


def test_the_table_has_both_ends_and_the_papers_numbers(rendered_set):
    people = LabelledSet.read("rendered", rendered_set, learn=3)
    parts = np.zeros((32, 32), np.int64)
    parts[0, 0], parts[7, 7], parts[7, 0] = 10, 3, 1
    ends = [Score(parts, np.array([[10, 0], [1, n]])) for n in (3, 9)]
    curve = list(zip((0, 25), ends))
    lines = curve_table(curve, people).splitlines()
    assert lines[2].split("|")[2:5] == [cell("0.750", 15), cell("0.750", 10), cell("0.750", 16)]
    assert lines[3].startswith("| transferred, 25 steps")
    assert lines[3].endswith(" 0.900 |")
    assert "0.710 |" in lines[5]
    assert "silhouettes of 3 images, measured on 4 others" in lines[-1]
    report = json.loads(json.dumps(report_curve(curve, people)))
    assert report["curve"][1]["steps"] == 25
    assert report["curve"][1]["person_iou"] == pytest.approx(0.9)


def cell(text, width):
    return f" {text:>{width}} "
