"""References: which number a document has in which specification, and what a new entry says.

A specification cites by a number in square brackets, `[2]`, and each has its own numbers. A text of the CR's
own cites by the name of the document, `[RFC 4975]`, and gets the number of the target.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from mpspec.change_request.tables import read_toml
from mpspec.model import CannotRun, UnreadableSource

PATH = Path("reqs/references.toml")
"""Where the numbers lie, relative to the root of the project."""

_TITLES = "titles"
_NO_NUMBERS = {_TITLES, "source"}
"""Tables of the file that number nothing."""

_NUMBER = re.compile(r"\[(\d+)\]")
_NAME = re.compile(r"\[((?:TS|TR|RFC|GSM|ITU-T|H\.)[^\[\]]*)\]")
CITED = re.compile(r"\[([0-9]+|x[0-9]+)\]")
"""A number in square brackets as it stands in a specification; `[x1]` waits for its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The numbers of every specification.

    Attributes:
        numbers: By specification, the number of each document that it lists.
        titles: By document, the text of an entry.
    """

    numbers: Mapping[str, Mapping[str, str]]
    titles: Mapping[str, str]

    @classmethod
    def load(cls, root: Path) -> Self:
        """Read the numbers of the project at a root.

        Raises:
            UnreadableSource: The file cannot be read, or is not what it should be.
        """
        data = read_toml(root / PATH)
        if not all(isinstance(table, dict) for table in data.values()):
            raise UnreadableSource(f"{root / PATH} holds more than tables.")
        return cls(
            numbers={
                specification: {document: str(number) for document, number in table.items()}
                for specification, table in data.items()
                if specification not in _NO_NUMBERS
            },
            titles={document: str(title) for document, title in data.get(_TITLES, {}).items()},
        )

    def document(self, specification: str, number: str) -> str | None:
        """Return the document behind a number of a specification, None where it is not known."""
        numbers = self.numbers.get(specification, {})
        return next((document for document, found in numbers.items() if found == number), None)


@dataclass(kw_only=True)
class Numbering:
    """Gives each document its number in one target; one that the target lacks gets `x1`, `x2`, ...

    Attributes:
        references: What is known of every specification.
        source: The specification that statements come from.
        known: Number of each document that the target lists.
        added: Number of each document that the target lacks, in the order of their first use.
    """

    references: References
    source: str
    known: Mapping[str, str]
    added: dict[str, str] = field(default_factory=dict)

    def label(self, document: str) -> str:
        """Return the number of a document in the target, in square brackets."""
        number = self.known.get(document)
        if number is None:
            number = self.added.setdefault(document, f"x{len(self.added) + 1}")
        return f"[{number}]"

    def renumbered(self, text: str, place: str) -> str:
        """Return a text of the source with the numbers of the target.

        Raises:
            CannotRun: A number is not known; the message says where.
        """

        def label(match: re.Match[str]) -> str:
            document = self.references.document(self.source, match[1])
            if document is None:
                raise CannotRun(
                    f"{place} cites {match[0]}, and {PATH.as_posix()} does not say what {self.source} means."
                )
            return self.label(document)

        return _NUMBER.sub(label, text)

    def resolved(self, text: str) -> str:
        """Return a text of the CR's own with numbers for the names in square brackets."""
        return _NAME.sub(lambda match: self.label(match[1].strip()), text)

    def entries(self) -> list[str]:
        """Return the new entries: number, tab, what is cited; a title that is not known is a placeholder."""
        titles = self.references.titles
        return [
            f"[{number}]\t{titles.get(document, f'<title of {document}>')}"
            for document, number in self.added.items()
        ]
