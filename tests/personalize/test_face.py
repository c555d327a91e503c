"""The library's face: what `docs/api.md` shows works, and importing it costs nothing."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import personalize
from personalize import procedures
from personalize.adaptation.settings import FactorSettings, SelfTrainingSettings
from personalize.stages.settings import SeedSettings

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs/api.md").read_text(), re.DOTALL)
FAST = personalize.RunSettings(
    size=80,
    seeds=SeedSettings(confidence=0.9, size=64),
    factor=FactorSettings(epochs=1),
    self_training=SelfTrainingSettings(epochs=0),
)


@pytest.fixture(scope="module")
def folder(square_video, square_network, tmp_path_factory):
    """A folder with a clip and a run of it."""
    root = tmp_path_factory.mktemp("api")
    (root / "clip.mp4").write_bytes(square_video.read_bytes())
    base = personalize.Base.of(square_network)
    personalize.run(root / "clip.mp4", root / "out", settings=FAST, base=base)
    return root


def test_every_name_of_the_face_is_there():
    for name in personalize.__all__:
        assert getattr(personalize, name) is not None
    assert set(dir(personalize)) == set(personalize.__all__)
    with pytest.raises(AttributeError, match="module 'personalize' has no attribute 'nothing'"):
        personalize.nothing  # noqa: B018


def test_every_name_of_the_face_is_in_an_example():
    examples = "\n".join(BLOCKS)
    names = set(personalize.__all__) - {"__version__"}
    assert {name for name in names if not re.search(rf"\b{name}\b", examples)} == set()


@pytest.mark.parametrize("heavy", ["torch", "cv2", "numpy"])
def test_importing_the_face_loads_nothing_heavy(heavy):
    code = f"import personalize, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1][:30])
def test_the_examples_of_the_documents_work(block, folder, square_network, monkeypatch):
    if "pandas" in block:
        pytest.importorskip("pandas")
    monkeypatch.chdir(folder)
    base = personalize.Base.of(square_network)
    monkeypatch.setattr("personalize.procedures.library.load_generic", lambda *_, **__: base)
    for function in (procedures.library.run, procedures.library.parse):
        defaults = function.__kwdefaults__
        monkeypatch.setattr(function, "__kwdefaults__", {**defaults, "settings": FAST})
    monkeypatch.setattr(procedures.library.parser_for, "__defaults__", (None, FAST))
    exec(compile(block, "docs/api.md", "exec"), {})


def test_a_finished_run_gives_its_arrays(folder, square_frames):
    done = personalize.read_run(folder / "out")
    assert len(done) == 12
    assert done.xy.shape == (12, 13, 2) and done.confidence.shape == (12, 13)
    assert done.kept in ("personal", "generic")
    masks = np.stack(list(done.silhouettes()))
    assert (masks & square_frames[1]).sum() / (masks | square_frames[1]).sum() > 0.8
    assert all(labels.max() <= 31 and labels.dtype == np.uint8 for labels in done.parts())
    head = done.xy[:, done.joint_names.index("head")]
    assert (np.abs(np.diff(head[:, 0]) - 3) < 4).all()  # the square moves by 3 pixels


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(personalize.PersonalizeError, match="there is no finished run here"):
        personalize.read_run(tmp_path)


def test_a_parser_is_made_of_a_video(folder, square_network):
    video = personalize.open_video(folder / "clip.mp4")
    parser = personalize.parser_for(video, square_network, replace(FAST, size=64))
    assert len(video) == 12
    [(_, first), *_] = parser.frames(video)
    assert first.silhouette.shape == (64, 96)
