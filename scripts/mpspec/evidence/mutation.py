"""Mutants: the small faults that a test of the code ought to notice.

Each mutant changes one place in the body of a definition. Text that only people read, such as a message or
an annotation, is left alone: no test should depend on it.
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import TypeGuard

from mpspec.model.implementations import Definition

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one place.

    Attributes:
        id: Twelve hexadecimal digits that name this change; they stay when other code of the module changes.
        path: Module, relative to the root of the project.
        line: Line of the change, from 1.
        start: Offset of the replaced text in the module, in octets of UTF-8.
        end: Offset behind it.
        new: What stands there instead.
    """

    id: str
    path: str
    line: int
    start: int
    end: int
    new: str

    def applied(self, source: bytes) -> bytes:
        """Return the module with the change."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def diff(self, source: bytes) -> str:
        """Return the change as a unified diff without context."""
        old, new = source.decode().splitlines(), self.applied(source).decode().splitlines()
        lines = unified_diff(old, new, self.path, self.path, n=0, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


def mutants(source: bytes, path: str, name: str, definition: Definition) -> Iterator[Mutant]:
    """Yield every mutant of a definition's body, in the order of the source.

    Args:
        source: The whole module, in UTF-8.
        path: Its path, relative to the root of the project.
        name: Dotted name of the definition.
        definition: A class or function of that module.
    """
    seen: Counter[str] = Counter()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node, new in _changes(definition):
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        change = f"{name}\n{source[start:end].decode()}\n{new}"
        seen[change] += 1
        identity = hashlib.sha256(f"{change}\n{seen[change]}".encode()).hexdigest()[:12]
        yield Mutant(id=identity, path=path, line=node.lineno, start=start, end=end, new=new)


_Change = tuple[ast.expr | ast.stmt, str]


def _changes(definition: Definition) -> Iterator[_Change]:
    """Yield each node of the bodies that a mutant replaces, with its replacement."""
    for statement in definition.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from _changes(statement)
        elif not isinstance(definition, ast.ClassDef):
            yield from _of_statement(statement)


def _of_statement(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, (ast.Assert, ast.Import, ast.ImportFrom)) or _is_expression(node, ast.Constant):
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield from _changes(node)
        return
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield node, "return None"
    elif isinstance(node, ast.Raise) or _is_expression(node, ast.Call, ast.Await):
        yield node, "pass"
    elif _is_expression(node, ast.Yield, ast.YieldFrom):
        yield node, "yield from ()"
    elif isinstance(node, ast.AugAssign) and type(node.op) in _OPERATORS:
        other = ast.AugAssign(target=node.target, op=_OPERATORS[type(node.op)](), value=node.value)
        yield node, ast.unparse(other)
    elif isinstance(node, ast.Continue):
        yield node, "break"
    if isinstance(node, (ast.If, ast.While)):
        yield node.test, f"not ({ast.unparse(node.test)})"
    for child in _children(node):
        if isinstance(child, ast.expr):
            yield from _of_expression(child)
        else:
            yield from _of_statement(child)


def _of_expression(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            operators = list(node.ops)
            operators[at] = _COMPARISONS[type(operator)]()
            yield node, f"({ast.unparse(ast.Compare(node.left, operators, node.comparators))})"
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield node, f"({ast.unparse(ast.BoolOp(other, node.values))})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS and not _is_formatting(node):
        yield node, f"({ast.unparse(ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right))})"
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node)
    elif isinstance(node, ast.IfExp):
        swapped = ast.IfExp(test=node.test, body=node.orelse, orelse=node.body)
        yield node, f"({ast.unparse(swapped)})"
    for child in _children(node):
        yield from _of_expression(child)


def _of_constant(node: ast.Constant) -> Iterator[_Change]:
    value = node.value
    if isinstance(value, bool):
        yield node, str(not value)
    elif isinstance(value, int):
        yield node, str(value + 1)
    elif isinstance(value, bytes) and value:
        yield node, repr(value[:-1] + bytes([value[-1] ^ 1]))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may be mutated below a node: no annotation, and no pattern of a match."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "pattern"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child


def _is_expression(node: ast.AST, *kinds: type[ast.expr]) -> TypeGuard[ast.Expr]:
    """Return whether a statement is nothing but an expression of one of these kinds."""
    return isinstance(node, ast.Expr) and isinstance(node.value, kinds)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_formatting(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )
