"""Whether a test can fail at all: an assertion that is always true proves nothing."""

import ast
from collections.abc import Iterator, Set

from mpspec.model.implementations import Function

_RAISING = {"raises", "warns", "fail", "deprecated_call"}
"""Functions of pytest that fail a test."""


def can_fail(definition: Function, asserting: Set[str]) -> bool:
    """Return whether a function reaches an assertion that may be false, or calls a function that does.

    What stands behind a `return`, in a function that is only defined, or under a handler that swallows the
    error, is not reached.

    Args:
        definition: A test, or a helper of its file.
        asserting: Names of the functions in the same file that can fail.
    """
    given = {argument.arg for argument in definition.args.args if argument.arg.startswith(_ASSERTING)}
    inner = [node for node in definition.body if isinstance(node, Function)]
    return _block(definition.body, _closed(inner, frozenset(asserting | given)))


def _closed(functions: list[Function], asserting: frozenset[str]) -> frozenset[str]:
    """Add the names of these functions that can fail, also by calling one another."""
    while more := {
        each.name for each in functions if each.name not in asserting and can_fail(each, asserting)
    }:
        asserting |= more
    return asserting


def _block(statements: list[ast.stmt], asserting: frozenset[str]) -> bool:
    for statement in statements:
        if _statement(statement, asserting):
            return True
        if isinstance(statement, (ast.Return, ast.Continue, ast.Break)):
            return False
    return False


def _statement(node: ast.stmt, asserting: frozenset[str]) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    if isinstance(node, ast.Raise):
        return True
    if isinstance(node, ast.Assert):
        return not _always_true(node.test)
    if isinstance(node, (ast.Try, ast.TryStar)):
        swallowed = any(_swallows(handler, asserting) for handler in node.handlers)
        parts = [*node.orelse, *node.finalbody, *([] if swallowed else node.body)]
        return _block(parts, asserting) or any(_block(each.body, asserting) for each in node.handlers)
    if any(_calls(part, asserting) for part in ast.iter_child_nodes(node) if isinstance(part, _PARTS)):
        return True
    if isinstance(node, ast.Match):
        return any(_block(case.body, asserting) for case in node.cases)
    blocks = [getattr(node, name, []) for name in ("body", "orelse")]
    return any(_block(block, asserting) for block in blocks)


_ASSERTING = ("assert_", "check_", "expect")
"""How the name of a function begins that asserts, where its definition is not in the file."""
_PARTS = (ast.expr, ast.withitem, ast.keyword)


def _calls(node: ast.AST, asserting: frozenset[str]) -> bool:
    return any(
        isinstance(call, ast.Call) and (_name(call.func) in asserting or _is_raising(call.func))
        for call in ast.walk(node)
    )


def _swallows(handler: ast.ExceptHandler, asserting: frozenset[str]) -> bool:
    """Return whether a handler catches a failed assertion and lets the test go on."""
    caught = {_name(node) for node in ast.walk(handler.type)} if handler.type else {"BaseException"}
    return bool(caught & {"BaseException", "Exception", "AssertionError"}) and not _block(
        handler.body, asserting
    )


def asserting_functions(tree: ast.Module) -> frozenset[str]:
    """Return the names of the functions in a file that can fail, also by calling one another.

    A function imported from elsewhere that is named for what it asserts, such as `assert_equal`, counts.
    """
    asserting = frozenset(name for name in _imported(tree) if name.startswith(_ASSERTING))
    return _closed([node for node in tree.body if isinstance(node, Function)], asserting)


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


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""
