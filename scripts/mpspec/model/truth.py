"""What an expression is worth whatever the code under test does, as far as its text tells."""

import ast
import builtins
import operator
from collections import Counter
from collections.abc import Callable, Container, Mapping, Set
from functools import lru_cache
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
_CONTRARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.Is: ast.IsNot,
    ast.In: ast.NotIn,
}
"""Comparisons of which exactly one is true; `or` and `and` need but one side of each pair."""
_BUILTINS = frozenset(vars(builtins))
_EMPTY = {"bytes", "dict", "frozenset", "list", "set", "str", "tuple"}
"""What gives something empty where it is called without arguments."""
_SHORTEST, _LONGER = 0, 1
"""Two lengths, of which the first is the least there is."""


@lru_cache(maxsize=256)
def nodes_of(definition: Function) -> tuple[ast.AST, ...]:
    """Return what `ast.walk` yields for a function, in half its time; it is asked for several times."""
    found: list[ast.AST] = [definition]
    for node in found:  # It grows behind the place that is looked at.
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list):
                found += [each for each in value if isinstance(each, ast.AST)]
    return tuple(found)


def bound_names(definition: Function) -> tuple[Set[str], Constants]:
    """Return the names that a function binds, and those of them that it binds once, to a constant."""
    bound: Counter[str] = Counter()
    constants: dict[str, ast.Constant] = {}
    for node in nodes_of(definition):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                bound[name] += 1
            case ast.Assign(targets=[ast.Name(id=name), *_], value=ast.Constant() as value):
                constants[name] = value
    return bound.keys(), {name: value for name, value in constants.items() if bound[name] == 1}


def is_built_in(node: ast.AST, own: Container[str]) -> bool:
    """Return whether all that a node uses is constants and what Python itself brings.

    Args:
        node: An expression or a statement.
        own: Names that the function around it binds.
    """
    return all(
        part.id in _BUILTINS and part.id not in own
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    )


def truth(node: ast.expr, constants: Constants) -> bool | None:
    """Return whether an expression is always true or always false; None where that depends on what runs."""
    match node:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id=name) if name in constants:
            return bool(constants[name].value)
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _of_comparison(left, op, right, constants)
        case ast.Compare(left=left, ops=ops, comparators=others):
            alike = len({ast.dump(side) for side in [left, *others]}) == 1
            return True if alike and all(isinstance(op, ast.Eq) for op in ops) else None
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _of_call(name, arguments, constants)
        case ast.NamedExpr() | ast.UnaryOp() | ast.BoolOp() | ast.IfExp():
            return _of_logic(node, constants)
    return _of_display(node)


def _of_call(name: str, arguments: list[ast.expr], constants: Constants) -> bool | None:
    """Return the truth of a call by what is called."""
    match name, arguments:
        case "isinstance", [_, classes]:
            parts = classes.elts if isinstance(classes, ast.Tuple) else [classes]
            if any(isinstance(part, ast.Name) and part.id == "object" for part in parts):
                return True
        case "bool", [argument]:
            return truth(argument, constants)
        case "type", [_]:
            return True
        case "any" | "all", [ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts)]:
            if any(isinstance(part, ast.Starred) for part in parts):
                return None
            return _of_parts(parts, name == "any", constants)
        case "all", [ast.GeneratorExp(elt=each) | ast.ListComp(elt=each)]:
            return truth(each, constants) or None
        case "range", [ast.Constant(value=0)]:
            return False
        case _, []:
            return False if name in _EMPTY else None
    return None


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
    if is_or in known or any(_contrary(value) in shown for value in values):
        return is_or
    return None if None in known else not is_or


def _contrary(node: ast.expr) -> str:
    """Return what is true where an expression is not, as text; empty where it is not seen."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ast.dump(operand)
        case ast.Compare(left=left, ops=[op], comparators=right) if type(op) in _CONTRARY:
            return ast.dump(ast.Compare(left, [_CONTRARY[type(op)]()], right))
    return ""


def _of_comparison(left: ast.expr, op: ast.cmpop, right: ast.expr, constants: Constants) -> bool | None:
    if ast.dump(left) == ast.dump(right):
        return _REFLEXIVE.get(type(op))
    sides = (left, right)
    if isinstance(op, ast.Eq) and any(_equals_all(side) for side in sides):
        return True
    if isinstance(op, ast.In) and isinstance(right, (ast.Tuple, ast.List, ast.Set)):
        return True if ast.dump(left) in map(ast.dump, right.elts) else None
    if _is_main(left, right):
        return False
    pair = [constants.get(side.id, side) if isinstance(side, ast.Name) else side for side in sides]
    try:
        return bool(_OPERATORS[type(op)](*map(ast.literal_eval, pair)))
    except (ValueError, TypeError):
        return _of_length(left, op, right)


def _of_length(left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool | None:
    """Return the truth of a comparison of a length with a number that no length goes below, or comes to."""
    for one, other, swapped in ((left, right, False), (right, left, True)):
        match one:
            case ast.Call(func=ast.Name(id="len")):
                try:
                    limit = ast.literal_eval(other)
                    results = {
                        _OPERATORS[type(op)](*((limit, length) if swapped else (length, limit)))
                        for length in (_SHORTEST, _LONGER)
                    }
                except (ValueError, TypeError):
                    return None
                return results.pop() if len(results) == 1 and limit <= _SHORTEST else None
    return None


def _equals_all(node: ast.expr) -> bool:
    """Return whether an object equals everything: `mock.ANY`, or `approx` with an endless tolerance."""
    if isinstance(node, ast.Call) and _last_name(node.func) == "approx":
        return any(_is_endless(value) for value in [*node.args, *(each.value for each in node.keywords)])
    return _last_name(node) == "ANY"


def _is_endless(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str(text))]):
            return text.strip().lower().lstrip("+") in {"inf", "infinity"}
    return _last_name(node) == "inf"


def _is_main(left: ast.expr, right: ast.expr) -> bool:
    """Return whether a module asks if it is run as a program, which a test never is."""
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in (left, right))


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
