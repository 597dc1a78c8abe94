"""Evidence by execution: which implementing definitions each test ran.

A definition was executed when a function of it was called. Its `def` runs at import and shows nothing, and a
definition inside of it that has claims of its own speaks for itself.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from mpspec.evidence.marks import Marks
from mpspec.model import Implementation


class Execution:
    """The record of one process, which begins before the code is imported.

    Args:
        root: Root of the project.

    Raises:
        NotMarked: The code was imported already.
    """

    def __init__(self, root: Path) -> None:
        self._marks = Marks(root)
        self._test = ""
        self._called: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        self._marks.start()

    def at_work(self, node: str) -> None:
        """Say which test runs from now on; with an empty name none does."""
        called = self._marks.take()
        if self._test:
            self._called[self._test] |= called
        self._test = node

    def finish(self, implementations: Iterable[Implementation]) -> dict[str, list[str]]:
        """Stop, and return for each test the names of the implementing definitions that it executed."""
        self._marks.stop()
        by_path: defaultdict[str, list[Implementation]] = defaultdict(list)
        for implementation in implementations:
            by_path[implementation.location.path].append(implementation)
        names = {
            (path, line): _claiming(line, by_path[path]) for path, line in set().union(*self._called.values())
        }
        return {
            node: executed
            for node, called in self._called.items()
            if (executed := sorted({names[place] for place in called} - {""}))
        }


def _claiming(line: int, there: Iterable[Implementation]) -> str:
    """Return the name of the innermost definition around a line that claims requirements; empty for none."""
    around = [each for each in there if each.location.line <= line <= each.location.end_line]
    return max(around, key=lambda each: each.location.line).name if around else ""
