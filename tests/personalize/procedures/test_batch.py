import subprocess
import sys
from pathlib import Path

import pytest

from personalize.errors import FULL_MEMORY, InputError, VideoError
from personalize.procedures.batch import folder_names, list_passed_over, list_videos, run_batch
from personalize.storage.manifest import new_manifest, write_manifest


class Finished:
    """A workspace whose first stage was loaded and whose second was made."""

    manifest = {"stages": {"predict": {"seconds": 2.0}, "parse": {"seconds": 3.0}}}

    def __init__(self, reused=("predict",)):
        self.reused = list(reused)
        self.root = Path("out")


def test_videos_and_folders_of_frames_are_found_and_nothing_else(tmp_path):
    for name in ("b.mp4", "a.MOV", "notes.txt", ".hidden.mp4"):
        (tmp_path / name).touch()
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "1.png").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / ".cache").mkdir()
    assert [path.name for path in list_videos(tmp_path)] == ["a.MOV", "b.mp4", "frames"]
    assert [path.name for path in list_passed_over(tmp_path)] == ["empty"]


def test_a_folder_without_videos_is_refused(tmp_path):
    with pytest.raises(InputError, match="no video and no folder of frames"):
        list_videos(tmp_path)
    with pytest.raises(InputError, match="gone: no such folder"):
        list_videos(tmp_path / "gone")


def test_videos_of_one_name_get_folders_of_their_own(tmp_path):
    videos = [Path("x/a.mp4"), Path("x/a.mov"), Path("x/b.mp4")]
    assert folder_names(videos, tmp_path) == ["a.mp4", "a.mov", "b"]
    nested = [Path("x/a.mp4"), Path("x/a.mov"), Path("x/a.mp4.mkv")]
    assert folder_names(nested, tmp_path) == ["a.mp4", "a.mov", "a.mp4.mkv"]


def test_frames_called_like_a_video_that_has_their_folder_get_another(tmp_path):
    (tmp_path / "clip").mkdir()
    write_manifest(
        tmp_path / "clip", new_manifest("run", {"name": "clip.mp4", "digest": "0"}, {}, {})
    )
    assert folder_names([Path("x/clip"), Path("x/clip.mp4")], tmp_path) == ["clip-2", "clip"]


@pytest.mark.parametrize("folder", ["a", "a.mp4"])
@pytest.mark.parametrize("beside", [[], [Path("x/a.mov")]])
def test_a_video_keeps_its_folder_whoever_comes_or_goes_beside_it(folder, beside, tmp_path):
    (tmp_path / folder).mkdir()
    write_manifest(tmp_path / folder, new_manifest("run", {"name": "a.mp4", "digest": "0"}, {}, {}))
    assert folder_names([*beside, Path("x/a.mp4")], tmp_path) == [
        *(one.name for one in beside),
        folder,
    ]


def test_a_folder_that_is_none_of_ours_does_not_stop_a_batch(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "manifest.json").write_text("{}")
    (tmp_path / "b" / "manifest.json").mkdir(parents=True)
    assert folder_names([Path("x/a.mp4"), Path("x/b.mp4")], tmp_path) == ["a", "b"]


def test_one_failure_does_not_stop_the_rest(tmp_path):
    def run_one(video, folder):
        if video.stem == "bad":
            raise VideoError("bad.mp4: broken")
        return Finished()

    outcomes = list(run_batch([Path("bad.mp4"), Path("good.mp4")], tmp_path, run_one))
    assert [(o.name, o.state, o.note) for o in outcomes] == [
        ("bad.mp4", "failed", "bad.mp4: broken"),
        ("good.mp4", "done", "personal      3 s  out"),
    ]


def test_a_finished_video_was_finished_before(tmp_path):
    outcomes = run_batch([Path("a.mp4")], tmp_path, lambda *_: Finished(("predict", "parse")))
    assert next(outcomes).state == "finished before"


@pytest.mark.parametrize(
    ("error", "note", "traced"),
    [
        (
            ZeroDivisionError("of ours"),
            "by a defect, ZeroDivisionError: of ours; please report it",
            True,
        ),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), FULL_MEMORY, False),
    ],
)
def test_a_defect_costs_one_video_and_shows_its_traceback_but_full_memory_is_none(
    error, note, traced, tmp_path, capsys
):
    def run_one(video, folder):
        if video.stem == "a":
            raise error
        return Finished()

    outcomes = list(run_batch([Path("a.mp4"), Path("b.mp4")], tmp_path, run_one))
    assert [outcome.state for outcome in outcomes] == ["failed", "done"]
    assert outcomes[0].note == note
    assert ("Traceback" in capsys.readouterr().err) == traced


def test_a_link_in_the_folder_of_a_batch_is_not_followed(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").symlink_to("../outside")
    [outcome] = run_batch([Path("a.mp4")], tmp_path / "out", lambda *_: Finished())
    assert outcome.state == "failed"
    assert "out/a: is a link to ../outside" in outcome.note


def test_a_video_that_another_process_runs_is_left_to_it_and_is_no_failure(tmp_path):
    code = """if True:
        import sys
        from personalize.storage.claims import Claims
        claim = Claims(sys.argv[1]).take("a")
        print("taken", flush=True)
        sys.stdin.read()
    """
    other = [sys.executable, "-c", code, str(tmp_path)]
    seen = []

    def run_one(video, folder):
        seen.append(video.name)
        return Finished()

    with subprocess.Popen(other, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"taken\n"
        outcomes = list(run_batch([Path("a.mp4"), Path("b.mp4")], tmp_path, run_one))
        process.kill()
    assert [(outcome.name, outcome.state) for outcome in outcomes] == [
        ("b.mp4", "done"),
        ("a.mp4", "busy elsewhere"),
    ]
    assert f"a: process {process.pid} on " in outcomes[1].note
    assert seen == ["b.mp4"]
    assert next(run_batch([Path("a.mp4")], tmp_path, run_one)).state == "done"


def test_a_shard_is_every_nth_video_with_the_folder_that_it_has_among_all(tmp_path):
    videos = [Path("a.mov"), Path("a.mp4"), Path("b.mp4"), Path("c.mp4")]
    made = []

    def run_one(video, folder):
        made.append(folder.name)
        return Finished()

    for number in (1, 2, 3):
        list(run_batch(videos, tmp_path, run_one, shard=(number, 3)))
    assert made == ["a.mov", "c", "a.mp4", "b"]


def test_a_claim_is_released_whatever_becomes_of_a_video(tmp_path):
    def run_one(video, folder):
        raise VideoError("a.mp4: broken")

    for _ in range(2):
        [outcome] = run_batch([Path("a.mp4")], tmp_path, run_one)
        assert (outcome.state, outcome.note) == ("failed", "a.mp4: broken")
