"""A finished run is exported, and whoever cannot be served is told why, and what to do."""

import json
import os
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from personalize import ExportSettings, export, read_run
from personalize.commands.main import main
from personalize.errors import InputError, PersonalizeError, SettingsError, WeightsError
from personalize.exports import formats
from personalize.media.encode import VideoWriter
from personalize.network.checkpoints import digest, save_person

LIGHT = ["csv-wide", "openpose", "webvtt", "palette"]


def test_each_format_gets_a_folder_in_the_run(drawn_run):
    root = drawn_run()
    folders = export(root, LIGHT)
    assert folders == [root / "exports" / name for name in LIGHT]
    assert (root / "exports/webvtt/clip.vtt").read_text().startswith("WEBVTT")
    assert json.loads((root / "exports/webvtt/export.json").read_text())["format"] == "webvtt"
    assert export(read_run(root), "webvtt") == [root / "exports/webvtt"]  # replaces it


def test_folders_may_be_elsewhere(drawn_run, tmp_path):
    assert export(drawn_run(), "csv-wide", out=tmp_path / "there") == [tmp_path / "there/csv-wide"]
    assert not (tmp_path / "out/exports").exists()


def test_a_format_that_fails_leaves_those_before_it_and_nothing_else(drawn_run):
    root = drawn_run()
    (root / "exports/palette").mkdir(parents=True)
    (root / "exports/palette/mine.png").write_bytes(b"dear")
    with pytest.raises(PersonalizeError, match=r"mine\.png: is there, but no export made it"):
        export(root, ["csv-wide", "palette", "webvtt"])
    assert sorted(os.listdir(root / "exports")) == ["csv-wide", "palette"]


def test_frames_are_read_from_where_the_video_was(drawn_run):
    root = drawn_run()
    (folder,) = export(root, "cutout", settings=ExportSettings(background="#ffffff"))
    assert (folder / "clip_cutout.mp4").stat().st_size > 1000


def test_a_video_that_was_moved_is_named(drawn_run, drawn_video, tmp_path):
    video = shutil.copy(drawn_video, tmp_path / "gone.mp4")
    root = drawn_run(video=video)
    moved = shutil.move(video, tmp_path / "moved.mp4")
    with pytest.raises(InputError, match=r"gone\.mp4, which is not at .*; name it with --video"):
        export(root, "matte")
    assert export(root, "matte", video=moved)


def test_another_video_is_refused(drawn_run, tmp_path):
    with VideoWriter(tmp_path / "other.mp4", fps=25) as writer:
        writer.write(np.zeros((72, 96, 3), np.uint8))
    with pytest.raises(InputError, match=r"other\.mp4: is not the clip\.mp4 that .* is a run of"):
        export(drawn_run(), "matte", video=tmp_path / "other.mp4")


def test_a_run_that_names_no_video_says_so(drawn_run):
    root = drawn_run()
    manifest = json.loads((root / "manifest.json").read_text())
    del manifest["notes"]
    (root / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="not at any place that is known; name it with --video"):
        export(root, "cutout")


def test_a_run_that_is_not_finished_is_refused(drawn_run, tmp_path):
    with pytest.raises(PersonalizeError, match="there is no finished run here"):
        export(tmp_path, "csv-wide")
    root = drawn_run()
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["stages"]["parse"]["key"] = None
    (root / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(PersonalizeError, match="is of a run that was stopped; run it again"):
        export(root, "csv-wide")


@pytest.mark.parametrize("table", ["frames.csv", "joints.csv"])
def test_a_damaged_table_is_named(drawn_run, table):
    root = drawn_run()
    lines = (root / table).read_text().splitlines()
    (root / table).write_text("\n".join(lines[:3]).replace("0", "x"))
    with pytest.raises(PersonalizeError, match=rf"{table}: is not as a run leaves it .*run it"):
        export(root, "csv-wide")


def test_what_is_not_installed_is_named_before_anything_is_done(drawn_run, monkeypatch):
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"coco needs pycocotools, .*'personalize\[exports\]'"):
        export(drawn_run(), ["csv-wide", "coco"])
    with pytest.raises(SettingsError, match="no format 'xml'; there are coco, "):
        export(drawn_run(), "xml")


def test_settings_are_checked():
    with pytest.raises(SettingsError, match="--background pink: must be transparent, blur or a"):
        ExportSettings(background="pink")
    with pytest.raises(SettingsError, match="no codec 'h265'; there are vp9, prores"):
        ExportSettings(codec="h265")
    assert ExportSettings(background="#20C040").colour == (32, 192, 64)


@pytest.fixture
def told():
    """Return a function that runs the command; gives its result."""

    def invoke(*words):
        return CliRunner().invoke(main, ["export", *map(str, words)])

    return invoke


def test_the_command_tells_the_folders(drawn_run, told):
    root = drawn_run()
    result = told(root, "--to", "csv-wide", "--to", "elan")
    assert result.exit_code == 0, result.output
    assert result.stdout.split() == [str(root / "exports/csv-wide"), str(root / "exports/elan")]
    assert told(root, "--to", "xml").exit_code == 2
    result = told(root, "--to", "cutout", "--background", "pink")
    assert result.exit_code == 1 and "Error: --background pink" in result.stderr
    assert "Error: " in told(root / "gone", "--to", "elan").stderr


def test_the_network_of_a_run_is_exported(drawn_run, square_network, square_weights, told):
    pytest.importorskip("onnx", reason="of the extra `exports`")
    pytest.importorskip("onnxruntime", reason="of the extra `exports`")
    base = digest(square_network.state_dict())
    root = drawn_run(facts={"base": base, "seed": 0})
    with pytest.raises(WeightsError, match="is a run with other base weights than .*--weights"):
        export(root, "onnx")
    save_person(square_network, root / "person.safetensors", square_network, {})
    (folder,) = export(root, "onnx", weights=square_weights)
    assert (folder / "person.onnx").exists()
    result = told(root / "person.safetensors", "--to", "onnx", "--weights", square_weights)
    assert result.stdout == f"{root / 'exports/onnx'}\n"
    result = told(root / "person.safetensors", "--to", "webvtt")
    assert "the format webvtt is made of a run; name its folder" in result.stderr


def test_the_network_of_a_parse_is_known_by_its_weights(drawn_run, square_network, square_weights):
    pytest.importorskip("onnx", reason="of the extra `exports`")
    pytest.importorskip("onnxruntime", reason="of the extra `exports`")
    weights = {"weights": digest(square_network.state_dict())}
    root = drawn_run(facts=weights, purpose="parse")
    with pytest.raises(WeightsError, match="was parsed with another network than .*--person"):
        export(root, "onnx")
    assert (export(root, "onnx", weights=square_weights)[0] / "base.onnx").exists()
