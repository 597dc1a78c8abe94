"""The definition of a change request: a TOML file below `reqs/change_requests/`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from mpspec.change_request.tables import Table

FOLDER = Path("reqs/change_requests")
"""Where the definitions lie, relative to the root of the project."""

_PLACEHOLDER = re.compile(r"<[^<>]+>")


class ChangeKind(StrEnum):
    """What a definition becomes."""

    PSEUDO_CR = "P-CR"
    CR = "CR"


PSEUDO_CR_FIELDS = (
    "group",
    "meeting",
    "location",
    "country",
    "start_date",
    "end_date",
    "tdoc",
    "source",
    "title",
    "document_for",
    "agenda_item",
    "work_items",
    "release",
)
"""Fields of the cover of a P-CR, in their order on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of a P-CR above the change.

    Attributes:
        heading: Its heading, such as `2. Reason for Change`.
        text: Its text, a line for each paragraph.
    """

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One change request as its author wrote it.

    Attributes:
        name: Name of the file without `.toml`.
        path: The file.
        kind: What it becomes.
        specification: The document that is changed, such as `TS 23.333`.
        cover: Fields of the cover by their names; a field that is missing is missing here.
        sections: Sections of a P-CR.
        clause: The clause that a P-CR brings, with all below it.
        separator: Line above the first marker; empty for none.
        first_marker: Marker line above the first change.
    """

    name: str
    path: Path
    kind: ChangeKind
    specification: str
    cover: Mapping[str, str]
    sections: tuple[Section, ...] = ()
    clause: str = ""
    separator: str = ""
    first_marker: str = ""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a definition.

        Raises:
            UnreadableSource: The file cannot be read, is not TOML, or a value has another type than wanted.
        """
        reader = Table.load(path)
        definition = cls(
            name=path.stem,
            path=path,
            kind=reader.choice("kind", ChangeKind),
            specification=reader.text("specification"),
            cover=reader.table("cover").mapping(),
            sections=tuple(
                Section(heading=table.text("heading"), text=table.text("text"))
                for table in reader.tables("sections")
            ),
            clause=reader.text("clause", ""),
            separator=reader.text("separator", ""),
            first_marker=reader.text("first_marker", ""),
        )
        reader.finish()
        return definition

    def shown(self, name: str) -> str:
        """Return a field of the cover, or a visible placeholder that names it."""
        return self.cover.get(name) or f"<{name.replace('_', ' ').capitalize()}>"


def is_placeholder(text: str) -> bool:
    """Return whether a value waits to be filled: it is empty, or holds a word in angle brackets."""
    return not text.strip() or _PLACEHOLDER.search(text) is not None
