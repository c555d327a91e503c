"""The architecture as a test: imports only ever go up the rows, or stay in one."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

ROWS = [
    {"errors"},
    {"parts"},
    {"types"},
    {"storage"},
    {"imaging"},
    {"media"},
    {"network"},
    {"evidence"},
    {"evaluation"},
    {"datasets"},
    {"synthesis"},
    {"training"},
    {"factors"},
    {"stages"},
    {"adaptation"},
    {"output"},
    {"settings"},
    {"report"},
    {"procedures"},
    {"experiments"},
    {"commands"},
]
"""Folders of `personalize`, and files that have none yet, lowest first; a row knows those before it."""

FILES = sorted((ROOT / "personalize").rglob("*.py"))


def room(path):
    """Return the file or package of `personalize` that a path belongs to."""
    return path.relative_to(ROOT / "personalize").parts[0].removesuffix(".py")


def row(name):
    return next(number for number, names in enumerate(ROWS) if name in names)


def imported_modules(path):
    """Return the names of all modules that a file imports, wherever it does."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module)
            modules.update(f"{node.module}.{alias.name}" for alias in node.names)
    return modules


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_from_its_row_and_above(path):
    for module in imported_modules(path):
        names = module.split(".")
        if names[0] == "personalize" and len(names) > 1 and any(names[1] in r for r in ROWS):
            assert row(names[1]) <= row(room(path)), f"{room(path)} imports {module}"


def test_propagation_stands_alone():
    for path in (ROOT / "propagation").rglob("*.py"):
        assert not any(m.split(".")[0] == "personalize" for m in imported_modules(path)), path


@pytest.mark.parametrize("heavy", ["torch", "cv2", "numpy", "scipy", "av", "rich"])
def test_help_needs_nothing_heavy(heavy):
    import subprocess
    import sys

    code = f"import cli, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
