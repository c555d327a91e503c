"""Nothing outside a run folder changes, whatever its manifest says and wherever its links lead."""

import json
import shutil
from collections import Counter

import pytest
from forked import DONE, REFUSED, in_fork
from mutants import mutate, mutate_json, random_of
from tinyrun import contents, snapshot, tiny_run

from personalize.output.finished import read_run
from personalize.procedures.check import check_run
from personalize.report.page import rewrite_report
from personalize.storage import layout
from personalize.storage.contained import discard

NAMES = [
    *(layout.MANIFEST, layout.PERSON, layout.REPORT, layout.COMPARISON, "stages", *layout.PARSED),
    *("stages/predict.npz", "silhouettes/000001.png", ".tmp-x", ".stopped-parse-0", "notes"),
]


@pytest.fixture
def field(tmp_path):
    """A folder with a finished run, `out`, and what is the user's beside it, `outside`."""
    outside = tmp_path / "outside"
    (outside / "pictures").mkdir(parents=True)
    for name in ("victim.txt", "manifest.json", "000001.png", "pictures/000000.png"):
        (outside / name).write_text(f"dear {name}")
    tiny_run(tmp_path / "sound")
    return tmp_path


def renew(field):
    """Put the finished run where it is tried, with the times of its files."""
    discard(field / "out")
    shutil.copytree(field / "sound", field / "out")


def use(root, seed):
    """Do to a run folder whatever the commands do."""
    for act in (
        lambda: tiny_run(root, seed),
        lambda: rewrite_report(root),
        lambda: read_run(root),
        lambda: check_run(root),
    ):
        yield from in_fork(lambda number, act=act: act(), [0])


def judge(field, before, outcomes, number):
    """Return the kind of each outcome; fail if one is none of a sentence, or something changed."""
    for outcome in outcomes:
        assert outcome.kind in (DONE, REFUSED), f"{number}: {outcome}"
    assert snapshot(field / "outside") == before, f"{number} changed what is outside"
    return Counter("no change outside" for _ in outcomes)


def test_no_manifest_reaches_outside(field, tally, pytestconfig):
    before = snapshot(field / "outside")
    for number in range(pytestconfig.getoption("--mutants") // 5):
        renew(field)
        random, path = random_of(number), field / "out" / layout.MANIFEST
        text = path.read_text()
        if random.random() < 0.8:
            text = mutate_json(text, random)
        content = text.encode("utf-8", "surrogatepass")
        path.write_bytes(mutate(content, random) if random.random() < 0.2 else content)
        outcomes = list(use(field / "out", int(random.integers(2))))
        tally("hostile manifests", judge(field, before, outcomes, number))


def test_no_link_leads_outside(field, tally, pytestconfig):
    before = snapshot(field / "outside")
    targets = ["../outside", "../outside/victim.txt", "../outside/pictures", "gone", "/"]
    targets += ["../outside/manifest.json", str(field / "outside"), "silhouettes", "."]
    for number in range(pytestconfig.getoption("--mutants") // 5):
        renew(field)
        random = random_of(number)
        for _ in range(random.integers(1, 3)):
            place = field / "out" / NAMES[random.integers(len(NAMES))]
            if place.parent.is_dir() and not place.parent.is_symlink():
                discard(place)
                place.symlink_to(targets[random.integers(len(targets))])
        outcomes = list(use(field / "out", int(random.integers(2))))
        tally("hostile links", judge(field, before, outcomes, number))


def test_a_manifest_that_is_refused_leaves_the_run_as_it_was(field):
    renew(field)
    path = field / "out" / layout.MANIFEST
    manifest = json.loads(path.read_text())
    manifest["stages"]["report"]["outputs"]["../outside/victim.txt"] = None
    path.write_text(json.dumps(manifest))
    left = contents(field / "out")
    outcomes = list(use(field / "out", 1))
    assert [outcome.kind for outcome in outcomes[:2]] == [REFUSED, REFUSED]
    assert contents(field / "out") == left
