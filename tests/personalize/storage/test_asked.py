"""A finished run is known by its request, by sizes and by times of change."""

import os
from dataclasses import dataclass

import numpy as np
import pytest

from personalize.storage.asked import ASKED, finished_before, note_asked, stamp
from personalize.storage.layout import arrays_of
from personalize.storage.manifest import RESULTS
from personalize.storage.workspace import Workspace


@dataclass(frozen=True)
class Settings:
    threshold: float = 0.99


class FakeSource:
    def describe(self):
        return {"name": "clip.mp4", "digest": "d1", "frames": 3}


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"a video")
    return path


@pytest.fixture
def out(tmp_path, clip):
    """The folder of a finished run of the clip."""
    work = Workspace.open(tmp_path / "out", source=FakeSource(), facts={"seed": 0})
    work.arrays("predict", Settings(), lambda: np.zeros(3))
    work.note(ASKED, note_asked(work.manifest, request(clip), Settings()))
    return work.root


def request(clip, **other):
    return {"purpose": "run", "settings": Settings(), "source": stamp(clip), **other}


def test_the_same_request_is_answered_by_the_finished_run(out, clip):
    done = finished_before(out, request(clip))
    assert done.root == out and done.reused == ["predict"] and done.anew == []
    assert done.manifest[ASKED]["settings"] == {"threshold": 0.99}


def test_a_video_that_changed_is_another_request(out, clip):
    later = clip.stat().st_mtime_ns + 10**9
    os.utime(clip, ns=(later, later))
    assert finished_before(out, request(clip)) is None


def test_other_settings_are_another_request(out, clip):
    assert finished_before(out, request(clip, settings=Settings(0.5))) is None


def test_an_output_that_changed_ends_the_short_way(out, clip):
    (out / arrays_of("predict")).write_bytes(b"")
    assert finished_before(out, request(clip)) is None


def test_results_of_another_version_are_no_answer(out, clip, monkeypatch):
    monkeypatch.setattr("personalize.storage.manifest.RESULTS", RESULTS + 1)
    assert finished_before(out, request(clip)) is None


def test_a_folder_without_a_finished_run_is_no_answer(tmp_path, clip):
    assert finished_before(tmp_path / "nothing", request(clip)) is None
    (tmp_path / "manifest.json").write_text("{}")
    assert finished_before(tmp_path, request(clip)) is None


def test_a_folder_is_known_by_all_that_lies_in_it(tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "1.png").write_bytes(b"one")
    before = stamp(folder)
    assert stamp(folder) == before
    (folder / "2.png").write_bytes(b"two")
    assert stamp(folder) != before
    assert stamp(None) is None
    assert stamp(tmp_path / "gone") == [str(tmp_path / "gone")]
