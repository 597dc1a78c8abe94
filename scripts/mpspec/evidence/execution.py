"""Evidence by execution: which implementing definitions each test ran.

A line tracer runs beside the tests and is told which test is at work. A definition was executed when a line
of its body ran; the line of its `def` runs at import and shows nothing, and a definition inside of it that
has claims of its own speaks for itself.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from coverage import Coverage

from mpspec.model import Implementation
from mpspec.model.implementations import definitions, location_of, parse_module


class Execution:
    """The tracer of one process.

    Args:
        root: Root of the project; code below `impl/` is traced, and nothing else.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._coverage = Coverage(data_file=None, config_file=False, source=[str(root / "impl")])
        # A process that runs no test of mediasec, such as the controller of xdist, is nothing to warn of.
        self._coverage.set_option("run:disable_warnings", ["no-data-collected", "module-not-imported"])
        self._coverage.start()

    def at_work(self, node: str) -> None:
        """Say which test runs from now on; with an empty name none does."""
        self._coverage.switch_context(node)

    def finish(self, implementations: Iterable[Implementation]) -> dict[str, list[str]]:
        """Stop, and return for each test the names of the implementing definitions that it executed."""
        self._coverage.stop()
        data = self._coverage.get_data()
        by_path: defaultdict[str, list[Implementation]] = defaultdict(list)
        for implementation in implementations:
            by_path[implementation.location.path].append(implementation)
        executed: defaultdict[str, set[str]] = defaultdict(set)
        for path, there in by_path.items():
            contexts = data.contexts_by_lineno(str(self._root / path))
            bodies = body_lines(self._root / path, path) if contexts else {}
            for implementation in there:
                first, last = implementation.location.line, implementation.location.end_line
                inner = {
                    line
                    for other in there
                    if first < other.location.line and other.location.end_line <= last
                    for line in range(other.location.line, other.location.end_line + 1)
                }
                for line in bodies.get(first, frozenset()) - inner:
                    for node in contexts.get(line, ()):
                        executed[node].add(implementation.name)
        executed.pop("", None)
        return {node: sorted(names) for node, names in executed.items()}


def body_lines(path: Path, relative: str) -> dict[int, frozenset[int]]:
    """Return the lines that run when a definition is used, by the first line of the definition.

    They are the bodies of its functions without docstrings. A class that only holds data has none.

    Raises:
        UnreadableSource: The file cannot be read or is not Python.
    """
    found: dict[int, frozenset[int]] = {}
    for _, definition in definitions(parse_module(path, relative)):
        lines: set[int] = set()
        for node in ast.walk(definition):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for statement in node.body:
                    if not _is_docstring(statement):
                        lines.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
        found[location_of(definition, relative).line] = frozenset(lines)
    return found


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
