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
