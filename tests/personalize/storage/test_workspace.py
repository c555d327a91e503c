import contextlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from personalize.errors import WorkspaceError
from personalize.storage import manifest
from personalize.storage.workspace import Workspace


@dataclass(frozen=True)
class Settings:
    threshold: float = 0.99
    steps: tuple = (1, 2)


class FakeSource:
    def __init__(self, name="clip.mp4", digest="d1"):
        self.name, self._digest = name, digest

    def describe(self):
        return {"name": self.name, "digest": self._digest, "frames": 3}


@pytest.fixture
def calls():
    """Names of the stages that were computed, in order."""
    return []


@pytest.fixture
def run(tmp_path, calls):
    """A pipeline of three stages: an array, a dict of arrays, files and a folder."""

    def run(threshold=0.99, steps=(1, 2), size=3, **opening):
        opening = {"source": FakeSource(), "facts": {"weights": "w1", "seed": 0}, **opening}
        work = Workspace.open(tmp_path / "out", **opening)

        def compute(name, result):
            calls.append(name)
            return result

        person = work.arrays(
            "predict", Settings(threshold), lambda: compute("predict", np.full(size, threshold))
        )
        work.arrays("refine", {"steps": steps}, lambda: compute("refine", {"labels": person * 2}))

        def parse(folder):
            calls.append("parse")
            (folder / "parts").mkdir()
            (folder / "parts" / "000000.png").write_text(f"{threshold} {steps}")
            (folder / "joints.csv").write_text(f"{threshold} {steps}")

        work.stage("parse", {}, parse, outputs=["parts", "joints.csv"])
        return work

    return run


def test_second_run_computes_nothing(run, calls):
    run()
    assert calls == ["predict", "refine", "parse"]
    again = run()
    assert calls == ["predict", "refine", "parse"]
    assert again.reused == ["predict", "refine", "parse"]


def test_arrays_come_back_as_they_were(tmp_path):
    work = Workspace.open(tmp_path, source=FakeSource(), facts={})
    beliefs = np.arange(6, dtype=np.float32).reshape(2, 3)
    both = {"xy": np.array([np.nan, 1.0]), "frame": np.arange(2)}
    first = work.arrays("propagate", {}, lambda: beliefs)
    second = work.arrays("judge", {}, lambda: both)
    assert first.dtype == np.float32 and np.array_equal(first, beliefs)
    assert np.array_equal(second["xy"], both["xy"], equal_nan=True)
    assert set(second) == {"xy", "frame"}


def test_other_settings_recompute_from_the_first_stage_they_touch(run, calls):
    run()
    calls.clear()
    work = run(steps=(1, 3))
    assert calls == ["refine", "parse"]
    assert work.reused == ["predict"]
    assert (work.root / "joints.csv").read_text() == "0.99 (1, 3)"
    assert (work.root / "parts" / "000000.png").read_text() == "0.99 (1, 3)"


@pytest.mark.parametrize("facts", [{"weights": "w2", "seed": 0}, {"weights": "w1", "seed": 1}])
def test_other_weights_or_seed_recompute_everything(run, calls, facts):
    run()
    calls.clear()
    run(facts=facts)
    assert calls == ["predict", "refine", "parse"]


def test_another_program_recomputes_everything(run, calls, monkeypatch):
    run()
    monkeypatch.setattr(manifest, "RESULTS", manifest.RESULTS + 1)
    before = len(calls)
    [sentence] = run().anew
    assert sentence.endswith(": was made by another version of the program; all is computed anew")
    assert len(calls) == 2 * before
    assert run().anew == []


def test_notes_change_no_result(run, calls):
    run(notes={"device": "cpu"})
    calls.clear()
    work = run(notes={"device": "cuda"})
    assert calls == []
    manifest = json.loads((work.root / "manifest.json").read_text())
    assert manifest["notes"] == {"device": "cpu"}  # there the results were made


def test_lost_output_is_made_again(run, calls, tmp_path):
    run()
    calls.clear()
    (tmp_path / "out" / "joints.csv").unlink()
    run()
    assert calls == ["parse"]


