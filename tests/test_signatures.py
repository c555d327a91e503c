"""Every public function and method tells the type of each argument, and of what it returns."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("personalize", "propagation")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def public_functions(tree: ast.Module) -> Iterator[tuple[str, list[ast.arg], ast.FunctionDef]]:
    """Yield name, arguments but for `self`, and node of the public functions of a module.

    A method is public if its class is, and neither begins with one underscore.
    """
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and is_public(node.name):
            yield node.name, arguments(node), node
        elif isinstance(node, ast.ClassDef) and is_public(node.name):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and is_public(inner.name):
                    given = arguments(inner)
                    own = given if is_static(inner) else given[1:]
                    yield f"{node.name}.{inner.name}", own, inner


def is_public(name: str) -> bool:
    return not name.startswith("_") or name.startswith("__")


def is_static(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(decorator) == "staticmethod" for decorator in function.decorator_list)


def arguments(function: ast.FunctionDef) -> list[ast.arg]:
    told = function.args
    more = [extra for extra in (told.vararg, told.kwarg) if extra]
    return [*told.posonlyargs, *told.args, *told.kwonlyargs, *more]


def untyped(tree: ast.Module) -> list[str]:
    """Return the names of the public functions of a module that lack a type."""
    return [
        name
        for name, given, function in public_functions(tree)
        if function.returns is None or any(argument.annotation is None for argument in given)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_public_functions_have_types(path):
    assert untyped(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "def f(a): ...",
        "def f(a: int): ...",
        "def f(a: int, *, b=1) -> int: ...",
        "def f(*a, **b: int) -> int: ...",
        "class C:\n    def f(self): ...",
        "class C:\n    @staticmethod\n    def f(a) -> int: ...",
        "class C:\n    def __init__(self, a) -> None: ...",
    ],
)
def test_a_type_that_is_missing_is_seen(source):
    assert len(untyped(ast.parse(source))) == 1


def test_what_is_private_may_go_without():
    source = "def _f(a): ...\nclass _C:\n    def f(self): ...\nclass C:\n    def _f(self): ..."
    assert untyped(ast.parse(source)) == []
