import json
import os

import pytest

from personalize.errors import WorkspaceError
from personalize.report.page import rewrite_report
from personalize.storage.contained import check_inside, check_no_links, discard


@pytest.fixture
def outside(tmp_path):
    """A folder of the user's beside the run folder."""
    folder = tmp_path / "outside"
    (folder / "pictures").mkdir(parents=True)
    for name in (
        "victim.txt",
        "joints.csv",
        "predict.npz",
        "pictures/000000.png",
        "pictures/.tmp-mine",
    ):
        (folder / name).write_text(f"dear {name}")
    return folder


def snapshot(folder):
    """All that lies in a folder: names, and the time of change and content of files."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes()) if path.is_file() else None
        for path in folder.rglob("*")
    }


HOSTILE = {
    "above": lambda outside: "../outside/victim.txt",
    "absolute": lambda outside: str(outside / "victim.txt"),
    "the folder": lambda outside: "../outside",
    "through a folder": lambda outside: "stages/../../outside/victim.txt",
    "the run folder": lambda outside: ".",
    "nothing": lambda outside: "",
    "the user's": lambda outside: "thesis.tex",
    "another stage's": lambda outside: "joints.csv",
}


@pytest.mark.parametrize("kind", [list, dict.fromkeys], ids=["as before", "with fingerprints"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_manifest_that_names_what_no_run_makes_is_refused(
    tiny_run, tmp_path, outside, name, kind
):
    tiny_run()
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["stages"]["report"]["outputs"] = kind(["report.html", HOSTILE[name](outside)])
    path.write_text(json.dumps(manifest))
    (tmp_path / "out" / "thesis.tex").write_text("dear")
    before = snapshot(tmp_path)
    sentence = (
        r"out/manifest\.json: names .* as an output of the stage 'report', which no run "
        r"makes.*choose another"
    )
    for seed in (0, 1):
        with pytest.raises(WorkspaceError, match=sentence):
            tiny_run(seed)
    with pytest.raises(WorkspaceError, match=sentence):
        rewrite_report(tmp_path / "out")
    assert snapshot(tmp_path) == before


def test_a_stage_that_no_run_has_owns_nothing(tiny_run, tmp_path):
    tiny_run()
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["stages"]["tidy up"] = {
        "key": None,
        "settings": {},
        "seconds": 0,
        "outputs": ["joints.csv"],
    }
    path.write_text(json.dumps(manifest))
    with pytest.raises(
        WorkspaceError, match="names 'joints.csv' as an output of the stage 'tidy up'"
    ):
        tiny_run(1)


@pytest.mark.parametrize("seed", [0, 1], ids=["same run", "other settings"])
@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("stages", "../outside"),
        ("stages/predict.npz", "../../outside/predict.npz"),
        ("stages/comparison", "../../outside/pictures"),
        ("silhouettes", "../outside/pictures"),
        ("parts", "silhouettes"),
        ("joints.csv", "../outside/joints.csv"),
        ("report.html", "gone"),
        ("manifest.json", "../outside/manifest.json"),
    ],
)
def test_a_link_where_a_run_writes_is_refused(tiny_run, tmp_path, outside, name, target, seed):
    tiny_run()
    (outside / "manifest.json").write_bytes((tmp_path / "out" / "manifest.json").read_bytes())
    discard(tmp_path / "out" / name)
    (tmp_path / "out" / name).symlink_to(target)
    before = snapshot(outside)
    with pytest.raises(
        WorkspaceError, match=f"out/{name}: is a link to {target}, .*remove the link"
    ):
        tiny_run(seed)
    with pytest.raises(WorkspaceError, match=f"out/{name}: is a link to"):
        rewrite_report(tmp_path / "out")
    assert snapshot(outside) == before


def test_a_link_in_a_new_folder_is_refused_before_any_work(tiny_run, tmp_path, outside):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stages").symlink_to(outside)
    before = snapshot(outside)
    with pytest.raises(WorkspaceError, match="out/stages: is a link to"):
        tiny_run()
    assert snapshot(outside) == before


def test_a_file_in_the_place_of_a_folder_is_told_before_any_work(tiny_run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stages").write_text("mine")
    with pytest.raises(
        WorkspaceError, match="out/stages: is a file where a run keeps a folder; move it away"
    ):
        tiny_run()
    assert (tmp_path / "out" / "stages").read_text() == "mine"


def test_a_run_folder_that_is_a_link_itself_is_where_the_user_wants_it(tiny_run, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to("disk")
    tiny_run()
    assert (tmp_path / "disk" / "joints.csv").exists()
    assert len(tiny_run()[0].reused) == 8


def test_unfinished_names_that_are_links_are_removed_and_not_followed(tiny_run, tmp_path, outside):
    tiny_run()
    before = snapshot(outside)
    for name in (".tmp-folder", ".stopped-parse-0"):
        (tmp_path / "out" / name).symlink_to(outside)
    (tmp_path / "out" / ".tmp-file").symlink_to(outside / "victim.txt")
    tiny_run(1)
    assert snapshot(outside) == before
    assert not [name for name in os.listdir(tmp_path / "out") if name.startswith(".tmp")]


def stop(workspace, produce):
    """A stage that may go on in the folder in which it was stopped."""
    workspace.stage("parse", {}, produce, outputs=["joints.csv"], resumable=True)


@pytest.mark.parametrize("link", ["", "joints.csv", "silhouettes", "deep/000001.png"])
def test_a_link_in_the_folder_of_a_stopped_stage_is_refused(fake_run, tmp_path, outside, link):
    def interrupt(folder):
        (folder / "deep").mkdir()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop(fake_run(), interrupt)
    [folder] = (tmp_path / "out").glob(".stopped-*")
    if not link:
        discard(folder)
    (folder / link).symlink_to(outside / "pictures")
    before = snapshot(outside)
    with pytest.raises(WorkspaceError, match=f"{folder / link}: is a link to .*remove the link"):
        stop(fake_run(), lambda folder: (folder / "joints.csv").write_text("x"))
    assert snapshot(outside) == before


def test_a_link_that_appears_while_a_stage_is_made_is_refused(fake_run, tmp_path, outside):
    def produce(folder):
        (folder / "joints.csv").write_text("x")
        (tmp_path / "out" / "joints.csv").symlink_to(outside / "joints.csv")

    before = snapshot(outside)
    with pytest.raises(WorkspaceError, match="out/joints.csv: is a link to"):
        stop(fake_run(), produce)
    assert snapshot(outside) == before


def test_a_stage_leaves_only_what_the_layout_knows(fake_run):
    with pytest.raises(
        ValueError, match="parse leaves thesis.tex, of which the layout does not know"
    ):
        fake_run().stage("parse", {}, None, outputs=["thesis.tex"])


def test_names_inside_are_let_through(tmp_path):
    (tmp_path / "stages").mkdir()
    (tmp_path / "joints.csv").touch()
    check_inside(tmp_path, ["joints.csv", "parts", "stages/predict.npz"])
    assert [entry.name for entry in check_no_links(tmp_path)] in (
        ["joints.csv", "stages"],
        ["stages", "joints.csv"],
    )


def test_discarding_a_link_leaves_what_it_leads_to(tmp_path, outside):
    for target in (outside, outside / "victim.txt", outside / "gone"):
        (tmp_path / "link").symlink_to(target)
        before = snapshot(outside)
        discard(tmp_path / "link")
        assert not (tmp_path / "link").is_symlink()
        assert snapshot(outside) == before
    discard(tmp_path / "link")  # which is gone