def test_results_of_other_settings_are_gone_before_new_ones_appear(tmp_path, run):
    run()

    class Stop(Exception):
        pass

    def stop():
        assert (tmp_path / "out" / "joints.csv").exists()  # while there is none to replace it
        raise Stop

    facts = {"weights": "w1", "seed": 0}
    work = Workspace.open(tmp_path / "out", source=FakeSource(), facts=facts)
    with pytest.raises(Stop):
        work.arrays("predict", Settings(0.5), stop)
    assert (tmp_path / "out" / "joints.csv").exists()
    work = Workspace.open(tmp_path / "out", source=FakeSource(), facts=facts)
    work.arrays("predict", Settings(0.5), lambda: np.zeros(1))
    assert sorted(os.listdir(tmp_path / "out")) == ["manifest.json", "stages"]
    assert os.listdir(tmp_path / "out" / "stages") == ["predict.npz"]


def test_manifest_tells_what_was_done(run, tmp_path):
    run(notes={"device": "cpu"})
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["source"] == {"name": "clip.mp4", "digest": "d1", "frames": 3}
    assert manifest["facts"]["weights"] == "w1"
    assert manifest["versions"]["numpy"] == np.__version__
    assert list(manifest["stages"]) == ["predict", "refine", "parse"]
    assert manifest["stages"]["predict"]["settings"] == {"threshold": 0.99, "steps": [1, 2]}
    assert manifest["stages"]["predict"]["seconds"] < 60


def test_folder_of_another_input_is_refused_and_left_alone(run, tmp_path):
    run()
    before = (tmp_path / "out" / "manifest.json").read_bytes()
    with pytest.raises(WorkspaceError, match=r"another input, clip\.mp4, not of dog\.mp4; choose"):
        run(source=FakeSource("dog.mp4", "d2"))
    assert (tmp_path / "out" / "manifest.json").read_bytes() == before


def test_same_input_under_another_name_is_the_same_input(run, calls):
    run()
    calls.clear()
    run(source=FakeSource("renamed.mp4"))
    assert calls == []


def test_folder_of_another_purpose_is_refused(run):
    run()
    with pytest.raises(WorkspaceError, match="holds the results of `run`, not of `parse`"):
        run(purpose="parse")


def test_file_instead_of_a_folder_is_refused(tmp_path, run):
    (tmp_path / "out").write_text("x")
    with pytest.raises(WorkspaceError, match="out: is a file; name a folder"):
        run()


def test_folder_inside_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        Workspace.open(tmp_path / "file" / "out", source=FakeSource(), facts={})


def test_manifest_of_something_else_is_refused(tmp_path, run):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text('{"name": "a web page"}')
    with pytest.raises(WorkspaceError, match="is not the manifest of a run"):
        run()


def test_what_no_run_made_is_never_replaced(tmp_path, run, calls):
    (tmp_path / "out" / "parts").mkdir(parents=True)
    (tmp_path / "out" / "parts" / "mine.txt").write_text("dear")
    with pytest.raises(WorkspaceError, match="parts: is there, but no run made it"):
        run()
    assert calls == ["predict", "refine"]
    assert (tmp_path / "out" / "parts" / "mine.txt").read_text() == "dear"


def test_opening_with_other_facts_does_not_rewrite_what_is_said_of_the_results(run, tmp_path):
    run()
    before = (tmp_path / "out" / "manifest.json").read_bytes()
    Workspace.open(tmp_path / "out", source=FakeSource(), facts={"weights": "w9"})
    assert (tmp_path / "out" / "manifest.json").read_bytes() == before


