"""Whether a test can fail at all: an assertion that is always true proves nothing."""

import ast
from collections.abc import Iterator, Mapping, Set
from types import MappingProxyType

from mpspec.model.implementations import Function
from mpspec.model.truth import Constants, bound_names, is_built_in, nodes_of, truth

_RAISING = {"raises", "warns", "fail", "deprecated_call"}
"""Functions of pytest that fail a test."""
_ASSERTING = ("assert_", "check_", "expect")
"""How the name of a function begins that asserts, where its definition is not in the file."""
_PARTS = (ast.expr, ast.withitem, ast.keyword)
_BROAD = {"BaseException", "Exception", "AssertionError"}
"""What catches a failed assertion."""
Helpers = Mapping[str, frozenset[str]]
_NO_HELPERS: Helpers = MappingProxyType({})


def can_fail(definition: Function, asserting: Set[str], around: Set[str] = frozenset()) -> bool:
    """Return whether a function reaches an assertion that may be false, or calls a function that does.

    What stands behind a `return`, under a condition that is never true, in a function that is only defined,
    or where the error is swallowed, is not reached.

    Args:
        definition: A test, or a helper of its file.
        asserting: Names of the functions in the same file that can fail.
        around: Names that the functions around it bind.
    """
    if _swallows_on_its_own(definition):
        return False
    bound, constants = bound_names(definition)
    own = bound | around
    inner = [node for node in definition.body if isinstance(node, Function)]
    return _Reached(_closed(inner, frozenset(asserting), own), constants, own).in_block(definition.body)


def asserting_functions(tree: ast.Module, helpers: Helpers = _NO_HELPERS) -> frozenset[str]:
    """Return the names of the functions in a file that can fail, also by calling one another.

    A function imported from a program of others that is named for what it asserts, such as `assert_equal`,
    counts.

    Args:
        tree: The file.
        helpers: For each module of helpers, the names of its functions that can fail.
    """
    return _closed(
        [node for node in tree.body if isinstance(node, Function)], frozenset(_imported(tree, helpers))
    )


def _closed(
    functions: list[Function], asserting: frozenset[str], around: Set[str] = frozenset()
) -> frozenset[str]:
    """Add the names of these functions that can fail, also by calling one another."""
    while more := {
        each.name for each in functions if each.name not in asserting and can_fail(each, asserting, around)
    }:
        asserting |= more
    return asserting


def _imported(tree: ast.Module, helpers: Helpers) -> Iterator[str]:
    """Yield the names of imported functions that can fail."""
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or (node.module or "").startswith(("mediasec", "mpspec")):
            continue
        known = helpers.get(node.module or "")
        for alias in node.names:
            if alias.name.startswith(_ASSERTING) if known is None else alias.name in known:
                yield alias.asname or alias.name


class _Reached:
    """Looks for an assertion that may be false, on the ways that a function can take."""

    def __init__(self, asserting: frozenset[str], constants: Constants, own: Set[str]) -> None:
        self._asserting = asserting
        self._constants = constants
        self._own = own

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
            return not self._is_idle_test(node.test)
        if isinstance(node, (ast.Try, ast.TryStar)):
            swallowed = any(self._swallows(handler) for handler in node.handlers)
            body = [each for each in node.body if not _is_caught(each, node.handlers)]
            parts = [*node.orelse, *node.finalbody, *([] if swallowed else body)]
            return self.in_block(parts) or any(self.in_block(each.body) for each in node.handlers)
        if isinstance(node, (ast.With, ast.AsyncWith)) and self._is_idle(node):
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
        elif isinstance(node, (ast.For, ast.AsyncFor)) and truth(node.iter, self._constants) is False:
            known = False
        if known is not False:
            yield getattr(node, "body", [])
        if known is not True:
            yield getattr(node, "orelse", [])

    def _calls(self, node: ast.AST) -> bool:
        return any(
            isinstance(call, ast.Call) and (_name(call.func) in self._asserting or _is_raising(call))
            for call in _at_once(node)
        )

    def _swallows(self, handler: ast.ExceptHandler) -> bool:
        """Return whether a handler catches a failed assertion and lets the test go on."""
        return (handler.type is None or _is_broad(handler.type)) and not self.in_block(handler.body)

    def _is_idle_test(self, test: ast.expr) -> bool:
        """Return whether an assertion holds whatever runs: it is true, or only names what nobody calls."""
        of_module = isinstance(test, ast.Name) and test.id not in self._own
        return of_module or is_built_in(test, self._own) or truth(test, self._constants) is True

    def _is_idle(self, node: ast.With | ast.AsyncWith) -> bool:
        """Return whether a block cannot fail.

        It swallows a failed assertion, or waits for any error at all, which a misspelt name raises too, or
        itself raises what it waits for.
        """
        calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
        if any(_last_name(call.func) == "suppress" and any(map(_is_broad, call.args)) for call in calls):
            return True
        waiting = [call for call in calls if _of_pytest(call.func)]
        if any(map(_waits_for_anything, waiting)):
            return True
        alone = len(waiting) == len(node.items)
        return bool(waiting) and (
            isinstance(node.body[0], ast.Raise)
            or (alone and all(is_built_in(statement, self._own) for statement in node.body))
        )


def _at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs where a node runs: not the body of a lambda."""
    if not isinstance(node, ast.Lambda):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from _at_once(child)


def _is_caught(statement: ast.stmt, handlers: list[ast.ExceptHandler]) -> bool:
    """Return whether a statement raises what is caught at once."""
    if not isinstance(statement, ast.Raise) or statement.exc is None:
        return False
    raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    caught = {_last_name(node) for each in handlers if each.type for node in ast.walk(each.type)}
    return _last_name(raised) in caught


def _swallows_on_its_own(definition: Function) -> bool:
    """Return whether a function swallows failed assertions other than in a `with`, as by an `ExitStack`."""
    swallowing = [
        node
        for node in nodes_of(definition)
        if isinstance(node, ast.Call)
        and _last_name(node.func) == "suppress"
        and any(map(_is_broad, node.args))
    ]
    if not swallowing:
        return False
    items = {
        item.context_expr
        for node in nodes_of(definition)
        if isinstance(node, (ast.With, ast.AsyncWith))
        for item in node.items
    }
    return any(node not in items for node in swallowing)


def _is_raising(call: ast.Call) -> bool:
    return _of_pytest(call.func) and not _waits_for_anything(call)


def _waits_for_anything(call: ast.Call) -> bool:
    """Return whether `pytest.raises` takes every error, whatever it says."""
    kinds = call.args[:1] if _last_name(call.func) == "raises" else []
    return any(map(_is_broad, kinds)) and not any(each.arg == "match" for each in call.keywords)


def _is_broad(kinds: ast.expr) -> bool:
    """Return whether an error class, or a tuple of them, takes a failed assertion."""
    return any(_last_name(node) in _BROAD for node in ast.walk(kinds))


def _of_pytest(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in _RAISING
        and isinstance(function.value, ast.Name)
        and function.value.id == "pytest"
    )


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _last_name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else _name(node)
