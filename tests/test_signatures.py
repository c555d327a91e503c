"""Every public function and method tells its types, and has a docstring; one of three arguments
or more tells of each of them.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import indent

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("personalize", "propagation", "benchmarks")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

MANY = 3
"""Arguments from which on a docstring tells of each."""

Classes = dict[str, list[ast.ClassDef]]
"""Classes by their names; one name may be that of several."""

FOREIGN = {"click.ParamType": "convert"}
"""Methods of classes of click that ours override: click tells of their arguments."""


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Public:
    """A public function, or a method that is public and of a public class."""

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef
    owner: ast.ClassDef | None = None

    @property
    def arguments(self) -> list[ast.arg]:
        """All but `self` or `cls`."""
        described = self.node.args
        more = [extra for extra in (described.vararg, described.kwarg) if extra]
        given = [*described.posonlyargs, *described.args, *described.kwonlyargs, *more]
        is_bound = self.owner and "staticmethod" not in self.decorators
        return given[1:] if is_bound else given

    @property
    def decorators(self) -> list[str]:
        return [ast.unparse(decorator) for decorator in self.node.decorator_list]

    @property
    def is_command(self) -> bool:
        """Whether it is a command of click's, whose help is its docstring: users read it."""
        return any(re.match(r"(\w+\.)?(command|group)\(", made) for made in self.decorators)


def public_functions(tree: ast.Module) -> Iterator[Public]:
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and is_public(node.name):
            yield Public(node.name, node)
        elif isinstance(node, ast.ClassDef) and is_public(node.name):
            for inner in node.body:
                if isinstance(inner, FUNCTIONS) and is_public(inner.name):
                    yield Public(f"{node.name}.{inner.name}", inner, node)


def is_public(name: str) -> bool:
    return not name.startswith("_") or name.startswith("__")


def untyped(tree: ast.Module) -> list[str]:
    """Return the names of the public functions of a module that lack a type."""
    return [
        found.name
        for found in public_functions(tree)
        if found.node.returns is None
        or any(argument.annotation is None for argument in found.arguments)
    ]


def undocumented(tree: ast.Module, classes: Classes) -> list[str]:
    """Return the names of the public classes and functions of a module that lack a docstring.

    None is asked of methods that Python names, of a command with the keyword `help`, and of a
    method that one of `classes`, from which it is inherited, documents.
    """
    lacking = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and is_public(node.name) and not ast.get_docstring(node)
    ]
    for found in public_functions(tree):
        known = ast.get_docstring(found.node) or found.node.name.startswith("__")
        helped = any("help=" in made for made in found.decorators if found.is_command)
        if not (known or helped or inherits_docstring(found, classes)):
            lacking.append(found.name)
    return lacking


def undescribed(tree: ast.Module, classes: Classes) -> list[str]:
    """Return "function: argument" for what a docstring does not tell of three arguments or more.

    Arguments stand in the section *Parameters*; those of a constructor, in the docstring of its
    class, may stand among its *Attributes*. Methods that Python names are exempt, commands of
    click are (their options have help), and methods that have their arguments from a class that
    tells of them.
    """
    lacking = []
    for found in public_functions(tree):
        makes = found.node.name == "__init__" and found.owner is not None
        if len(found.arguments) < MANY or found.is_command or has_foreign_arguments(found):
            continue
        if not makes and (found.node.name.startswith("__") or not ast.get_docstring(found.node)):
            continue
        text = ast.get_docstring(found.node) or ""
        if makes:
            text += "\n\n" + (ast.get_docstring(found.owner) or "")
        described = described_in(text)
        lacking += [
            f"{found.name}: {one.arg}" for one in found.arguments if one.arg not in described
        ]
    return lacking


def described_in(docstring: str) -> set[str]:
    """Return the names that the sections Parameters and Attributes of a docstring explain."""
    names = set()
    sections = re.split(r"(?m)^(\w[\w ]*)\n-{3,}\n", docstring)
    for title, text in zip(sections[1::2], sections[2::2]):
        if title in ("Parameters", "Attributes"):
            for line in re.findall(r"(?m)^[\w*].*", text):
                names.update(re.findall(r"\w+", line.split(" : ")[0]))
    return names


