"""What an expression is worth whatever the code under test does, as far as its text tells."""

import ast
import operator
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from mpspec.model.implementations import Function

Constants = Mapping[str, ast.Constant]
"""Names of a function that stand for one constant all along."""

_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_REFLEXIVE = {ast.Eq: True, ast.Is: True, ast.LtE: True, ast.GtE: True, ast.NotEq: False, ast.IsNot: False}
"""What these give between an expression and itself."""


def constants_of(definition: Function) -> Constants:
    """Return the names that a function binds once, to a constant."""
    bound = Counter(node.arg for node in ast.walk(definition) if isinstance(node, ast.arg))
    bound.update(
        node.id
        for node in ast.walk(definition)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    return {
        node.targets[0].id: node.value
        for node in ast.walk(definition)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and bound[node.targets[0].id] == 1
    }


def truth(node: ast.expr, constants: Constants) -> bool | None:
    """Return whether an expression is always true or always false; None where that depends on what runs."""
    match node:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id=name) if name in constants:
            return bool(constants[name].value)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _of_comparison(left, op, right, constants)
        case ast.Compare(left=left, ops=ops, comparators=others):
            alike = len({ast.dump(side) for side in [left, *others]}) == 1
            return True if alike and all(isinstance(op, ast.Eq) for op in ops) else None
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, ast.Name(id="object")]):
            return True
        case ast.NamedExpr() | ast.UnaryOp() | ast.BoolOp() | ast.IfExp():
            return _of_logic(node, constants)
    return _of_display(node)


def _of_display(node: ast.expr) -> bool | None:
    """Return the truth of what is written out in place: it depends on whether it holds anything."""
    match node:
        case ast.Lambda() | ast.GeneratorExp():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return _holds_any([not isinstance(part, ast.Starred) for part in parts])
        case ast.Dict(keys=keys):
            return _holds_any([key is not None for key in keys])
        case ast.JoinedStr(values=parts) if any(isinstance(part, ast.Constant) for part in parts):
            return True
    return None


def _of_logic(
    node: ast.NamedExpr | ast.UnaryOp | ast.BoolOp | ast.IfExp, constants: Constants
) -> bool | None:
    match node:
        case ast.NamedExpr(value=value):
            return truth(value, constants)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            known = truth(operand, constants)
            return None if known is None else not known
        case ast.BoolOp(op=op, values=values):
            return _of_parts(values, isinstance(op, ast.Or), constants)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            known = truth(test, constants)
            ways = [body, orelse] if known is None else [body if known else orelse]
            found = {truth(way, constants) for way in ways}
            return found.pop() if len(found) == 1 else None
    return None


def _holds_any(certain: list[bool]) -> bool | None:
    """Return whether a collection of such elements holds any; an unpacked one may be empty."""
    if any(certain):
        return True
    return None if certain else False


def _of_parts(values: list[ast.expr], is_or: bool, constants: Constants) -> bool | None:
    """Return the truth of `or` or `and`: one part decides it, or all are known, or two are contrary."""
    known = [truth(value, constants) for value in values]
    shown = {ast.dump(value) for value in values}
    contrary = any(
        isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not) and ast.dump(value.operand) in shown
        for value in values
    )
    if is_or in known or contrary:
        return is_or
    return None if None in known else not is_or


def _of_comparison(left: ast.expr, op: ast.cmpop, right: ast.expr, constants: Constants) -> bool | None:
    if ast.dump(left) == ast.dump(right):
        return _REFLEXIVE.get(type(op))
    pair = [constants.get(side.id, side) if isinstance(side, ast.Name) else side for side in (left, right)]
    try:
        return bool(_OPERATORS[type(op)](*map(ast.literal_eval, pair)))
    except (ValueError, TypeError):
        return True if _is_length_from_zero(left, op, right) else None


def _is_length_from_zero(left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
    """Return whether a length is compared with what every length reaches."""
    if isinstance(op, ast.LtE):
        left, right = right, left
    return (
        isinstance(op, (ast.LtE, ast.GtE))
        and isinstance(left, ast.Call)
        and isinstance(left.func, ast.Name)
        and left.func.id == "len"
        and isinstance(right, ast.Constant)
        and right.value == 0
    )
