"""An export is there whole or not at all, and replaces nothing but an export."""

import json
import os

import pytest

from personalize.errors import WorkspaceError
from personalize.exports.folder import export_folder


def export(root, text="one"):
    with export_folder(root, "coco", {"source": "clip"}) as folder:
        (folder / "a.txt").write_text(text)
        (folder / "deep").mkdir()
        (folder / "deep/b.txt").write_text(text)


def test_an_export_appears_with_its_record(tmp_path):
    export(tmp_path / "exports")
    record = json.loads((tmp_path / "exports/coco/export.json").read_text())
    assert record["format"] == "coco" and record["source"] == "clip"
    assert set(record["files"]) == {"a.txt", "deep/b.txt"}
    assert os.listdir(tmp_path / "exports") == ["coco"]


def test_an_export_replaces_an_export(tmp_path):
    export(tmp_path)
    export(tmp_path, "two")
    assert (tmp_path / "coco/a.txt").read_text() == "two"
    assert os.listdir(tmp_path) == ["coco"]


def test_a_failure_leaves_the_old_one_and_nothing_else(tmp_path):
    export(tmp_path)
    with pytest.raises(RuntimeError), export_folder(tmp_path, "coco", {}) as folder:
        (folder / "a.txt").write_text("half")
        raise RuntimeError
    assert (tmp_path / "coco/a.txt").read_text() == "one"
    assert os.listdir(tmp_path) == ["coco"]


@pytest.mark.parametrize("name", ["mine.txt", "deep/mine.txt"])
def test_a_file_that_no_export_made_is_not_replaced(tmp_path, name):
    export(tmp_path)
    (tmp_path / "coco" / name).write_text("dear")
    with pytest.raises(WorkspaceError, match="mine.txt: is there, but no export made it; move it"):
        export(tmp_path)
    assert (tmp_path / "coco" / name).read_text() == "dear"


def test_a_folder_of_the_users_is_not_replaced(tmp_path):
    (tmp_path / "coco").mkdir()
    (tmp_path / "coco/export.json").write_text('{"files": {"export.json": {}}}')
    with pytest.raises(WorkspaceError, match=r"export\.json: was changed|no export made it"):
        (tmp_path / "coco/thesis.tex").write_text("dear")
        export(tmp_path)
    assert (tmp_path / "coco/thesis.tex").read_text() == "dear"


def test_work_that_was_done_in_an_exported_file_is_not_lost(tmp_path):
    export(tmp_path)
    (tmp_path / "coco/a.txt").write_text("corrected by hand")
    with pytest.raises(WorkspaceError, match="was changed since it was exported; .*--out"):
        export(tmp_path)
    assert (tmp_path / "coco/a.txt").read_text() == "corrected by hand"


def test_a_copy_and_a_file_browsers_notes_are_no_change(tmp_path):
    export(tmp_path)
    os.utime(tmp_path / "coco/a.txt", (1, 1))
    (tmp_path / "coco/.DS_Store").write_text("notes")
    export(tmp_path, "two")
    assert (tmp_path / "coco/a.txt").read_text() == "two"


def test_links_are_refused(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("dear")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/coco").symlink_to(outside)
    with pytest.raises(WorkspaceError, match="is a link to"):
        export(tmp_path / "exports")
    assert (outside / "a.txt").read_text() == "dear"


def test_what_a_killed_export_left_is_cleared_away(tmp_path):
    (tmp_path / ".tmp-export-0123").mkdir()
    (tmp_path / ".tmp-mine").mkdir()
    export(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".tmp-mine", "coco"]
