"""The definition of a change request: a TOML file below `reqs/change_requests/`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from mpspec.change_request.paragraphs import Style
from mpspec.change_request.tables import Table, read_toml
from mpspec.model import CannotRun, UnreadableSource

FOLDER = Path("reqs/change_requests")
"""Where the definitions lie, relative to the root of the project."""

FORM_VERSION = "12.1"
"""The newest version of the CR form whose layout was measured."""

_FORM = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})*")
_SPECIFICATION = re.compile(r"T[SR] [0-9]{2}\.[0-9]{3}(?:-[0-9]+)*")
PLACEHOLDER = re.compile(r"<[^<>]+>")
"""What waits to be filled: words in angle brackets."""


class ChangeKind(StrEnum):
    """What a definition becomes."""

    PSEUDO_CR = "P-CR"
    CR = "CR"


PSEUDO_CR_FIELDS = {
    "group": "group",
    "meeting": "meeting number",
    "location": "location",
    "country": "country",
    "start_date": "start date",
    "end_date": "end date",
    "tdoc": "Tdoc number",
    "source": "Source",
    "title": "Title",
    "document_for": "Document for",
    "agenda_item": "Agenda Item",
    "work_items": "Work Item",
    "release": "Release",
}
"""Fields of the cover of a P-CR, in their order on the page, with the name that a reader sees."""

CR_FIELDS = {
    "group": "group",
    "meeting": "meeting number",
    "location": "location",
    "country": "country",
    "start_date": "start date",
    "end_date": "end date",
    "tdoc": "Tdoc number",
    "cr_number": "CR number",
    "revision": "rev",
    "version": "Current version",
    "affects": "Proposed change affects",
    "title": "Title",
    "source": "Source to WG",
    "source_tsg": "Source to TSG",
    "work_items": "Work item code",
    "date": "Date",
    "category": "Category",
    "release": "Release",
    "reason": "Reason for change",
    "summary": "Summary of change",
    "consequences": "Consequences if not approved",
}
"""Fields of the cover of a CR that must be filled, in the order of the form."""

OPTIONAL_FIELDS = {
    "meeting_title": "meeting title",
    "revision_of": "revision of",
    "clauses_affected": "Clauses affected",
    "other_core": "Other core specifications",
    "other_test": "Test specifications",
    "other_om": "O&M Specifications",
    "other_comments": "Other comments",
}
"""Fields of the cover that may stay empty, with the name that a reader sees."""

_OWN_OF_EACH = ("tdoc", "cr_number", "revision", "revision_of", "version")
"""Fields that a mirror never has from what it mirrors: each document has its own numbers and revisions."""

AFFECTED = ("UICC apps", "ME", "Radio Access Network", "Core Network")
"""What a change can affect: the boxes of the form."""

CATEGORIES = {
    "F": "correction",
    "A": "mirror corresponding to a change in an earlier release",
    "B": "addition of feature",
    "C": "functional modification of feature",
    "D": "editorial modification",
}
"""Categories of a CR, as the legend of the form has them."""


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
class Content:
    """One paragraph or table that a change brings.

    Attributes:
        style: Style of the paragraph.
        carries: IDs of the statements that it carries, in order; each is a piece of the paragraph.
        adapted: The CR's own wording of a statement, by its ID; any other is carried verbatim.
        term: Term that stands in bold before the text, as in a clause of definitions.
        text: Text of the CR's own, after the statements.
        rows: Rows of a table, the first one its head; then there is no text.
    """

    style: Style = Style.NORMAL
    carries: tuple[str, ...] = ()
    adapted: Mapping[str, str]
    term: str = ""
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one clause of the target.

    Attributes:
        clause: Its number there; title: its title there.
        new: Whether the CR brings the clause in: then its heading is new too.
        after: Clause that a new one is put after, where a baseline does not have it; may be empty.
        rewrite: Whether what the baseline has beside this content is deleted; else it stays.
        note: What a reader of the definition should know; it does not reach the document.
        content: What the clause holds after the change, or what is added to it.
    """

    clause: str
    title: str
    new: bool
    after: str
    rewrite: bool
    note: str
    content: tuple[Content, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A spelling of the source that is written otherwise in the target, by a written decision.

    Attributes:
        source: Spelling of the source; target: that of the target.
        decision: Name of the decision record.
    """

    source: str
    target: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One row of the CR's revision history.

    Attributes:
        revision: Its number, such as `1`.
        of: Tdoc that it revises.
        text: What it changes.
    """

    revision: str
    of: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One change request as its author wrote it.

    Attributes:
        name: Name of the file without `.toml`.
        path: The file.
        kind: What it becomes.
        specification: The document that is changed, such as `TS 23.333`.
        mirrors: Name of the definition that it mirrors for another Release; empty if none.
        form: Version of the CR form.
        cover: Fields of the cover by their names; a field that is missing is missing here.
        sections: Sections of a P-CR.
        clause: The clause that a P-CR brings, with all below it.
        separator: Line above the first marker; empty for none.
        first_marker: Line above the first change.
        next_marker: Line above each further change.
        last_marker: Line below the last change.
        author: Author of the revision marks; date: their time, never that of the clock.
        changes: What happens to the clauses of the target, in their order.
        stays: Why a statement does not move, by its ID.
        pointers: What a pointer of the source becomes in the target.
        spellings: Spellings that a decision changes.
        history: The revisions, the oldest first.
        written_against: Fingerprint of each statement that is carried, at the time of writing.
    """

    name: str
    path: Path
    kind: ChangeKind
    specification: str
    mirrors: str
    form: str
    cover: Mapping[str, str]
    sections: tuple[Section, ...]
    clause: str
    separator: str
    first_marker: str
    next_marker: str
    last_marker: str
    author: str
    date: str
    changes: tuple[Change, ...]
    stays: Mapping[str, str]
    pointers: Mapping[str, str]
    spellings: tuple[Spelling, ...]
    history: tuple[Revision, ...]
    written_against: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a definition; a mirror has what it mirrors, but its numbers, and but what it says itself.

        Raises:
            UnreadableSource: The file cannot be read, is not TOML, or has a key or value that is not wanted.
        """
        table = Table(path, "", _merged(path))
        marks = table.table("marks")
        kind = table.choice("kind", ChangeKind)
        definition = cls(
            name=path.stem,
            path=path,
            kind=kind,
            specification=table.text("specification"),
            mirrors=table.text("mirrors", ""),
            form=table.text("form", FORM_VERSION),
            cover=table.table("cover").mapping(),
            sections=tuple(
                Section(heading=section.text("heading"), text=section.text("text"))
                for section in table.tables("sections")
            ),
            clause=table.text("clause", None if kind is ChangeKind.PSEUDO_CR else ""),
            separator=table.text("separator", ""),
            first_marker=table.text("first_marker", "* * * First Change * * * *"),
            next_marker=table.text("next_marker", "* * * Next Change * * * *"),
            last_marker=table.text("last_marker", "* * * End of Changes * * *"),
            author=marks.text("author", ""),
            date=marks.text("date", ""),
            changes=tuple(_change(change) for change in table.tables("changes")),
            stays=table.table("stays").mapping(),
            pointers=table.table("pointers").mapping(),
            spellings=tuple(
                Spelling(
                    source=entry.text("source"), target=entry.text("target"), decision=entry.text("decision")
                )
                for entry in table.tables("spellings")
            ),
            history=tuple(
                Revision(revision=entry.text("revision"), of=entry.text("of"), text=entry.text("text"))
                for entry in table.tables("history")
            ),
            written_against=table.table("written_against").mapping(),
        )
        table.finish()
        if not _SPECIFICATION.fullmatch(definition.specification):
            raise UnreadableSource(f"{path}: 'specification' is not like 'TS 23.333'.")
        if not _FORM.fullmatch(definition.form):
            raise UnreadableSource(f"{path}: 'form' is not a version of the CR form, such as {FORM_VERSION}.")
        unknown = set(definition.cover) - {*definition.fields, *OPTIONAL_FIELDS}
        if unknown:
            raise UnreadableSource(f"{path}: 'cover.{min(unknown)}' is not a field of a {definition.kind}.")
        return definition

    @property
    def fields(self) -> Mapping[str, str]:
        """Fields of the cover that must be filled, with the name that a reader sees."""
        return CR_FIELDS if self.kind is ChangeKind.CR else PSEUDO_CR_FIELDS

    def shown(self, field: str) -> str:
        """Return a field of the cover; one that must be filled and is not is a visible placeholder."""
        value = self.cover.get(field, "")
        return value or (f"<{self.fields[field]}>" if field in self.fields else "")

    @property
    def marks_author(self) -> str:
        """Author of the revision marks, or a visible placeholder."""
        return self.author or "<Author>"

    @property
    def marks_time(self) -> datetime | None:
        """Time of the revision marks, None where the definition has none.

        Raises:
            CannotRun: The date is not like `2026-11-23T00:00:00Z`.
        """
        if is_placeholder(self.date):
            return None
        try:
            return datetime.strptime(self.date, "%Y-%m-%dT%H:%M:%S%z")
        except ValueError as error:
            raise CannotRun(f"{self.path}: 'marks.date' is not like '2026-11-23T00:00:00Z'.") from error


def is_placeholder(text: str) -> bool:
    """Return whether a value waits to be filled: it is empty, or holds words in angle brackets."""
    return not text.strip() or PLACEHOLDER.search(text) is not None


def _merged(path: Path) -> dict[str, object]:
    """Return the data of a file; those of a mirror over those of the definition that it mirrors."""
    data = read_toml(path)
    name = data.get("mirrors")
    if name is None:
        return data
    if not isinstance(name, str) or Path(name).name != name:
        raise UnreadableSource(f"{path}: 'mirrors' is not the name of a definition beside it.")
    base = read_toml(path.with_name(f"{name}.toml"))
    if "mirrors" in base:
        raise UnreadableSource(f"{path} mirrors {name}, which is itself a mirror.")
    base.pop("history", None)
    if isinstance(base.get("cover"), dict):
        base["cover"] = {key: value for key, value in base["cover"].items() if key not in _OWN_OF_EACH}
    merged = {**base, **data}
    for key in ("cover", "marks"):
        own = data.get(key, {})
        inherited = base.get(key, {})
        if isinstance(own, dict) and isinstance(inherited, dict):
            merged[key] = {**inherited, **own}
    return merged


def _change(table: Table) -> Change:
    return Change(
        clause=table.text("clause"),
        title=table.text("title"),
        new=table.flag("new"),
        after=table.text("after", ""),
        rewrite=table.flag("rewrite"),
        note=table.text("note", ""),
        content=tuple(map(_content, table.tables("content"))),
    )


def _content(table: Table) -> Content:
    table.exclude("rows", "carries", "adapted", "term", "text", "style")
    return Content(
        style=table.choice("style", Style, Style.NORMAL),
        carries=table.texts("carries"),
        adapted=table.table("adapted").mapping(),
        term=table.text("term", ""),
        text=table.text("text", ""),
        rows=table.rows("rows"),
    )
