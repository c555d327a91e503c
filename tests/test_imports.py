"""The architecture as a test: imports only ever go up the rows, or stay in one, and never in a
circle."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

ROWS = (
    *("errors", "ranges", "workers", "parts", "types"),
    *("storage", "imaging", "media", "network", "evidence", "evaluation", "datasets", "synthesis"),
    *("training", "factors", "stages", "adaptation", "output", "exports", "settings", "report"),
    *("procedures", "live", "experiments", "commands"),
)
"""Folders and files of `personalize`, lowest first: each knows itself and those before it. The
package's own `__init__` is its face, and may know all."""


def imports_of(source):
    """Return the names of all modules, and of what may be modules, that a source imports
    anywhere.
    """
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"a relative import of {node.module}"
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def graph_of(sources):
    """Return which modules of `sources` (dotted name -> source) each of them imports, but for the
    face.
    """
    house = {module: source for module, source in sources.items() if module != "personalize"}
    return {
        module: {name for name in imports_of(source) if name in house and name != module}
        for module, source in house.items()
    }


def check_rows(graph):
    """Raise AssertionError unless all modules are of a row, and import from it or from those
    before.
    """
    rank = {f"personalize.{name}": number for number, name in enumerate(ROWS)}

    def row(module):
        place = ".".join(module.split(".")[:2])
        assert place in rank, f"{module} is of no row"
        return rank[place]

    for module, imported in graph.items():
        for name in imported:
            assert row(name) <= row(module), f"{module} imports {name}, which is of a later row"
        row(module)


def check_circles(graph):
    """Raise AssertionError if modules import each other in a circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(f"a circle of imports: {' -> '.join(error.args[1])}") from None


def sources_of(package):
    """Return the sources of a package by their dotted names."""
    files = sorted((ROOT / package).rglob("*.py"))
    names = {file: file.relative_to(ROOT).with_suffix("").parts for file in files}
    return {
        ".".join(parts[:-1] if parts[-1] == "__init__" else parts): file.read_text()
        for file, parts in names.items()
    }


@pytest.fixture(scope="module")
def sources():
    return sources_of("personalize")


def test_imports_only_go_up_the_rows(sources):
    check_rows(graph_of(sources))


def test_no_imports_go_in_a_circle(sources):
    check_circles(graph_of(sources))


def test_every_row_is_there(sources):
    assert {name.split(".")[1] for name in sources if "." in name} == set(ROWS)


@pytest.mark.parametrize(
    "probe",
    [
        (
            "personalize.imaging.mixture",
            "from personalize.evidence.local_colours import count_nearby",
        ),
        ("personalize.errors", "import personalize.storage.atomic"),
        ("personalize.media.images", "def late():\n    from personalize import commands"),
    ],
    ids=lambda probe: probe[0],
)
def test_an_import_from_a_later_row_is_caught(sources, probe):
    module, source = probe
    graph = graph_of({**sources, module: source})
    with pytest.raises(AssertionError, match=f"{module} imports .*, which is of a later row"):
        check_rows(graph)


def test_a_file_of_no_row_is_caught(sources):
    graph = graph_of(
        {
            **sources,
            "personalize.helper": "",
            "personalize.commands.run": "import personalize.helper",
        }
    )
    with pytest.raises(AssertionError, match=r"personalize\.helper is of no row"):
        check_rows(graph)


def test_a_circle_in_one_row_is_caught(sources):
    one, other = "personalize.imaging.mixture", "personalize.imaging.grabcut"
    circle = {one: f"import {other}", other: f"import {one}"}
    with pytest.raises(AssertionError, match="a circle of imports: .*mixture"):
        check_circles(graph_of({**sources, **circle}))


def test_nearly_every_row_is_a_folder():
    flat = [row for row in ROWS if (ROOT / "personalize" / f"{row}.py").exists()]
    assert len(flat) <= 6, f"{', '.join(flat)}: move one into a folder"


def test_propagation_stands_alone():
    for module, source in sources_of("propagation").items():
        assert not any(name.split(".")[0] == "personalize" for name in imports_of(source)), module


def test_the_top_level_script_only_calls_the_commands():
    ours = {
        name for name in imports_of((ROOT / "cli.py").read_text()) if name.startswith("personalize")
    }
    assert ours == {"personalize.commands.main", "personalize.commands.main.main"}


@pytest.mark.parametrize("heavy", ["torch", "cv2", "numpy", "scipy", "av", "rich"])
def test_help_needs_nothing_heavy(heavy):
    code = f"import personalize.commands.main, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    "module",
    ["personalize.procedures.export", "personalize.report.page", "personalize.media.video"],
)
def test_what_runs_no_network_needs_no_torch(module):
    code = f"import {module}, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
