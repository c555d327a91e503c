"""Results change only when they are meant to, and then their version does, too."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

spec = importlib.util.spec_from_file_location("golden_make", Path(__file__).with_name("make.py"))
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)

REMEDY = "if that is meant, raise storage.manifest.RESULTS and run tests/golden/make.py"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What is kept, and what a run gives now."""
    with np.load(make.KEPT) as kept:
        return dict(kept), make.described(make.run_tiny(tmp_path_factory.mktemp("golden")))


def test_what_is_kept_is_of_the_results_version(results):
    kept, now = results
    assert kept["results"] == now["results"], REMEDY


@pytest.mark.parametrize("what", ["settings", "layout"])
def test_settings_and_layout_are_those_of_the_version(results, what):
    kept, now = results
    assert kept[what] == now[what], f"the {what} changed; {REMEDY}"


def test_joints_are_where_they_were(results):
    kept, now = results
    assert np.array_equal(np.isnan(kept["xy"]), np.isnan(now["xy"])), REMEDY
    # 0.01 px, and what a table of two decimals rounds
    assert np.nanmax(np.abs(kept["xy"] - now["xy"])) < 0.0151, REMEDY


def test_silhouettes_are_as_they_were(results):
    kept, now = results
    before, after = (
        np.unpackbits(one["silhouettes"])[: np.prod(one["shape"])].astype(bool)
        for one in (kept, now)
    )
    assert before.size == after.size
    assert (before & after).sum() / (before | after).sum() > 0.999, REMEDY
