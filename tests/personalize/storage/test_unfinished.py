"""Hidden folders of a run folder: what a kill leaves of them, and what it does not."""

import pytest

from personalize.errors import WorkspaceError
from personalize.storage.unfinished import (
    discard_passing,
    discard_stopped,
    passing_folder,
    remove_output,
    resumable_folder,
    stopped_folder,
)

KEY, OTHER = "a" * 64, "b" * 64


def test_a_passing_folder_is_gone_whatever_happens(tmp_path):
    with pytest.raises(KeyError), passing_folder(tmp_path) as folder:
        (folder / "half").write_text("of it")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_resumable_folder_outlives_a_stop_and_not_its_success(tmp_path):
    with pytest.raises(KeyboardInterrupt), resumable_folder(tmp_path, "parse", KEY) as folder:
        (folder / "half").write_text("of it")
        raise KeyboardInterrupt
    with resumable_folder(tmp_path, "parse", KEY) as folder:
        assert folder == stopped_folder(tmp_path, "parse", KEY)
        assert (folder / "half").read_text() == "of it"
    assert list(tmp_path.iterdir()) == []


def test_what_was_stopped_with_another_key_goes_and_another_stage_stays(tmp_path):
    others = [stopped_folder(tmp_path, *of) for of in (("parse", OTHER), ("export", OTHER))]
    for folder in others:
        folder.mkdir()
    with resumable_folder(tmp_path, "parse", KEY):
        assert [folder.exists() for folder in others] == [False, True]


def test_a_link_in_a_resumable_folder_is_refused(tmp_path):
    stopped = stopped_folder(tmp_path, "parse", KEY)
    stopped.mkdir()
    (stopped / "masks").symlink_to(tmp_path)
    with pytest.raises(WorkspaceError, match="link"), resumable_folder(tmp_path, "parse", KEY):
        pass


def test_each_kind_of_folder_is_discarded_alone(tmp_path):
    stopped = stopped_folder(tmp_path, "parse", KEY)
    stopped.mkdir()
    (tmp_path / "joints.csv").write_text("")
    with passing_folder(tmp_path) as passing:
        discard_stopped(tmp_path)
        assert passing.exists() and not stopped.exists()
        stopped.mkdir()
        discard_passing(tmp_path)
        assert stopped.exists() and not passing.exists()
    assert (tmp_path / "joints.csv").exists()


def test_an_output_is_removed_and_a_link_s_target_is_not(tmp_path):
    (tmp_path / "silhouettes").mkdir()
    (tmp_path / "silhouettes/000000.png").write_bytes(b"1")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "parts").symlink_to(tmp_path / "elsewhere")
    for output in ("silhouettes", "parts", "missing.csv"):
        remove_output(tmp_path, output)
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]
