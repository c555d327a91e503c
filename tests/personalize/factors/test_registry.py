"""Factors by name: found, loaded, and not trusted."""

import json
import re
import sys
from configparser import ConfigParser
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
import torch

from personalize.adaptation.base import Base
from personalize.adaptation.settings import FactorSettings
from personalize.errors import FactorError
from personalize.factors.registry import Factor, list_factors, load_factor
from personalize.media.video import open_source
from personalize.network.factored import FactoredNetwork
from personalize.procedures import pipeline
from personalize.settings import RunSettings
from personalize.stages.settings import SeedSettings

ROOT = Path(__file__).resolve().parents[3]
FRAMES = np.zeros((6, 48, 64, 3), np.uint8)
SETTINGS = RunSettings(
    window=6, size=80, seeds=SeedSettings(size=80), factor=FactorSettings(epochs=1)
)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a package of one module with factors."""

    def installed(code, entries, module="my_factors"):
        (tmp_path / f"{module}.py").write_text(code)
        info = tmp_path / f"{module}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[personalize.factors]\n{entries}\n")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, module, raising=False)

    return installed


def returning(answer):
    return Factor("odd", "here", lambda frames, *, progress=iter: answer)


def test_our_own_factor_is_an_entry_point_of_this_project():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    text = config["options.entry_points"]["personalize.factors"]
    assert text.strip().split(" = ")[0] == "background-subtraction"
    assert callable(EntryPoint("it", text.split(" = ")[1].strip(), "personalize.factors").load())


def test_an_installed_package_adds_a_factor(install):
    install("def find(frames, *, progress=iter):\n    ...\n", "brightness = my_factors:find")
    assert "brightness" in list_factors()
    factor = load_factor("brightness")
    assert factor.describe() == {"name": "brightness", "origin": "my_factors 1.2, my_factors:find"}


def test_an_unknown_name_lists_those_that_there_are(install):
    install("", "a = my_factors:find\nb = my_factors:find")
    with pytest.raises(FactorError, match="--factor c: no such factor is installed; .*: a, b"):
        load_factor("c")


def test_a_factor_that_cannot_be_loaded_says_why(install):
    install("import nowhere_to_be_found", "a = my_factors:find")
    with pytest.raises(FactorError, match=r"find cannot be loaded \(ModuleNotFoundError"):
        load_factor("a")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.zeros((5, 6, 8)), "returned 5 maps for 6 frames"),
        (np.zeros((6, 6)), r"returned an array of shape \(6, 6\)"),
        (np.zeros((6, 8, 6)), "returned maps of 8 rows and 6 columns for frames of 48 and 64"),
        (np.zeros((6, 6, 8), np.uint8), "returned values of the type uint8"),
        (np.full((6, 6, 8), 255.0), "returned values from 255 to 255"),
        (np.full((6, 6, 8), np.nan), "returned values from nan to nan"),
    ],
)
def test_an_answer_that_is_not_as_it_must_be_is_refused(answer, message):
    with pytest.raises(FactorError, match=f"--factor odd: {message}; it must return one map"):
        returning(answer).predict(FRAMES)


def test_a_factor_that_fails_says_why():
    def find(frames, *, progress):
        raise ZeroDivisionError("no frames")

    with pytest.raises(
        FactorError, match="--factor odd: failed .ZeroDivisionError: no frames.; mend it"
    ):
        Factor("odd", "here 1", find).predict(FRAMES)


def test_masks_and_tensors_are_probabilities_too():
    mask = np.zeros((6, 12, 16), bool)
    mask[:, 4:] = True
    person = returning(mask).predict(FRAMES)
    assert person.dtype == np.float32
    np.testing.assert_array_equal(person, mask)
    np.testing.assert_array_equal(returning(torch.ones(6, 6, 8)).predict(FRAMES), 1)


def test_maps_larger_than_the_canvas_are_brought_to_it():
    large = np.zeros((6, 96, 128))
    large[:, :, 64:] = 1
    person = returning(large).predict(FRAMES)
    assert person.shape == (6, 48, 64)
    np.testing.assert_array_equal(person[0, 0], [0] * 32 + [1] * 32)


def test_a_run_starts_from_the_factor_and_remembers_it(square_video, square_frames, tmp_path):
    def bright(frames, *, progress=iter):
        return np.stack([frame.min(axis=2) > 150 for frame in progress(frames)])

    torch.manual_seed(0)
    network, source = FactoredNetwork().eval(), open_source(square_video)
    base = Base.of(network, Factor("bright", "here 1", bright))
    pipeline.run(source, tmp_path, base, SETTINGS)
    with np.load(tmp_path / "stages" / "refine.npz") as stored:
        labels = stored["labels"]
    truth = square_frames[1][3:9]
    assert (labels == 1).mean() == pytest.approx(truth.mean(), rel=0.2)
    stages = json.loads((tmp_path / "manifest.json").read_text())["stages"]
    assert stages["predict"]["settings"]["factor"] == {"name": "bright", "origin": "here 1"}
    with np.load(tmp_path / "stages/comparison" / "numbers.npz") as numbers:
        assert (
            numbers["certainty"] < 0.99
        ).all()  # the generic network's, which has not learned anything
    other = Base.of(network, Factor("bright", "here 2", bright))
    assert pipeline.run(source, tmp_path, other, SETTINGS).reused == []


SEGMENTER = """
import torch

class Red(torch.nn.Module):
    def forward(self, image):
        return 20 * (image[:, :1] - 0.5)

load_network = Red
"""


def test_the_factor_of_the_guide_does_what_the_guide_says(install, tmp_path):
    text = (ROOT / "docs/guide/factor.md").read_text()
    section = text[text.index("## A model of yours") :]
    code, entry = re.findall(r"```(?:python|ini)\n(.*?)```", section, re.DOTALL)[:2]
    config = ConfigParser()
    config.read_string(entry)
    (tmp_path / "segmenter.py").write_text(SEGMENTER)
    line = config["options.entry_points"]["personalize.factors"].strip()
    install(code, line, module="segment_factor")
    frames = FRAMES.copy()
    frames[:, 8:40, 16:48] = (250, 30, 20)
    factor = load_factor("segment")
    assert factor.origin == "segment_factor 1.2, segment_factor:find_person"
    person = factor.predict(frames)
    assert person.shape == (6, 48, 64)
    assert person[:, 20, 30].min() > 0.9
    assert person[:, 2, 2].max() < 0.1