def inherits_docstring(found: Public, classes: Classes) -> bool:
    """Whether a class from which the owner of a method is derived documents it."""
    bases = bases_of(found.owner)
    while bases:
        for base in classes.get(bases.pop(), ()):
            for inner in base.body:
                if isinstance(inner, FUNCTIONS) and inner.name == found.node.name:
                    return ast.get_docstring(inner) is not None
            bases += bases_of(base)
    return False


def bases_of(owner: ast.ClassDef | None) -> list[str]:
    """Return the names of the classes from which one is derived; ``click.Group`` keeps its dot."""
    return [ast.unparse(base).split("[")[0] for base in owner.bases] if owner else []


def has_foreign_arguments(found: Public) -> bool:
    return any(FOREIGN.get(base) == found.node.name for base in bases_of(found.owner))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def classes() -> Classes:
    return by_name(node for path in FILES for node in parsed(path).body)


def by_name(nodes: Iterable[ast.stmt]) -> Classes:
    found: Classes = defaultdict(list)
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            found[node.name].append(node)
    return found


every_file = pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())


@every_file
def test_public_functions_have_types(path):
    assert untyped(parsed(path)) == []


@every_file
def test_public_functions_have_docstrings(path, classes):
    assert undocumented(parsed(path), classes) == []


@every_file
def test_docstrings_tell_of_three_arguments_or_more(path, classes):
    assert undescribed(parsed(path), classes) == []


@pytest.mark.parametrize(
    "source",
    [
        "def f(a): ...",
        "def f(a: int): ...",
        "def f(a: int, *, b=1) -> int: ...",
        "def f(*a, **b: int) -> int: ...",
        "async def f(a): ...",
        "class C:\n    def f(self): ...",
        "class C:\n    @staticmethod\n    def f(a) -> int: ...",
        "class C:\n    def __init__(self, a) -> None: ...",
    ],
)
def test_a_type_that_is_missing_is_seen(source):
    assert len(untyped(ast.parse(source))) == 1


def test_what_is_private_may_go_without():
    source = (
        "def _f(a): ...\nclass _C:\n    def f(self): ...\nclass C:\n    'C.'\n    def _f(a): ..."
    )
    assert untyped(ast.parse(source)) == undocumented(ast.parse(source), {}) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(): ...", ["f"]),
        ("class C:\n    def f(self): 'F.'", ["C"]),
        ("class C:\n    'C.'\n    @property\n    def f(self): ...", ["C.f"]),
        ("class C(Other):\n    'C.'\n    def f(self): ...", ["C.f"]),
        ("class C(Base):\n    'C.'\n    def f(self): ...", []),
        ("class C(Derived[int]):\n    'C.'\n    def f(self): ...", []),
        ("class C:\n    'C.'\n    def __len__(self): ...", []),
        ("@command('f', help='Do.')\ndef f(): ...", []),
        ("@command('f')\ndef f(): ...", ["f"]),
    ],
)
def test_a_docstring_that_is_missing_is_seen(source, names):
    known = "class Base:\n    def f(self): 'F.'\nclass Derived(Base): ..."
    assert undocumented(ast.parse(source), by_name(ast.parse(known).body)) == names


TELLS = "'''F.\n\nParameters\n----------\na, b : int\n    Two.\n*c\n    More.\n'''"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a, b, c): 'F, of a, b and c.'", ["f: a", "f: b", "f: c"]),
        ("def f(a, b): 'F.'", []),
        (f"def f(a, b, *c): {TELLS}", []),
        (f"def f(a, b, *c, d): {TELLS}", ["f: d"]),
        (
            f"class C:\n{indent(TELLS, '    ')}\n    def __init__(self, a, b, c, d): ...",
            ["C.__init__: d"],
        ),
        ("class C:\n    'C.'\n    def f(self, a, b): 'F.'", []),
        (
            "class C:\n    'C.'\n    @staticmethod\n    def f(a, b, c): 'F.'",
            ["C.f: a", "C.f: b", "C.f: c"],
        ),
        ("class C(click.ParamType):\n    'C.'\n    def convert(self, a, b, c): 'Convert.'", []),
        ("@command('f')\ndef f(a, b, c): 'F.'", []),
    ],
)
def test_an_argument_of_which_nothing_is_told_is_seen(source, names):
    assert undescribed(ast.parse(source), {}) == names
