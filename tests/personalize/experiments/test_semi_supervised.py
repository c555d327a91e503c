import json

import numpy as np
import pytest

from personalize.adaptation.settings import FactorSettings
from personalize.experiments.scoring import Score
from personalize.experiments.semi_supervised import (
    COLUMNS,
    groups,
    recall_table,
    report_recalls,
    semi_supervised_transfer,
)
from personalize.experiments.sets import LabelledSet, open_experiment
from personalize.network.checkpoints import digest, load_base
from personalize.settings import TransferSettings
from personalize.stages.settings import SeedSettings

SETTINGS = TransferSettings(
    size=64,
    factor=FactorSettings(epochs=1, batch=2),
    seeds=SeedSettings(confidence=0.99, somebody=0.5, surest=0.1),
)


def silent(stage):
    return iter


def found(**recalls):
    """A score in which part pN has the recall given, of ten cells."""
    parts = np.zeros((32, 32), np.int64)
    for name, share in recalls.items():
        part = int(name[1:])
        parts[part, part], parts[part, 0 if part else 1] = round(10 * share), round(10 - 10 * share)
    return Score(parts, np.array([[4, 0], [1, 3]]))


def test_left_and_right_are_averaged_in_the_columns_of_the_paper():
    recalls = dict(zip(COLUMNS, groups(found(p0=0.9, p1=0.2, p14=0.4, p27=0.5, p28=0.7, p31=0.3))))
    assert len(COLUMNS) == len(recalls) == 17
    assert recalls["Bg"] == pytest.approx(0.9)
    assert recalls["Hnds"] == pytest.approx(0.3)
    assert recalls["T-Hd"] == pytest.approx(0.6)
    assert recalls["Nck"] == pytest.approx(0.3)
    assert np.isnan(recalls["Wrst"])


def test_the_table_leaves_the_papers_corrupt_columns_out(rendered_set):
    people = LabelledSet.read("rendered", rendered_set, domain="poor")
    scores = {name: found(p0=0.9, p1=0.2, p8=0.4, p31=0.9) for name in ("Orig", "Tran-Grab")}
    table = recall_table(scores, people)
    header, _, orig, *_ = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()
    ]
    row = dict(zip(header, orig))
    assert (row["Bg"], row["Hnds"], row["Wrst"], row["Plvs"], row["Nck"]) == (
        "90.0",
        "20.0",
        "-",
        "40.0",
        "90.0",
    )
    assert row["mean of 13"] == "30.0"  # hands and pelvis
    assert row["mean of 16"] == "50.0"
    assert row["paper, mean of 13"] == "40.4"
    assert row["silhouettes, IOU"] == "0.750"
    assert "repeat the first three in all rows; they are left out" in table
    assert "rendered people, made poor: 4 images" in table
    report = json.loads(json.dumps(report_recalls(scores, people)))
    assert report["variants"]["Orig"]["recall"]["Wrst"] is None


def test_three_variants_are_measured_and_kept(rendered_set, square_network, tmp_path):
    people = LabelledSet.read("rendered", rendered_set, test=3)

    def run():
        workspace = open_experiment(tmp_path / "out", 5, people, square_network, SETTINGS)
        return workspace.reused, semi_supervised_transfer(
            workspace, people, square_network, SETTINGS, progress=silent
        )

    _, scores = run()
    assert list(scores) == ["Orig", "Tran-Init", "Tran-Grab"]
    assert all(one.parts.sum() == 3 * 64 * 64 for one in scores.values())
    files = (
        tmp_path / "out" / f"{name}.safetensors" for name in ("orig", "tran-init", "tran-grab")
    )
    assert len({digest(load_base(file)[0].state_dict()) for file in files}) == 3
    reused, again = run()
    assert reused == ["Orig", "Tran-Init", "Tran-Grab"]
    assert again["Tran-Grab"].parts.tolist() == scores["Tran-Grab"].parts.tolist()
