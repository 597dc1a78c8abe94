"""Reading the tests: which case verifies which requirement, and whether it stands at the right clause.

A conformance test's path is its clause and its name is its requirement:
`tests/conformance/rfc6043/test_4_2_1_header.py` holds `test_mky_017__rejects_unknown_version`. A further ID
is named by `@pytest.mark.verifies("...")`. The file is parsed, never imported.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeGuard

from mpspec.model.assertions import asserting_functions, can_fail
from mpspec.model.implementations import Definition, Function, location_of, parse_module
from mpspec.model.problem import Problem
from mpspec.model.requirements import Location, Requirement
from mpspec.model.wrapping import wrapped

_NAME = re.compile(r"test_(?P<id>[a-z][a-z0-9]*(?:_[a-z]+)?_[0-9]{3})__[a-z0-9_]+")
_FILE = re.compile(r"test_(?P<clause>(?:[a-z]_)?[0-9]+(?:_[0-9]+)*|[a-z])_[a-z][a-z0-9_]*[a-z0-9]\.py")
_CONFORMANCE = PurePosixPath("tests/conformance")
NO_EVIDENCE = ("tests/benchmarks/", "tests/site/")
"""Tests that no evidence speaks of: they measure, or look at a site that was built from evidence."""
_MARK = "pytest.mark.verifies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test, as it is written; with parameters it runs more than once.

    Attributes:
        node: `tests/conformance/rfc6043/test_4_2_1_header.py::test_mky_017__rejects_unknown_version`.
        requirements: IDs of the requirements that it verifies.
        summary: First line of its docstring: the rule in one sentence.
        can_fail: Whether it holds an assertion, or calls a helper of its file that does.
        location: Its definition.
    """

    node: str
    requirements: tuple[str, ...]
    summary: str
    can_fail: bool
    location: Location


def read_cases(tests: Path, root: Path) -> tuple[list[Case], list[Problem]]:
    """Read every test below a folder, in the order of paths and lines.

    Raises:
        UnreadableSource: A file cannot be read or is not Python.
    """
    cases: list[Case] = []
    problems: list[Problem] = []
    helpers = {
        path.stem: asserting_functions(parse_module(path, path.relative_to(root).as_posix()))
        for path in sorted((tests / "support").glob("*.py"))
    }
    for path in sorted(tests.rglob("test_*.py")):
        relative = path.relative_to(root).as_posix()
        tree = parse_module(path, relative)
        asserting = asserting_functions(tree, helpers)
        names: set[str] = set()
        nodes = list(ast.walk(tree))
        problems += _unread_marks(tree, nodes, relative)
        problems += [
            Problem(
                path=relative,
                line=line,
                code="wrapped-test",
                message=f"What runs as {name} is not what stands there: it is wrapped or bound again.",
            )
            for line, name in wrapped(tree, nodes, [test for _, test in _tests(tree)], helpers)
        ]
        for scope, definition in _tests(tree):
            docstring = ast.get_docstring(definition) or ""
            case = Case(
                node="::".join([relative, *scope, definition.name]),
                requirements=tuple(dict.fromkeys(_identities(definition))),
                summary=docstring.partition("\n")[0],
                can_fail=can_fail(definition, asserting),
                location=location_of(definition, relative),
            )
            if case.node in names:
                problems.append(
                    Problem(
                        path=relative,
                        line=case.location.line,
                        code="test-twice",
                        message=f"{definition.name} stands here for the second time; the first never runs.",
                    )
                )
            names.add(case.node)
            cases.append(case)
            problems += _faults_of_form(case)
    return cases, problems


def misplaced(cases: Iterable[Case], requirements: dict[str, Requirement]) -> Iterator[Problem]:
    """Yield a problem for each case that names an unknown ID or stands at another clause than its own."""
    for case in cases:
        place = case.location
        name = case.node.rpartition("::")[2]
        for identity in case.requirements:
            if identity not in requirements:
                yield Problem(
                    path=place.path,
                    line=place.line,
                    code="unknown-id",
                    message=f"{name} verifies {identity}, which reqs/ does not have.",
                )
        named = _NAME.fullmatch(name)
        own = requirements.get(named["id"].upper()) if named else None
        at = _clause_of(PurePosixPath(place.path))
        if own is None or at is None:
            continue
        wanted = {(source.folder, source.clause.lower().replace("-", "")) for source in own.sources}
        if at not in wanted:
            yield Problem(
                path=place.path,
                line=place.line,
                code="wrong-clause",
                message=f"The test of {own.id} stands at another clause; "
                f"its source is {' or '.join(map(str, own.sources))}.",
            )


def _clause_of(path: PurePosixPath) -> tuple[str, str] | None:
    """Return folder and clause of a conformance test's file, such as `("rfc6043", "4.2.1")`."""
    match = _FILE.fullmatch(path.name)
    if match is None or not path.is_relative_to(_CONFORMANCE):
        return None
    return path.parent.name, match["clause"].replace("_", ".")


def _tests(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], Function]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            for inner in node.body:
                if _is_test(inner):
                    yield (node.name,), inner
        elif _is_test(node):
            yield (), node


def _is_test(node: ast.stmt) -> TypeGuard[Function]:
    """Return whether pytest takes a definition for a test: by its name, unless it is a fixture."""
    return (
        isinstance(node, Function)
        and node.name.startswith("test")
        and not any(ast.unparse(each).startswith("pytest.fixture") for each in node.decorator_list)
    )


def _identities(definition: Definition) -> Iterator[str]:
    named = _NAME.fullmatch(definition.name)
    if named:
        yield named["id"].upper()
    for decorator in definition.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == _MARK:
            for argument in decorator.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _unread_marks(tree: ast.Module, nodes: list[ast.AST], relative: str) -> Iterator[Problem]:
    """Yield a problem for each mark `verifies` that names its requirement in a way that is not read."""
    read = {
        decorator.func
        for _, definition in _tests(tree)
        for decorator in definition.decorator_list
        if isinstance(decorator, ast.Call) and decorator.args
        if all(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in decorator.args)
        if ast.unparse(decorator.func) == _MARK
    }
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == "verifies" and node not in read:
            yield Problem(
                path=relative,
                line=node.lineno,
                code="bad-mark",
                message=f'A test verifies by @{_MARK}("SDP_012") above it, with the ID written out.',
            )


def _faults_of_form(case: Case) -> Iterator[Problem]:
    path = PurePosixPath(case.location.path)
    if case.requirements and case.location.path.startswith(NO_EVIDENCE):
        yield Problem(
            path=case.location.path,
            line=case.location.line,
            code="wrong-place",
            message=f"No evidence is made in {path.parent}, where this verifies {case.requirements[0]}.",
        )
    if not path.is_relative_to(_CONFORMANCE):
        return
    name = case.node.rpartition("::")[2]
    faults = []
    if _clause_of(path) is None:
        faults.append(("bad-file-name", f"{path.name} does not name a clause, as test_4_2_1_header.py does."))
    if not _NAME.fullmatch(name):
        faults.append(
            ("bad-test-name", f"{name} does not name a requirement, as test_mky_017__rejects_x does.")
        )
    if not case.summary:
        faults.append(("no-docstring", f"{name} has no docstring; it says the rule in one sentence."))
    for code, message in faults:
        yield Problem(path=case.location.path, line=case.location.line, code=code, message=message)
