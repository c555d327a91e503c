import json
import os
import shutil

import numpy as np
import pytest

from personalize.storage import layout
from personalize.storage.fingerprint import difference, fingerprint

STAGES = ["predict", "propagate", "refine", "learn", "judge", "keep", "parse", "report"]

FILES = {  # every output of a run: the stage that leaves it
    "stages/predict.npz": "predict",
    "stages/propagate.npz": "propagate",
    "stages/refine.npz": "refine",
    "stages/learned.safetensors": "learn",
    "person.safetensors": "keep",
    "stages/part_colours.npz": "learn",
    "stages/judge.npz": "judge",
    "silhouettes/000003.png": "parse",
    "parts/000000.png": "parse",
    "joints.csv": "parse",
    "parts.json": "parse",
    "frames.csv": "parse",
    "overlay.mp4": "parse",
    "report.html": "report",
    "stages/comparison/numbers.npz": "report",
    "stages/comparison/000001_generic.jpg": "report",
}


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    later = path.stat().st_mtime_ns + 1
    path.write_bytes(content)
    os.utime(path, ns=(later, later))


DAMAGES = {
    "emptied": lambda path: path.write_bytes(b""),
    "halved": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "missing": lambda path: path.unlink(),
    "a flipped byte": flip,
}


def contents(root):
    """Bytes of all files of a run folder, by name, but of what tells the time."""
    files = (path for path in root.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("name", "stage"), FILES.items())
def test_a_damaged_output_is_made_again_and_that_is_told(tiny_run, tmp_path, name, stage, damage):
    tiny_run()
    before = contents(tmp_path / "out")
    DAMAGES[damage](tmp_path / "out" / name)
    work, loaded = tiny_run()
    assert work.reused == STAGES[: STAGES.index(stage)]
    [sentence] = work.anew
    [output] = [o for o in layout.OUTPUTS[stage] if name == o or name.startswith(f"{o}/")]
    assert sentence.startswith(f"{tmp_path / 'out' / output}: ")
    assert sentence.endswith(f"; {stage} and all that follows is computed anew")
    assert contents(tmp_path / "out") == before
    assert all(np.size(value) == 40 for value in loaded if value is not None)
    assert tiny_run()[0].reused == STAGES


def test_no_output_of_a_run_was_left_out_above():
    outputs = [output for stage in STAGES for output in layout.OUTPUTS[stage]]
    assert not [output for output in outputs if not any(name.startswith(output) for name in FILES)]


@pytest.mark.parametrize("copy", [shutil.copyfile, shutil.copy2])
def test_a_copy_of_a_run_holds(tiny_run, tmp_path, copy):
    tiny_run()
    shutil.copytree(tmp_path / "out", tmp_path / "copy", copy_function=copy)
    shutil.rmtree(tmp_path / "out")
    work, _ = tiny_run(root=tmp_path / "copy")
    assert (work.reused, work.anew) == (STAGES, [])


def test_what_cannot_be_read_though_it_fits_is_made_again(tiny_run, tmp_path):
    tiny_run()
    path = tmp_path / "out" / "stages" / "refine.npz"
    status = path.stat()
    path.write_bytes(b"\0" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    work, _ = tiny_run()
    assert work.reused == ["predict", "propagate"]
    assert "refine.npz: cannot be read (" in work.anew[0]


def test_a_run_of_a_version_that_recorded_no_sizes_is_made_again(tiny_run, tmp_path):
    tiny_run()
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    for record in manifest["stages"].values():
        record["outputs"] = list(record["outputs"])
    path.write_text(json.dumps(manifest))
    work, _ = tiny_run()
    assert work.reused == []
    assert "predict.npz: was made by a version that recorded no sizes; predict and" in work.anew[0]


def test_settings_that_were_edited_in_the_manifest_are_not_believed(tiny_run, tmp_path):
    tiny_run()
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["stages"]["judge"]["settings"] = {"threshold": 0.5}
    path.write_text(json.dumps(manifest))
    work, _ = tiny_run()
    assert work.reused == STAGES[:4]
    assert "manifest.json: has other settings of judge" in work.anew[0]


def test_what_a_file_browser_leaves_in_a_folder_damages_nothing(tiny_run, tmp_path):
    tiny_run()
    for name in (".DS_Store", "Thumbs.db", "notes.txt"):
        (tmp_path / "out" / "silhouettes" / name).write_text("x")
    assert tiny_run()[0].reused == STAGES


@pytest.mark.parametrize("odd", ["a folder", "a file", "a picture too many", "a link"])
def test_what_no_stage_leaves_in_its_place_is_known(tiny_run, tmp_path, odd):
    tiny_run()
    out = tmp_path / "out"
    if odd == "a folder":
        (out / "joints.csv").unlink()
        (out / "joints.csv").mkdir()
    elif odd == "a file":
        shutil.rmtree(out / "parts")
        (out / "parts").write_text("x")
    elif odd == "a picture too many":
        (out / "parts" / "000004.png").touch()
    else:
        (out / "parts" / "000001.png").rename(tmp_path / "picture.png")
        (out / "parts" / "000001.png").symlink_to(tmp_path / "picture.png")
    work, _ = tiny_run()
    assert work.reused == STAGES[: STAGES.index("parse")]
    assert (out / "joints.csv").is_file() and len(os.listdir(out / "parts")) == 4
    assert odd != "a link" or (tmp_path / "picture.png").exists()


@pytest.mark.parametrize(
    "recorded", [None, [], 3, {}, {"size": "4"}, {"size": 9**999, "mtime_ns": None}]
)
def test_a_fingerprint_that_is_none_differs(tmp_path, recorded):
    (tmp_path / "joints.csv").write_text("x")
    assert difference(tmp_path, "joints.csv", recorded)


def test_to_look_at_a_folder_opens_no_file(tmp_path, monkeypatch):
    (tmp_path / "parts").mkdir()
    for number in range(3):
        (tmp_path / "parts" / layout.picture(number)).write_text("x")
    recorded = json.loads(json.dumps(fingerprint(tmp_path, "parts")))
    assert recorded["files"] == recorded["size"] == 3
    monkeypatch.setattr("builtins.open", None)
    assert difference(tmp_path, "parts", recorded) is None
