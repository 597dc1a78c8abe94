"""Whether a test can fail at all: an assertion that is always true proves nothing."""

import ast
from collections.abc import Iterator, Set

from mpspec.model.implementations import Function

_RAISING = {"raises", "warns", "fail", "deprecated_call"}
"""Functions of pytest that fail a test."""


def can_fail(definition: ast.AST, asserting: Set[str]) -> bool:
    """Return whether code holds an assertion that may be false, or calls a function that holds one.

    Args:
        definition: A test, or a helper of its file.
        asserting: Names of the functions in the same file that can fail.
    """
    for node in ast.walk(definition):
        if isinstance(node, ast.Assert) and not _always_true(node.test):
            return True
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call) and (_name(node.func) in asserting or _is_raising(node.func)):
            return True
    return False


def asserting_functions(tree: ast.Module) -> frozenset[str]:
    """Return the names of the functions in a file that can fail, also by calling one another.

    A function imported from elsewhere that is named for what it asserts, `assert_...` or `check_...`, counts.
    """
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, Function)}
    asserting = {name for name in _imported(tree) if name.startswith(("assert_", "check_"))}
    while more := {
        name for name, node in functions.items() if name not in asserting and can_fail(node, asserting)
    }:
        asserting |= more
    return frozenset(asserting)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith(("mediasec", "mpspec")):
            yield from (alias.asname or alias.name for alias in node.names)


def _always_true(test: ast.expr) -> bool:
    """Return whether an asserted expression is true whatever the code under test does."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, (ast.Tuple, ast.List, ast.Set)):
        return bool(test.elts)
    if isinstance(test, ast.BoolOp):
        parts = [_always_true(value) for value in test.values]
        return any(parts) if isinstance(test.op, ast.Or) else all(parts)
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.Eq, ast.Is, ast.LtE, ast.GtE)):
        sides = [ast.dump(side) for side in [test.left, *test.comparators]]
        return len(set(sides)) == 1
    return False


def _is_raising(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in _RAISING
        and isinstance(function.value, ast.Name)
        and function.value.id == "pytest"
    )


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""
