"""Whether a test can fail at all: an assertion that is always true proves nothing."""

import ast
from collections.abc import Iterator, Set

from mpspec.model.implementations import Function
from mpspec.model.truth import constants_of, truth

_RAISING = {"raises", "warns", "fail", "deprecated_call"}
"""Functions of pytest that fail a test."""
_ASSERTING = ("assert_", "check_", "expect")
"""How the name of a function begins that asserts, where its definition is not in the file."""
_PARTS = (ast.expr, ast.withitem, ast.keyword)
_BROAD = {"BaseException", "Exception", "AssertionError"}
"""What catches a failed assertion."""


def can_fail(definition: Function, asserting: Set[str]) -> bool:
    """Return whether a function reaches an assertion that may be false, or calls a function that does.

    What stands behind a `return`, under a condition that is never true, in a function that is only defined,
    or where the error is swallowed, is not reached.

    Args:
        definition: A test, or a helper of its file.
        asserting: Names of the functions in the same file that can fail.
    """
    given = {argument.arg for argument in definition.args.args if argument.arg.startswith(_ASSERTING)}
    inner = [node for node in definition.body if isinstance(node, Function)]
    return _Reached(definition, _closed(inner, frozenset(asserting | given))).in_block(definition.body)


def asserting_functions(tree: ast.Module) -> frozenset[str]:
    """Return the names of the functions in a file that can fail, also by calling one another.

    A function imported from elsewhere that is named for what it asserts, such as `assert_equal`, counts.
    """
    asserting = frozenset(name for name in _imported(tree) if name.startswith(_ASSERTING))
    return _closed([node for node in tree.body if isinstance(node, Function)], asserting)


def _closed(functions: list[Function], asserting: frozenset[str]) -> frozenset[str]:
    """Add the names of these functions that can fail, also by calling one another."""
    while more := {
        each.name for each in functions if each.name not in asserting and can_fail(each, asserting)
    }:
        asserting |= more
    return asserting


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith(("mediasec", "mpspec")):
            yield from (alias.asname or alias.name for alias in node.names)


class _Reached:
    """Looks for an assertion that may be false, on the ways that a function can take."""

    def __init__(self, definition: Function, asserting: frozenset[str]) -> None:
        self._asserting = asserting
        self._constants = constants_of(definition)

    def in_block(self, statements: list[ast.stmt]) -> bool:
        for statement in statements:
            if self._in_statement(statement):
                return True
            if isinstance(statement, (ast.Return, ast.Continue, ast.Break)):
                return False
        return False

    def _in_statement(self, node: ast.stmt) -> bool:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return False
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Assert):
            return truth(node.test, self._constants) is not True
        if isinstance(node, (ast.Try, ast.TryStar)):
            swallowed = any(self._swallows(handler) for handler in node.handlers)
            parts = [*node.orelse, *node.finalbody, *([] if swallowed else node.body)]
            return self.in_block(parts) or any(self.in_block(each.body) for each in node.handlers)
        if isinstance(node, (ast.With, ast.AsyncWith)) and _is_idle(node):
            return False
        if any(self._calls(part) for part in ast.iter_child_nodes(node) if isinstance(part, _PARTS)):
            return True
        if isinstance(node, ast.Match):
            return any(self.in_block(case.body) for case in node.cases)
        return any(self.in_block(block) for block in self._blocks(node))

    def _blocks(self, node: ast.stmt) -> Iterator[list[ast.stmt]]:
        """Yield the blocks of a statement that may run."""
        known = None
        if isinstance(node, (ast.If, ast.While)):
            known = truth(node.test, self._constants)
        elif isinstance(node, (ast.For, ast.AsyncFor)) and isinstance(node.iter, (ast.Tuple, ast.List)):
            known = truth(node.iter, self._constants)
        if known is not False:
            yield getattr(node, "body", [])
        if known is not True:
            yield getattr(node, "orelse", [])

    def _calls(self, node: ast.AST) -> bool:
        return any(
            isinstance(call, ast.Call) and (_name(call.func) in self._asserting or _is_raising(call.func))
            for call in ast.walk(node)
        )

    def _swallows(self, handler: ast.ExceptHandler) -> bool:
        """Return whether a handler catches a failed assertion and lets the test go on."""
        caught = {_name(node) for node in ast.walk(handler.type)} if handler.type else _BROAD
        return bool(caught & _BROAD) and not self.in_block(handler.body)


def _is_idle(node: ast.With | ast.AsyncWith) -> bool:
    """Return whether a block cannot fail: it swallows the error, or itself raises what it waits for."""
    for item in node.items:
        call = item.context_expr
        if not isinstance(call, ast.Call):
            continue
        called = call.func.attr if isinstance(call.func, ast.Attribute) else _name(call.func)
        if called == "suppress" and _BROAD & {_name(argument) for argument in call.args}:
            return True
        if _is_raising(call.func) and isinstance(node.body[0], ast.Raise):
            return True
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
