import errno
import os
import stat

import pytest

from personalize.errors import WorkspaceError
from personalize.storage.atomic import atomic_write, disk_errors, flush, make_folder


def test_file_appears_when_the_block_succeeds(tmp_path):
    with atomic_write(tmp_path / "joints.csv") as unfinished:
        unfinished.write_text("frame")
        assert not (tmp_path / "joints.csv").exists()
    assert (tmp_path / "joints.csv").read_text() == "frame"
    assert os.listdir(tmp_path) == ["joints.csv"]


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "joints.csv").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        with atomic_write(tmp_path / "joints.csv") as unfinished:
            unfinished.write_text("half")
            raise KeyboardInterrupt
    assert (tmp_path / "joints.csv").read_text() == "old"
    assert os.listdir(tmp_path) == ["joints.csv"]


def test_unfinished_file_has_the_suffix_of_the_final_one(tmp_path):
    with atomic_write(tmp_path / "overlay.mp4") as unfinished:
        assert unfinished.suffix == ".mp4"
        assert unfinished.parent == tmp_path


def test_missing_folders_are_made(tmp_path):
    with atomic_write(tmp_path / "a" / "b" / "c.txt") as unfinished:
        unfinished.write_text("x")
    assert (tmp_path / "a" / "b" / "c.txt").exists()


def test_finished_file_can_be_read_by_others_as_the_umask_says(tmp_path):
    before = os.umask(0o022)
    try:
        with atomic_write(tmp_path / "joints.csv"):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "joints.csv").stat().st_mode) == 0o644


def test_full_disk_is_one_sentence_with_the_remedy(tmp_path):
    sentence = r"joints.csv: cannot be written \(No space left.*free some space"
    with pytest.raises(WorkspaceError, match=sentence):
        with atomic_write(tmp_path / "joints.csv"):
            raise OSError(28, "No space left on device")
    assert os.listdir(tmp_path) == []


def test_a_folder_in_the_place_of_the_file_is_one_sentence(tmp_path):
    (tmp_path / "joints.csv").mkdir()
    with pytest.raises(
        WorkspaceError, match=r"joints.csv: cannot be written \(Is a directory.*a file"
    ):
        with atomic_write(tmp_path / "joints.csv") as unfinished:
            unfinished.write_text("frame")
    assert os.listdir(tmp_path) == ["joints.csv"]


def test_a_file_in_the_place_of_a_folder_is_one_sentence(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(WorkspaceError, match="path holds no file"):
        with atomic_write(tmp_path / "out" / "joints.csv"):
            pass
    assert (tmp_path / "out").read_text() == "mine"


def test_other_errors_of_the_system_are_left_as_they_are():
    with pytest.raises(FileNotFoundError):
        with disk_errors("out"):
            raise FileNotFoundError(2, "No such file")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no /proc here, which takes no folders")
def test_a_folder_that_takes_no_folders_is_one_sentence():
    with pytest.raises(
        WorkspaceError, match="/proc/none: no folder can be made here; choose another"
    ):
        make_folder("/proc/none")


@pytest.fixture
def steps(monkeypatch):
    """What was flushed or got its name, in order: names of files and folders."""
    steps = []
    replace = os.replace
    monkeypatch.setattr(
        "os.fsync", lambda descriptor: steps.append(os.readlink(f"/proc/self/fd/{descriptor}"))
    )
    monkeypatch.setattr(
        "os.replace", lambda one, other: (steps.append("replace"), replace(one, other))
    )
    return steps


needs_proc = pytest.mark.skipif(
    not os.path.isdir("/proc/self/fd"), reason="no /proc here, which names open files"
)


@needs_proc
def test_a_durable_file_is_flushed_then_renamed_then_its_folder_is_flushed(tmp_path, steps):
    with atomic_write(tmp_path / "manifest.json", durable=True) as unfinished:
        unfinished.write_text("{}")
    assert steps == [str(unfinished), "replace", str(tmp_path)]
    with atomic_write(tmp_path / "joints.csv"):
        pass
    assert steps[3:] == ["replace"]


@needs_proc
def test_outputs_and_their_places_are_flushed_before_the_manifest_names_them(
    tiny_run, tmp_path, steps
):
    out = tmp_path / "out"
    tiny_run()
    last = len(steps) - steps[::-1].index("replace") - 1  # the manifest that names the report
    before = steps[:last]
    unfinished = before[-1]
    assert os.path.dirname(unfinished) == str(out)  # the manifest itself
    assert set(before[-3:-1]) == {str(out), str(out / "stages")}
    assert before[-5:-3] == ["replace", "replace"]
    assert [path.rpartition("/")[2] for path in before[-10:] if "/.tmp-" in path][:2] == [
        "report.html",
        "comparison",
    ]


def test_a_folder_that_cannot_be_flushed_is_trusted_and_a_broken_disk_is_not(tmp_path, monkeypatch):
    def fail(number):
        def fsync(descriptor):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr("os.fsync", fsync)

    (tmp_path / "joints.csv").touch()
    fail(errno.EINVAL)
    flush(tmp_path)
    with pytest.raises(OSError, match="Invalid argument"):
        flush(tmp_path / "joints.csv")
    fail(errno.EIO)
    with pytest.raises(WorkspaceError, match="joints.csv: cannot be written .* check the disk"):
        with atomic_write(tmp_path / "joints.csv", durable=True):
            pass
