"""How a statement of the TR reads in the target: numbers of references, pointers, spellings.

Nothing else is changed silently: a pointer that the target does not have must be mapped in the definition,
and a spelling is changed by a written decision only.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mpspec.change_request.definition import Definition
from mpspec.change_request.paragraphs import printable
from mpspec.change_request.references import Numbering
from mpspec.model import CannotRun, Statement

DECISIONS = Path("docs/decisions")
"""Where the decision records lie, relative to the root of the project."""

_OWN_ANNEXES = "A-F"
"""Annexes of TR 29.828; a pointer to any other is one into another document."""

_POINTER = re.compile(
    rf"\b(?:sub)?clauses?\s+\d+(?:\.\d+)*|\bAnnex\s+[{_OWN_ANNEXES}](?:\.?\d+)*(?:\s+(?:above|below))?"
    r"|\b(?:Table|Figure)\s+\d+(?:\.\d+)*(?:-\d+)?"
)
_OF_ANOTHER = re.compile(r"\d{2}\.\d{3}(?:\s*\[\w+\])?,?\s*$")
"""What stands before a pointer into another document: `TS 33.328 [2], `."""

_SPECIFICATION = re.compile(r"\b(TS|TR) (?=\d{2}\.\d{3})")


def pointers(text: str) -> Iterator[str]:
    """Yield each pointer into the text's own document, such as `subclause 4.2` or `Annex B below`."""
    for match in _POINTER.finditer(text):
        if not _OF_ANOTHER.search(text[: match.start()]):
            yield match[0]


def unbreakable(text: str) -> str:
    """Return a text whose `TS` and `TR` hold together with their numbers, by a non-breaking space."""
    return _SPECIFICATION.sub("\\1\N{NO-BREAK SPACE}", text)


@dataclass(kw_only=True)
class Wording:
    """Writes statements as the target wants them.

    Attributes:
        definition: Has the pointers and spellings.
        numbering: Has the numbers of the target.
        spelt: How often each spelling was changed, by its place among the definition's.
    """

    definition: Definition
    numbering: Numbering
    spelt: Counter[int] = field(default_factory=Counter)

    def verbatim(self, statement: Statement, clause: str) -> str:
        """Return a statement as it reads in the target.

        Raises:
            CannotRun: It points to a place that the target does not have, or cites what is not known.
        """
        text = self._pointed(statement, printable(statement.text, statement.id), clause)
        for at, spelling in enumerate(self.definition.spellings):
            self.spelt[at] += text.count(spelling.source)
            text = text.replace(spelling.source, spelling.target)
        return unbreakable(self.numbering.renumbered(text, f"{statement.id} ({clause})"))

    def adapted(self, statement: Statement, text: str, clause: str) -> str:
        """Return the CR's own wording of a statement as it reads in the target.

        Raises:
            CannotRun: It keeps a pointer of the statement that the target does not have.
        """
        return self.own(self._pointed(statement, text, clause))

    def own(self, text: str) -> str:
        """Return a text of the CR's own as it reads in the target."""
        return unbreakable(self.numbering.resolved(text))

    def _pointed(self, statement: Statement, text: str, clause: str) -> str:
        for pointer in pointers(statement.text):
            if pointer not in text:
                continue
            if pointer not in self.definition.pointers:
                raise CannotRun(
                    f"{statement.id} points to '{pointer}', which {self.definition.specification} does not "
                    f"have: map it in [pointers] of {self.definition.path}, or adapt the statement for "
                    f"clause {clause}."
                )
            text = re.sub(rf"{re.escape(pointer)}(?![.\d]*\d)", self.definition.pointers[pointer], text)
        return text

    def notes(self) -> list[str]:
        """Return what was spelt otherwise, in a sentence each, with the decision behind it."""
        return [
            f"'{spelling.source}' is written '{spelling.target}' at {self.spelt[at]} "
            f"{'place' if self.spelt[at] == 1 else 'places'} "
            f"({DECISIONS.as_posix()}/{spelling.decision}.md)."
            for at, spelling in enumerate(self.definition.spellings)
            if self.spelt[at]
        ]
