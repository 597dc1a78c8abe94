"""Reading the reference implementation: which definition implements which requirement.

A definition claims a requirement in the `Source` section of its docstring, one ID in a line with the clause
that it rests on. The file is parsed, never imported.
"""

import ast
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from pathlib import Path

from mpspec.model.problem import Problem, UnreadableSource
from mpspec.model.requirements import Citation, Location
from mpspec.model.vocabulary import ID_PATTERN

_CLAIM = re.compile(rf"(?P<id>{ID_PATTERN.pattern}) \((?P<citation>[^()]+)\)\.?")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One line of a `Source` section: this definition implements that requirement.

    Attributes:
        requirement: ID of the requirement.
        citation: The clause that the code names for it.
        line: Line of the definition that claims it.
    """

    requirement: str
    citation: Citation
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Implementation:
    """A class or function that claims requirements.

    Attributes:
        name: Dotted name, such as `mediasec.sdp.rules.check_offer`.
        summary: First line of its docstring.
        claims: What it claims.
        executable: Whether it holds code that runs, beside that of definitions in it with claims of their
            own; a class that only holds data does not.
        used: Whether code of the package names it; asked only of what holds no code that runs.
        location: The definition with its decorators, from its first to its last line.
    """

    name: str
    summary: str
    claims: tuple[Claim, ...]
    executable: bool
    used: bool
    location: Location

    @property
    def requirements(self) -> tuple[str, ...]:
        """IDs of the requirements that it claims."""
        return tuple(claim.requirement for claim in self.claims)


def read_implementations(package: Path, root: Path) -> tuple[list[Implementation], list[Problem]]:
    """Read every module under the package's folder, in the order of their paths.

    Args:
        package: Folder of the package, such as `impl/mediasec`.
        root: Root of the project.

    Raises:
        UnreadableSource: A module cannot be read or is not Python.
    """
    implementations: list[Implementation] = []
    problems: list[Problem] = []
    trees: list[ast.Module] = []
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(root).as_posix()
        tree = parse_module(path, relative)
        trees.append(tree)
        parts = path.relative_to(package.parent).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        claiming: dict[str, tuple[Definition, tuple[Claim, ...]]] = {}
        read = set()
        for name, definition in definitions(tree):
            claims = tuple(_claims(ast.get_docstring(definition) or "", definition, relative, problems))
            if not claims:
                continue
            read.add(ast.get_docstring(definition, clean=False))
            if name in claiming:
                problems.append(
                    Problem(
                        path=relative,
                        line=definition.lineno,
                        code="bad-source",
                        message=f"{name} is defined here for the second time; what the first claims is lost.",
                    )
                )
            claiming[name] = (definition, claims)
        claimed = sum(len(claims) for _, claims in claiming.values())
        if claimed != sum(map(_is_claim, path.read_text("utf-8", "replace").splitlines())):
            problems += _unread_claims(tree, relative, read)
        others = {definition for definition, _ in claiming.values()}
        implementations += [
            Implementation(
                name=f"{module}.{name}",
                summary=(ast.get_docstring(definition) or "").partition("\n")[0],
                claims=claims,
                executable=_runs(definition, others),
                used=True,
                location=location_of(definition, relative),
            )
            for name, (definition, claims) in claiming.items()
        ]
    if not all(each.executable for each in implementations):
        names = {name for tree in trees for name in _named(tree)}
        implementations = [
            replace(each, used=each.executable or each.name.rpartition(".")[2] in names)
            for each in implementations
        ]
    return implementations, problems


def _unread_claims(tree: ast.Module, relative: str, read: Set[str | None]) -> Iterator[Problem]:
    """Yield a problem for each claim in a text that is no docstring of a class or function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in read:
            for line in node.value.splitlines():
                if _is_claim(line):
                    yield Problem(
                        path=relative,
                        line=node.lineno,
                        code="bad-source",
                        message=f"'{line.strip()}' claims nothing: it stands in no Source section of a class "
                        "or function.",
                    )


def _is_claim(line: str) -> bool:
    return _CLAIM.fullmatch(line.strip()) is not None


def _named(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module uses; to import one is no use of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _runs(node: ast.AST, others: Set[ast.AST]) -> bool:
    """Return whether a definition holds a function that is not part of another definition with claims."""
    return isinstance(node, Function) or any(
        _runs(child, others) for child in ast.iter_child_nodes(node) if child not in others
    )


def parse_module(path: Path, relative: str) -> ast.Module:
    """Parse one file of Python.

    Raises:
        UnreadableSource: It cannot be read, or is not Python.
    """
    try:
        return ast.parse(path.read_bytes(), filename=relative)
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableSource(f"{relative} cannot be read as Python: {error}") from error


def definitions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """Yield every class and function in a tree with its dotted name, outermost first."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield prefix + child.name, child
            yield from definitions(child, f"{prefix}{child.name}.")
        elif isinstance(child, (ast.If, ast.Try, ast.With)):
            yield from definitions(child, prefix)


def location_of(definition: Definition, relative: str) -> Location:
    """Return the place of a definition, its decorators included."""
    first = min([definition.lineno, *(decorator.lineno for decorator in definition.decorator_list)])
    return Location(path=relative, line=first, end_line=definition.end_lineno or definition.lineno)


def _claims(
    docstring: str, definition: Definition, relative: str, problems: list[Problem]
) -> Iterator[Claim]:
    """Yield what the `Source` section of a docstring claims; a line that claims nothing is a problem."""
    lines = iter(docstring.splitlines())
    if not any(line == "Source:" for line in lines):
        return
    for line in lines:
        if line and not line.startswith(" "):
            return
        if not line.strip():
            continue
        match = _CLAIM.fullmatch(line.strip())
        try:
            if match is None:
                raise ValueError(f"'{line.strip()}' is not of the form 'SDP_012 (RFC 8866, 5.14)'")
            yield Claim(
                requirement=match["id"],
                citation=Citation.parse(match["citation"]),
                line=definition.lineno,
            )
        except ValueError as error:
            problems.append(
                Problem(
                    path=relative,
                    line=definition.lineno,
                    code="bad-source",
                    message=f"The Source section of {definition.name} cannot be read: {error}.",
                )
            )
