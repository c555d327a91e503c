import os

import pytest

from personalize.errors import WorkspaceError
from personalize.procedures.check import check_run, check_runs
from personalize.storage.layout import PARSED


@pytest.fixture
def run(tiny_run, tmp_path):
    tiny_run()
    return tmp_path / "out"


def test_a_run_that_nobody_touched_is_whole(run):
    [found] = check_runs(run)
    assert (found.root, found.state, found.wrong) == (run, "whole", ())
    assert found.outputs == 4 + 2 + 1 + len(PARSED) + 2  # arrays, learn, keep, parse and report


@pytest.mark.parametrize(
    "name", ["joints.csv", "stages/predict.npz", "silhouettes/000002.png", "report.html"]
)
def test_a_bit_that_flipped_under_the_same_size_and_time_is_found(run, name):
    content, status = bytearray((run / name).read_bytes()), (run / name).stat()
    content[-1] ^= 1
    (run / name).write_bytes(content)
    os.utime(run / name, ns=(status.st_atime_ns, status.st_mtime_ns))
    found = check_run(run)
    assert found.state == "damaged"
    assert found.wrong == (
        f"{run / name.partition('0')[0].rstrip('/')}: was changed since the run left it",
    )


def test_a_stage_that_was_not_finished_is_told(tiny_run, run):
    with pytest.raises(ZeroDivisionError):
        work, _ = tiny_run()
        work.stage("parse", {"other": 1}, lambda folder: 1 / 0, outputs=["joints.csv"])
    assert check_run(run).state == "whole"  # what was there is there still
    work._adopt("parse", {"key": None, "settings": {}, "seconds": 0, "outputs": {}}, run)
    assert check_run(run).state == "not finished"


def test_every_run_of_a_batch_is_checked(tiny_run, tmp_path):
    for name in ("a", "b"):
        tiny_run(root=tmp_path / "batch" / name)
    (tmp_path / "batch" / "b" / "joints.csv").unlink()
    (tmp_path / "batch" / "notes").mkdir()
    found = list(check_runs(tmp_path / "batch"))
    assert [(one.root.name, one.state) for one in found] == [("a", "whole"), ("b", "damaged")]
    assert found[1].wrong == (f"{tmp_path / 'batch' / 'b' / 'joints.csv'}: is missing",)


def test_a_hostile_manifest_is_told_and_nothing_is_read(run):
    path = run / "manifest.json"
    path.write_text(path.read_text().replace('"joints.csv"', '"../../etc/passwd"'))
    found = check_run(run)
    assert found.state == "damaged"
    assert "names '../../etc/passwd' as an output" in found.wrong[0]


def test_a_folder_without_runs_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(WorkspaceError, match="holds no run; give the folder of a run"):
            list(check_runs(folder))
