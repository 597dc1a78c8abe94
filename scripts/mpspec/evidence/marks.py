"""Marks in the code: every function of a package notes that it was called, at the cost of one assignment.

A module is compiled from its source with `__ran__[N] = True` at the head of each function and method, after
its docstring; no line number changes. Marked code is compiled anew in each process: the files that Python
keeps beside a source hold the code as it is written, and are neither read nor written.
"""

import ast
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import compress
from pathlib import Path
from types import CodeType, ModuleType

from mpspec.model.implementations import Function, location_of

_NAME = "__ran__"


class NotMarked(Exception):
    """A module runs, or would run, without marks."""


class Marks(MetaPathFinder):
    """The marks of one process, and what imports modules with them.

    Args:
        root: Root of the project; the packages below `impl/` are marked, and nothing else.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._folder = self._root / "impl"
        self._packages = {path.parent.name for path in self._folder.glob("*/__init__.py")}
        self._functions: list[tuple[str, int]] = []
        self._ran: list[bool] = []

    def start(self) -> None:
        """Mark what is imported from now on.

        Raises:
            NotMarked: A module was imported already.
        """
        if early := self._packages & sys.modules.keys():
            names = ", ".join(sorted(early))
            raise NotMarked(
                f"{names} was imported before it could be marked, and it would not be known what the tests "
                "execute of it: a plugin of pytest or a file that Python runs at its start imports it."
            )
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Import as usual; what was imported keeps its marks."""
        sys.meta_path.remove(self)

    def take(self) -> set[tuple[str, int]]:
        """Return path and first line of each function that was called since the last time."""
        called = list(compress(range(len(self._ran)), self._ran))
        for number in called:
            self._ran[number] = False
        return {self._functions[number] for number in called}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module of the marked packages, and leave any other to Python.

        Raises:
            NotMarked: Python finds the package outside of the project.
        """
        if fullname.partition(".")[0] not in self._packages:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            source = Path(spec.loader.path).resolve()
            if not source.is_relative_to(self._folder):
                raise NotMarked(f"{fullname} is imported from {source}, outside of {self._folder}.")
            spec.loader = _MarkingLoader(self, fullname, spec.loader.path)
        return spec

    def compile(self, source: bytes, path: str) -> CodeType:
        """Compile a module with a mark in each of its functions."""
        tree = ast.parse(source, path)
        relative = Path(path).resolve().relative_to(self._root).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, Function):
                start = 0 if ast.get_docstring(node, clean=False) is None else 1
                node.body.insert(start, _mark(len(self._functions), (node.body[start:] or [node])[0]))
                self._functions.append((relative, location_of(node, relative).line))
                self._ran.append(False)
        return compile(tree, path, "exec", dont_inherit=True)

    def prepare(self, module: ModuleType) -> None:
        """Give a module the list that its marks are set in."""
        module.__dict__[_NAME] = self._ran


class _MarkingLoader(SourceFileLoader):
    """Loads a module from its source, with marks."""

    def __init__(self, marks: Marks, fullname: str, path: str) -> None:
        super().__init__(fullname, path)
        self._marks = marks

    def get_code(self, fullname: str) -> CodeType:
        return self._marks.compile(self.get_data(self.path), self.path)

    def exec_module(self, module: ModuleType) -> None:
        self._marks.prepare(module)
        super().exec_module(module)


def _mark(number: int, place: ast.stmt) -> ast.stmt:
    """Return the statement that sets a mark, as if it stood where another one does."""
    mark = ast.parse(f"{_NAME}[{number}] = True").body[0]
    for node in ast.walk(mark):
        ast.copy_location(node, place)
    return mark
