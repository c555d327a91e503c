from itertools import product

import pytest

from personalize.errors import WorkspaceError
from personalize.storage.manifest import new_manifest, outputs_of, read_manifest, write_manifest

RECORD = {"key": "k", "settings": {}, "outputs": {"report.html": None}, "seconds": 1.5}
CHOICE = {"kept": "generic", "reason": "loss", "estimate": -0.1, "uncertainty": 0.2}
VERDICT = {
    "silhouettes": {**CHOICE, "kept": "personal"},
    "parts": CHOICE,
    "held_out": 3,
    "evidence": {"x": {"generic": 0.5, "personal": 0.4}},
}


@pytest.fixture
def found(tmp_path):
    """A manifest as JSON has it, with one finished stage."""
    source = {"name": "clip.mp4", "digest": "d1"}
    return {**new_manifest("run", source, {}, {}), "stages": {"report": RECORD}, "verdict": VERDICT}


REFUSED = (
    "manifest.json: is not the manifest of a run that this version can read; choose another folder"
)


def test_a_manifest_comes_back_as_it_was(found, tmp_path):
    write_manifest(tmp_path, found)
    assert read_manifest(tmp_path) == found
    assert outputs_of(found) == ["report.html"]
    assert read_manifest(tmp_path / "elsewhere") is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b"9" * 5000]
)
def test_what_is_torn_or_no_manifest_is_refused(tmp_path, content):
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(WorkspaceError, match=REFUSED):
        read_manifest(tmp_path)


def test_a_half_of_a_manifest_is_refused(found, tmp_path):
    write_manifest(tmp_path, found)
    path = tmp_path / "manifest.json"
    path.write_text(path.read_text()[: path.stat().st_size // 2])
    with pytest.raises(WorkspaceError, match=REFUSED):
        read_manifest(tmp_path)


def test_a_folder_in_the_place_of_a_manifest_is_refused(tmp_path):
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(WorkspaceError, match=REFUSED):
        read_manifest(tmp_path)


VALUES = (None, 7, "text", [], ["x"], {}, {"x": 1})
RIGHT = (("purpose", "text"), ("stages", {}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pair
        for pair in product(("format", "purpose", "source", "stages"), VALUES)
        if pair not in RIGHT
    ],
)
def test_wrong_types_are_refused(found, tmp_path, name, value):
    write_manifest(tmp_path, {**found, name: value})
    with pytest.raises(WorkspaceError, match=REFUSED):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": 3},
        {"settings": None},
        {"seconds": "1"},
        {"seconds": None},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"seconds": 10**400},
        {"outputs": "report.html"},
        {"outputs": [["report.html"]]},
        {"outputs": None},
    ],
    ids=str,
)
def test_a_record_of_wrong_types_is_refused(found, tmp_path, wrong):
    write_manifest(tmp_path, {**found, "stages": {"report": {**RECORD, **wrong}}})
    with pytest.raises(WorkspaceError, match=REFUSED):
        read_manifest(tmp_path)


def test_outputs_of_a_version_that_recorded_no_sizes_have_no_fingerprints(found, tmp_path):
    write_manifest(
        tmp_path, {**found, "stages": {"report": {**RECORD, "outputs": ["report.html"]}}}
    )
    assert read_manifest(tmp_path)["stages"]["report"]["outputs"] == {"report.html": None}


@pytest.mark.parametrize(
    "wrong",
    [
        "parts",
        {"parts": "generic"},
        {"parts": {**CHOICE, "kept": "neither"}},
        {"silhouettes": {**CHOICE, "estimate": "much"}},
        {"silhouettes": {**CHOICE, "reason": None}},
        {"held_out": "3"},
        {"evidence": {"x": {"generic": 0.5}}},
    ],
    ids=str,
)
def test_a_verdict_that_no_run_reaches_is_left_out(found, tmp_path, wrong):
    write_manifest(
        tmp_path, {**found, "verdict": {**VERDICT, **wrong} if isinstance(wrong, dict) else wrong}
    )
    assert "verdict" not in read_manifest(tmp_path)
