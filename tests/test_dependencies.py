"""The bounds of dependencies are those that were tried: setup.cfg and constraints say the same."""

import configparser
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]


def required():
    """Return the requirements of setup.cfg, those of the extra for tests among them, but not of the
    extras that it takes in.
    """
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    told = setup["options"]["install_requires"] + "\n" + setup["options.extras_require"]["test"]
    lines = [line for line in told.splitlines() if line and not line.startswith("#")]
    return [wanted for wanted in map(Requirement, lines) if wanted.specifier]


def pinned(name):
    """Return the versions in a constraints file, by the canonical name of the package."""
    lines = re.findall(r"^([\w.-]+)==([\w.+]+)$", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): Version(version) for package, version in lines}


LOWEST, NEWEST = pinned("constraints-lowest.txt"), pinned("constraints.txt")
CHECKERS = {"mypy", "ruff"}  # which run on the newest alone


@pytest.mark.parametrize("wanted", required(), ids=str)
def test_a_floor_is_the_oldest_version_that_was_tried(wanted):
    name = canonicalize_name(wanted.name)
    [bound] = wanted.specifier
    assert bound.operator == ">="
    if name not in CHECKERS:
        assert LOWEST[name] == Version(bound.version)
    assert NEWEST[name] in wanted.specifier


def test_nothing_is_pinned_lower_than_its_oldest_version():
    assert {name for name in LOWEST if NEWEST[name] < LOWEST[name]} == set()


def test_what_the_oldest_versions_are_tested_with_is_there():
    text = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    rows = re.search(r"tests/personalize/, ([\w\s]+)\)", text).group(1).split()
    plain = re.search(r"^TOUCHING = (.*)$", text, re.MULTILINE).group(1).split()
    places = [*(f"tests/personalize/{row}" for row in rows), plain[0], plain[-1]]
    assert [place for place in places if not (ROOT / place).exists()] == []
    assert len(places) > 10
