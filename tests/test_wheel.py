"""What is installed is the whole package, and nothing beside it."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("personalize", "propagation")
ABOUT = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
FOR_READERS = {"propagation/README.md"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of a clean copy; building needs setuptools, which torch brings, and no network."""
    copy = tmp_path_factory.mktemp("checkout")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, copy / package, ignore=ignored)
    for name in (*ABOUT, "cli.py"):
        shutil.copy(ROOT / name, copy)
    (copy / "benchmarks").mkdir()
    (copy / "benchmarks/__init__.py").write_text("")
    command = "-m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist ."
    done = subprocess.run(
        [sys.executable, *command.split()], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    [path] = (copy / "dist").glob("*.whl")
    with ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_a_wheel_holds_every_file_of_the_packages_and_no_other(wheel):
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in wheel if ".dist-info/" not in name} == wanted - FOR_READERS


def test_a_wheel_names_the_command_and_the_factor(wheel):
    [told] = (content.decode() for name, content in wheel.items() if "entry_points" in name)
    assert "personalize = personalize.commands.main:main" in told
    assert "background-subtraction = personalize.factors.still_camera:subtract_background" in told
