"""The modules of the reference implementation with what they offer; they are read, never imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mpspec.model.implementations import Definition, definitions, location_of, parse_module

_PACKAGE = "impl/mediasec"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A public class or function.

    Attributes:
        name: Its name in its module, such as `Header.parse`.
        signature: As it is called.
        docstring: Its docstring, without indentation.
        line: First line of the definition.
        level: 0 for what the module holds itself, 1 for what a class of it holds, ...
    """

    name: str
    signature: str
    docstring: str
    line: int
    level: int

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return self.docstring.partition("\n")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module with what it offers."""

    name: str
    path: str
    docstring: str
    definitions: tuple[Described, ...]

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return self.docstring.partition("\n")[0]


def read_modules(root: Path) -> tuple[Module, ...]:
    """Return every public module of the project at a root, in the order of their names.

    Raises:
        UnreadableSource: A module cannot be read or is not Python.
    """
    found = []
    for path in sorted((root / _PACKAGE).rglob("*.py")):
        relative = path.relative_to(root)
        names = list(relative.with_suffix("").parts[1:])
        if any(name.startswith("_") and name != "__init__" for name in names):
            continue
        tree = parse_module(path, relative.as_posix())
        found.append(
            Module(
                name=".".join(names[:-1] if names[-1] == "__init__" else names),
                path=relative.as_posix(),
                docstring=ast.get_docstring(tree) or "",
                definitions=tuple(_public(tree, relative.as_posix())),
            )
        )
    return tuple(sorted(found, key=lambda module: module.name))


def _public(tree: ast.Module, path: str) -> Iterator[Described]:
    classes = {""}
    for name, definition in definitions(tree):
        owner, _, own = name.rpartition(".")
        if own.startswith("_") or owner not in classes:
            continue
        if isinstance(definition, ast.ClassDef):
            classes.add(name)
        yield Described(
            name=name,
            signature=_signature(definition),
            docstring=ast.get_docstring(definition) or "",
            line=location_of(definition, path).line,
            level=name.count("."),
        )


def _signature(definition: Definition) -> str:
    if isinstance(definition, ast.ClassDef):
        bases = ", ".join(map(ast.unparse, definition.bases))
        return f"class {definition.name}({bases})" if bases else f"class {definition.name}"
    marks = {ast.unparse(decorator) for decorator in definition.decorator_list}
    returns = f" -> {ast.unparse(definition.returns)}" if definition.returns else ""
    if marks & {"property", "cached_property"}:
        return f"{definition.name}{returns.replace(' ->', ':')}"
    start = "async def" if isinstance(definition, ast.AsyncFunctionDef) else "def"
    return f"{start} {definition.name}({ast.unparse(definition.args)}){returns}"