def test_folder_in_use_by_another_process_is_refused(run, tmp_path):
    pytest.importorskip("fcntl")
    (tmp_path / "out").mkdir()
    code = f"""if True:
        from personalize.storage.lock import lock_folder
        lock = lock_folder({str(tmp_path / "out")!r})
        print("taken", flush=True)
        input()
    """
    other = [sys.executable, "-c", code]
    with subprocess.Popen(other, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"taken\n"
        with pytest.raises(WorkspaceError, match="out: another run is writing here; wait"):
            run()
        process.kill()
    run()


def test_measuring_in_a_damaged_run_says_to_make_it_again_first(run, tmp_path):
    run()
    (tmp_path / "out" / "stages" / "refine.npz").write_bytes(b"")
    with pytest.raises(
        WorkspaceError,
        match=r"refine\.npz: has 0 bytes, .*the results of a run, too; make that run",
    ):
        run(spares=["parse"])
    assert (tmp_path / "out" / "joints.csv").exists()


def test_settings_without_a_text_of_their_own_are_a_mistake(tmp_path):
    work = Workspace.open(tmp_path, source=FakeSource(), facts={})
    with pytest.raises(TypeError, match="a set cannot be kept in a manifest"):
        work.arrays("predict", {"parts": {1, 2}}, lambda: np.zeros(1))


def test_a_stage_that_was_stopped_goes_on_in_its_folder_and_leaves_none(tmp_path):
    def count(folder, stop):
        lines = folder / "joints.csv"
        for _ in range(3):
            with open(lines, "a") as file:
                file.write("a line\n")
            if stop:
                raise KeyboardInterrupt

    def run(settings, stop):
        work = Workspace.open(tmp_path, source=FakeSource(), facts={})
        work.stage(
            "parse",
            settings,
            lambda folder: count(folder, stop),
            outputs=["joints.csv"],
            resumable=True,
        )

    for settings in ({"of": 1}, {"of": 2}, {"of": 2}):
        for folder in tmp_path.glob(".stopped-*"):
            (folder / ".tmp-torn.png").touch()  # by a kill
        with pytest.raises(KeyboardInterrupt):
            run(settings, stop=True)
        assert len(list(tmp_path.glob(".stopped-*"))) == 1
        assert not (tmp_path / "joints.csv").exists()
    run({"of": 2}, stop=False)
    assert (tmp_path / "joints.csv").read_text() == 5 * "a line\n"
    [key] = [
        record["key"]
        for record in json.loads((tmp_path / "manifest.json").read_text())["stages"].values()
    ]
    (tmp_path / f".stopped-parse-{key[:16]}").mkdir()  # by a kill at the very end
    run({"of": 2}, stop=True)  # is loaded
    assert not list(tmp_path.glob("**/.*-*"))


def test_failed_stage_leaves_nothing_behind(tmp_path):
    work = Workspace.open(tmp_path, source=FakeSource(), facts={})

    def fail(folder):
        (folder / "joints.csv").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work.stage("parse", {}, fail, outputs=["joints.csv"])
    assert os.listdir(tmp_path) == ["manifest.json"]


def test_full_disk_is_one_sentence_and_leaves_nothing_behind(tmp_path):
    work = Workspace.open(tmp_path, source=FakeSource(), facts={})

    def fill(folder):
        (folder / "joints.csv").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(WorkspaceError, match="No space left on device.*free some space"):
        work.stage("parse", {}, fill, outputs=["joints.csv"])
    assert os.listdir(tmp_path) == ["manifest.json"]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", range(30))
def test_kill_at_any_step_leaves_old_results_or_none(run, calls, tmp_path, monkeypatch, step):
    """Every rename and removal of the second run in turn is the last thing that happens."""
    run()
    left = [step]

    def mortal(function, dying):
        def call(*arguments, **options):
            if left[0] == 0:
                dying(*arguments)
                raise Killed
            left[0] -= 1
            return function(*arguments, **options)

        return call

    def half_removed(folder, *_, **__):
        for path in Path(folder).rglob("*.png"):
            path.unlink()

    replace, rmtree = os.replace, shutil.rmtree
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", mortal(replace, lambda *paths: None))
        patch.setattr(shutil, "rmtree", mortal(rmtree, half_removed))
        with contextlib.suppress(Killed):
            run(threshold=0.5)
    assert os.listdir(tmp_path / "out").count("parts") == len(
        list((tmp_path / "out").glob("parts/000000.png"))
    )
    for threshold in (0.99, 0.5):
        work = run(threshold=threshold)
        person = np.load(work.root / "stages" / "predict.npz")["array"]
        labels = np.load(work.root / "stages" / "refine.npz")["labels"]
        assert person.tolist() == [threshold] * 3
        assert labels.tolist() == [threshold * 2] * 3
        assert (work.root / "joints.csv").read_text() == f"{threshold} (1, 2)"
        assert (work.root / "parts" / "000000.png").read_text() == f"{threshold} (1, 2)"
        assert sorted(os.listdir(work.root)) == ["joints.csv", "manifest.json", "parts", "stages"]
