import pytest

from personalize.errors import WorkspaceError
from personalize.storage.outputs import check_free, load_outputs, replace_outputs, seal


@pytest.fixture
def sealed(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    return seal(tmp_path, ["a.txt"])


def read(root):
    return (root / "a.txt").read_text()


def test_an_output_that_is_as_it_was_left_is_loaded(tmp_path, sealed):
    assert load_outputs(tmp_path, sealed, read) == ("a", None)
    assert load_outputs(tmp_path, sealed, None) == (None, None)


def test_an_output_that_has_changed_is_not_read(tmp_path, sealed):
    (tmp_path / "a.txt").write_text("")
    loaded, wrong = load_outputs(tmp_path, sealed, pytest.fail)
    assert loaded is None
    assert wrong.startswith("a.txt: ")


def test_an_output_that_cannot_be_read_is_told(tmp_path, sealed):
    def damaged(root):
        raise ValueError("no header")

    assert load_outputs(tmp_path, sealed, damaged) == (None, "a.txt: cannot be read (no header)")


def test_memory_that_is_full_is_no_damage(tmp_path, sealed):
    def large(root):
        raise MemoryError

    with pytest.raises(MemoryError):
        load_outputs(tmp_path, sealed, large)


def test_what_no_run_made_is_not_replaced(tmp_path, sealed):
    check_free(tmp_path, ["a.txt", "b.txt"], ["a.txt"])
    with pytest.raises(WorkspaceError, match=r"a\.txt: is there, but no run made it; move it away"):
        check_free(tmp_path, ["a.txt"], [])


def test_new_outputs_take_the_places_of_old_ones(tmp_path):
    root, folder = tmp_path / "root", tmp_path / "new"
    for place in (root / "stages", folder / "deep"):
        place.mkdir(parents=True)
    (root / "stages" / "old.npz").write_text("old")
    (folder / "deep" / "new.txt").write_text("new")
    replace_outputs(root, folder, ["deep/new.txt"], ["deep/new.txt", "stages/old.npz"])
    assert (root / "deep" / "new.txt").read_text() == "new"
    assert not (root / "stages" / "old.npz").exists()
