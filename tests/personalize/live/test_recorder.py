import csv
import json

import numpy as np
import pytest

from personalize.errors import WorkspaceError
from personalize.live.recorder import Recorder, free_name
from personalize.media.video import open_source
from personalize.output.finished import read_run
from personalize.procedures.check import WHOLE, check_run
from personalize.procedures.export import export
from personalize.report.page import rewrite_report
from personalize.storage.layout import RECORDING

FACTS = {"weights": "w", "engine": "torch"}


@pytest.fixture
def recorder(tmp_path):
    return Recorder(tmp_path / "live", 48, 64, facts=FACTS, device="cpu")


@pytest.fixture
def recorded(recorder, drawn_answer):
    """The run folder of six frames, the third of which came late."""
    for t, seconds in enumerate([5.0, 5.04, 5.2, 5.24, 5.28, 5.32]):
        recorder.add(*drawn_answer(t), seconds)
    assert recorder.frames == 6
    assert recorder.seconds == pytest.approx(0.32)
    return recorder.finish()


def test_a_recording_is_a_run_folder_with_a_report(recorded):
    assert recorded.name == "001"
    run = read_run(recorded)
    assert len(run) == 6
    assert run.size == (48, 64)
    assert run.seen == ["yes", "yes", "yes", "no", "yes", "yes"]
    for t, silhouette in enumerate(run.silhouettes()):
        wanted = np.zeros((48, 64), bool)
        wanted[16:32, 8 + 2 * t : 24 + 2 * t] = t != 3
        assert (silhouette ^ wanted).mean() < 0.02
    np.testing.assert_allclose(run.times, [0, 0.04, 0.2, 0.24, 0.28, 0.32], atol=1e-3)
    np.testing.assert_allclose(run.cells, 16.0)
    assert (recorded / "report.html").exists()
    assert check_run(recorded).state == WHOLE
    assert not list(recorded.parent.glob(".*"))


def test_the_film_shows_the_frames_that_were_parsed(recorded, drawn_answer):
    film = open_source(recorded / RECORDING)
    for t, frame in enumerate(film.frames()):
        assert np.abs(frame.astype(int) - drawn_answer(t)[0]).mean() < 8


def test_the_manifest_tells_weights_and_where_the_film_is(recorded):
    manifest = json.loads((recorded / "manifest.json").read_text())
    assert manifest["purpose"] == "live"
    assert FACTS.items() <= manifest["facts"].items()
    assert manifest["notes"] == {"device": "cpu", "path": str((recorded / RECORDING).absolute())}


def test_every_crop_is_in_the_table(recorded):
    with open(recorded / "track.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["left"] for row in rows[:2]] == ["0.0", "2.0"]
    assert [row["right"] for row in rows[:2]] == ["32.0", "50.0"]


def test_it_is_exported_and_reported_like_a_run(recorded):
    assert rewrite_report(recorded).exists()
    export(recorded, ["csv-wide", "matte"])
    assert list((recorded / "exports/matte").glob("*.mp4"))


def test_a_second_recording_gets_the_next_number(recorded, drawn_answer):
    second = Recorder(recorded.parent, 48, 64, facts=FACTS, device="cpu")
    second.add(*drawn_answer(0), 0.0)
    assert second.finish().name == "002"
    assert free_name(recorded.parent).name == "003"


def test_a_recording_without_a_frame_is_told_and_leaves_nothing(recorder, tmp_path):
    with pytest.raises(WorkspaceError, match="no frame came"):
        recorder.finish()
    assert list((tmp_path / "live").iterdir()) == []


def test_what_is_not_wanted_leaves_nothing(recorder, drawn_answer, tmp_path):
    recorder.add(*drawn_answer(0), 0.0)
    recorder.discard()
    assert list((tmp_path / "live").iterdir()) == []


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="file"):
        Recorder(tmp_path / "file", 48, 64, facts=FACTS, device="cpu")
