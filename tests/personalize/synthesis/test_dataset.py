import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from personalize import parts
from personalize.errors import DatasetError, WorkspaceError
from personalize.synthesis import dataset
from personalize.synthesis.dataset import contact_sheet, synthesize_people
from personalize.synthesis.layout import picture_path
from personalize.synthesis.people import Picture
from personalize.synthesis.settings import AssetFolders, SynthesisSettings

TINY = SynthesisSettings(size=32, seed=1, views_per_body=2)


class FakeStudio:
    """Renders grey squares whose level is the index, and counts."""

    rendered = []

    def __init__(self, settings, assets):
        self.size = settings.size

    def sitter(self, person):
        return person

    def photograph(self, sitter, person, view):
        index = 2 * person + view
        self.rendered.append(index)
        colour = np.full((self.size, self.size, 4), index, np.uint8)
        colour[..., 3] = 255
        labels = np.full((self.size, self.size), 7, np.uint8)
        joints = np.full((len(parts.JOINTS), 2), index, np.float32)
        return Picture(colour, labels, joints, np.ones(len(joints), bool))


@pytest.fixture(autouse=True)
def fake(monkeypatch, tmp_path):
    folder = tmp_path / "photographs"
    folder.mkdir()
    cv2.imwrite(str(folder / "grey.png"), np.full((60, 80, 3), 90, np.uint8))
    monkeypatch.setattr(dataset, "load_body", lambda: None)
    monkeypatch.setattr(dataset, "_studio", lambda settings, assets: FakeStudio(settings, assets))
    FakeStudio.rendered = []
    return AssetFolders(backgrounds=folder)


def test_a_set_has_the_agreed_layout(tmp_path, fake):
    root = tmp_path / "set"
    synthesize_people(root, count=5, settings=TINY, assets=fake)
    manifest = json.loads((root / "manifest.json").read_text())
    assert manifest["count"] == 5 and manifest["size"] == 32 and manifest["seed"] == 1
    person = cv2.imread(str(root / "people" / "000" / "000004.png"), cv2.IMREAD_UNCHANGED)
    assert person.shape == (32, 32, 4) and person[0, 0].tolist() == [4, 4, 4, 255]
    labels = cv2.imread(str(root / "parts" / "000" / "000004.png"), cv2.IMREAD_UNCHANGED)
    assert labels.shape == (32, 32) and labels[0, 0] == 7
    with np.load(root / "joints" / "000.npz") as shard:
        assert shard["index"].tolist() == [0, 1, 2, 3, 4]
        assert shard["xy"].shape == (5, 13, 2) and shard["visible"].dtype == bool
    assert len(list((root / "backgrounds").glob("*.jpg"))) == 1
    assert not picture_path(root, "people", 5).exists()


def test_what_is_finished_is_not_rendered_again(tmp_path, fake):
    root = tmp_path / "set"
    synthesize_people(root, count=4, settings=TINY, assets=fake)
    FakeStudio.rendered.clear()
    synthesize_people(root, count=7, settings=TINY, assets=fake)
    assert FakeStudio.rendered == [4, 5, 6]
    with np.load(root / "joints" / "000.npz") as shard:
        assert shard["index"].tolist() == list(range(7))
        np.testing.assert_array_equal(shard["xy"][:, 0, 0], np.arange(7))


def test_an_interrupted_run_keeps_what_it_had_flushed(tmp_path, fake, monkeypatch):
    root = tmp_path / "set"
    monkeypatch.setattr(dataset, "_FLUSH", 4)

    def broken(tasks):
        for k, task in enumerate(tasks):
            if k == 3:
                raise KeyboardInterrupt
            yield task

    with pytest.raises(KeyboardInterrupt):
        synthesize_people(root, count=20, settings=TINY, assets=fake, progress=broken)
    FakeStudio.rendered.clear()
    synthesize_people(root, count=8, settings=TINY, assets=fake)
    assert FakeStudio.rendered == [4, 5, 6, 7]


def test_people_of_other_settings_are_refused(tmp_path, fake):
    root = tmp_path / "set"
    synthesize_people(root, count=2, settings=TINY, assets=fake)
    with pytest.raises(WorkspaceError, match="holds people rendered with other settings"):
        synthesize_people(root, count=2, settings=SynthesisSettings(size=32), assets=fake)


def test_a_set_from_before_a_setting_is_completed(tmp_path, fake):
    root = tmp_path / "set"
    synthesize_people(root, count=2, settings=TINY, assets=fake)
    manifest = json.loads((root / "manifest.json").read_text())
    for name in ("headwear_share", "raised_share", "touching_share"):
        assert manifest["settings"].pop(name) == 0
    (root / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(WorkspaceError, match="holds people rendered with other settings"):
        synthesize_people(root, count=3, settings=replace(TINY, raised_share=0.5), assets=fake)
    synthesize_people(root, count=3, settings=TINY, assets=fake)
    assert FakeStudio.rendered == [0, 1, 2]


def test_a_contact_sheet_shows_people_beside_their_parts(tmp_path, fake):
    root = tmp_path / "set"
    synthesize_people(root, count=5, settings=TINY, assets=fake)
    sheet = contact_sheet(root, count=5, columns=2)
    assert sheet.shape == (3 * 32, 2 * 64, 3)
    assert sheet[10, 10].tolist() == [0, 0, 0]  # the person of index 0
    assert sheet[30, 33].tolist() == list(parts.COLOURS[7])


def test_an_empty_folder_has_no_contact_sheet(tmp_path):
    with pytest.raises(DatasetError, match="no rendered people"):
        contact_sheet(tmp_path)
