"""What the tests' own code may do behind a test: turn a failure into a pass, or replace the code under test.

A result is worth what pytest made of it. A hook of the project that decides which tests run or how they end,
and a helper that replaces the code under test for every test, are findings. The files are parsed, never
imported.
"""

import ast
import re
import sys
from collections.abc import Iterator, Set
from pathlib import Path

from mpspec.model.cases import NO_EVIDENCE
from mpspec.model.implementations import Definition, parse_module
from mpspec.model.problem import Problem

_HARMLESS = {
    "pytest_addoption",
    "pytest_assertrepr_compare",
    "pytest_make_parametrize_id",
    "pytest_report_header",
    "pytest_terminal_summary",
}
"""Hooks that decide nothing; what else begins with `pytest_` in a `conftest.py` may."""
_DECIDING = (
    "collect_ignore",
    "pytest_collect",
    "pytest_deselected",
    "pytest_fixture_",
    "pytest_generate_tests",
    "pytest_ignore_collect",
    "pytest_itemcollected",
    "pytest_plugins",
    "pytest_pycollect_",
    "pytest_pyfunc_call",
    "pytest_report_to_serializable",
    "pytest_runtest",
)
"""How the names begin that decide which tests run or how they end, wherever they are defined."""
_PATCHING = {"delattr", "multiple", "object", "patch", "setattr"}
"""Functions that replace what their first argument names: of Python, of pytest and of `unittest.mock`."""
_CODE = "mediasec"
_PACKAGES = {"impl": "mediasec", "scripts": "mpspec", "tests/support": None}
"""Folders that Python looks for modules in, with the one package that each holds."""
_SUFFIXES = {".py", ".pyc", ".so", ".pth"}
_TAKEN = sys.stdlib_module_names | {"mediasec", "mpspec", "pytest", "sitecustomize", "usercustomize"}
"""Names that no helper may have."""
_TOOLS = {"_pytest", "builtins", "pytest"}
"""What makes a test fail; nobody replaces parts of it."""
_WORDS = re.compile(rb"pytest_|sys\.modules|_pytest|builtins|pytest\.\w+ *=[^=]")
"""One of these stands in a file of tests that does such a thing."""


def faults_of_helpers(root: Path) -> Iterator[Problem]:
    """Yield a problem for each hook or patch in the tests' code.

    Raises:
        UnreadableSource: A file cannot be read or is not Python.
    """
    yield from _strays(root)
    for path in [*sorted(root.glob("conftest.py")), *sorted((root / "tests").rglob("*.py"))]:
        relative = path.relative_to(root).as_posix()
        if relative.startswith(NO_EVIDENCE):
            continue
        is_test = path.name.startswith("test_")
        if is_test and not _WORDS.search(path.read_bytes()):
            continue
        tree = parse_module(path, relative)
        for line, name in _bound(tree):
            if name.startswith(_DECIDING) or (
                path.name == "conftest.py" and name.startswith("pytest_") and name not in _HARMLESS
            ):
                yield Problem(
                    path=relative,
                    line=line,
                    code="outcome-hook",
                    message=f"{name} may change which tests run or how they end; no evidence is worth "
                    "anything behind it.",
                )
        own = frozenset(_imported(tree, _TOOLS if is_test else {*_TOOLS, _CODE}))
        for line in _patches(tree, own, is_test):
            yield Problem(
                path=relative,
                line=line,
                code="patched-code",
                message="This replaces code for every test, where none of them says so.",
            )


def _strays(root: Path) -> Iterator[Problem]:
    """Yield a problem for each module that Python would find before the one that is meant, or run unasked."""
    for folder, package in _PACKAGES.items():
        for path in sorted((root / folder).glob("*")):
            is_module = path.suffix in _SUFFIXES or (path / "__init__.py").is_file()
            taken = path.stem in _TAKEN if package is None else path.stem != package
            if is_module and taken:
                yield Problem(
                    path=path.relative_to(root).as_posix(),
                    line=0,
                    code="stray-module",
                    message=f"Python may find this as {path.stem} before what is meant, or run it unasked.",
                )


def _bound(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each name that a file binds, at any depth, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, Definition):
            yield node.lineno, node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield node.lineno, alias.asname or alias.name


def _imported(tree: ast.Module, packages: Set[str]) -> Iterator[str]:
    """Yield the names under which a file has imported packages, or parts of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in packages:
                    yield alias.asname or alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in packages:
            for alias in node.names:
                yield alias.asname or alias.name


def _patches(tree: ast.Module, code: Set[str], is_test: bool) -> Iterator[int]:
    """Yield the lines that replace a module, or a part of what fails a test or of the code under test."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                found = _is_modules(value)
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                found = _root(node) in code
            case ast.Call(func=ast.Attribute(attr="setitem" | "delitem" | "dict"), args=[first, *_]):
                found = _is_modules(first)
            case ast.Call(func=function, args=[first, *_]) if not is_test:
                name = function.attr if isinstance(function, ast.Attribute) else _root(function)
                found = name in _PATCHING and (_root(first) in code or _names_code(first))
            case _:
                continue
        if found:
            yield node.lineno


def _is_modules(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "modules" and _root(node) == "sys"


def _names_code(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.split(".")[0] == _CODE
    )


def _root(node: ast.expr) -> str:
    """Return the name that a chain of attributes begins with; empty where it begins otherwise."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
