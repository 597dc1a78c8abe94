"""The way back: what people changed in a document, statement by statement.

The document is compared with the one that the export would make today. So what is found is what differs from
`reqs/`, and no edit is lost: text that belongs to no statement is listed as such.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from mpspec.change_request.anchors import anchored_statement
from mpspec.change_request.comparison import align, resemblance
from mpspec.change_request.edited import EditedDocument, Mark, Unit, whole
from mpspec.trace.words import as_text, word_diff

_RESEMBLES = 0.6
"""Resemblance from which on text counts as changed, or as a statement that lost its bookmark."""


class EditKind(StrEnum):
    """What happened to a piece of the document."""

    CHANGED = "changed"
    DELETED = "deleted"
    NEW = "new"
    MOVED = "moved"
    OTHER = "other text"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEdit:
    """One edit.

    Attributes:
        kind: What happened.
        anchor: Bookmark of the statement; empty for text that belongs to none.
        clause: Clause in which it stands now, or stood if it is gone.
        after: Bookmark of the statement before it; empty if there is none in the clause.
        old: Its text as the export has it; empty if it is new.
        new: Its text now; empty if it is gone.
        authors: Who made the marks that are still pending on it.
        place: Where it stands in the edited document; of what is gone, where it stood in the export.
    """

    kind: EditKind
    anchor: str
    clause: str
    after: str
    old: str
    new: str
    authors: tuple[str, ...]
    place: int

    @property
    def statement(self) -> str:
        """ID of the statement; empty for text that belongs to none."""
        return anchored_statement(self.anchor)

    @property
    def words(self) -> str:
        """The edit as a word diff."""
        return as_text(word_diff(self.old, self.new))


def compare(expected: EditedDocument, edited: EditedDocument) -> list[StatementEdit]:
    """Return every edit, in the order of the edited document; what is gone comes last.

    Args:
        expected: The document as the export makes it.
        edited: The document as it came back.
    """
    return _Comparison(expected, edited).edits()


class _Comparison:
    def __init__(self, expected: EditedDocument, edited: EditedDocument) -> None:
        self._ours = {mark for unit in expected.units for mark in unit.marks}
        self._expected = _by_anchor(expected.units)
        self._edited = _by_anchor(edited.units)
        self._expected_texts = [unit for unit in expected.units if not unit.statement]
        self._texts = [unit for unit in edited.units if not unit.statement]
        self._before = _statements_before(edited.units)

    def edits(self) -> list[StatementEdit]:
        """Return the edits."""
        missing = {
            anchor: unit
            for anchor, unit in self._expected.items()
            if anchor not in self._edited or not self._edited[anchor].text
        }
        found = [*self._texts_changed(missing)]
        found += self._statements_changed(set(missing))
        found += self._moved()
        found.sort(key=lambda edit: edit.place)
        return [*found, *(self._gone(anchor, unit) for anchor, unit in missing.items())]

    def _statements_changed(self, missing: set[str]) -> Iterator[StatementEdit]:
        for anchor, now in self._edited.items():
            before = self._expected.get(anchor)
            if anchor in missing or (before is not None and before.words == now.words):
                continue
            kind = EditKind.CHANGED if before is not None else EditKind.NEW
            yield self._edit(kind, now, old=before.text if before else "", anchor=anchor)

    def _texts_changed(self, missing: dict[str, Unit]) -> Iterator[StatementEdit]:
        """Yield what happened to text outside of bookmarks; a statement found there is missing no more."""
        old = [unit.text for unit in self._expected_texts]
        new = [unit.text for unit in self._texts]
        for i, j in align(old, new, least=_RESEMBLES):
            if i is not None and j is not None:
                if old[i].split() != new[j].split():
                    yield self._edit(EditKind.OTHER, self._texts[j], old=old[i])
            elif i is not None:
                gone = self._expected_texts[i]
                yield StatementEdit(
                    kind=EditKind.OTHER,
                    anchor="",
                    clause=gone.clause,
                    after="",
                    old=old[i],
                    new="",
                    authors=(),
                    place=gone.place,
                )
            elif j is not None:
                yield from self._placed(self._texts[j], missing)

    def _placed(self, unit: Unit, missing: dict[str, Unit]) -> Iterator[StatementEdit]:
        """Yield a text that the export does not have: a statement without its bookmark, or something new."""
        ratios = {anchor: resemblance(lost.text, unit.text) for anchor, lost in missing.items()}
        best = max(ratios, key=lambda anchor: ratios[anchor], default=None)
        if best is None or ratios[best] < _RESEMBLES:
            yield self._edit(EditKind.NEW, unit)
            return
        lost = missing.pop(best)
        if lost.words != unit.words:
            yield self._edit(EditKind.CHANGED, unit, old=lost.text, anchor=best)

    def _moved(self) -> Iterator[StatementEdit]:
        """Yield the statements that no longer stand in their order, or in their clause."""
        before = [anchor for anchor in self._expected if anchor in self._edited]
        after = [anchor for anchor in self._edited if anchor in self._expected]
        kept = {
            anchor
            for block in SequenceMatcher(a=before, b=after, autojunk=False).get_matching_blocks()
            for anchor in before[block.a : block.a + block.size]
        }
        for anchor in after:
            unit = self._edited[anchor]
            if anchor not in kept or unit.clause != self._expected[anchor].clause:
                yield self._edit(EditKind.MOVED, unit, old=self._expected[anchor].text, anchor=anchor)

    def _edit(self, kind: EditKind, unit: Unit, *, old: str = "", anchor: str = "") -> StatementEdit:
        return StatementEdit(
            kind=kind,
            anchor=anchor,
            clause=unit.clause,
            after=self._before.get((unit.paragraph, anchor or unit.text), ""),
            old=old,
            new=unit.text,
            authors=self._authors(unit.marks),
            place=unit.place,
        )

    def _gone(self, anchor: str, unit: Unit) -> StatementEdit:
        now = self._edited.get(anchor)
        return StatementEdit(
            kind=EditKind.DELETED,
            anchor=anchor,
            clause=unit.clause,
            after="",
            old=unit.text,
            new="",
            authors=self._authors(now.marks) if now else (),
            place=unit.place,
        )

    def _authors(self, marks: Iterable[Mark]) -> tuple[str, ...]:
        return tuple(sorted({author for author, time in marks if (author, time) not in self._ours}))


def _by_anchor(units: Iterable[Unit]) -> dict[str, Unit]:
    return {unit.statement: unit for unit in whole(units) if unit.statement}


def _statements_before(units: Iterable[Unit]) -> dict[tuple[int, str], str]:
    """Return the statement before each unit in its clause; paragraph and bookmark or text name a unit."""
    found: dict[tuple[int, str], str] = {}
    clause, before = "", ""
    for unit in units:
        if unit.clause != clause:
            clause, before = unit.clause, ""
        found[unit.paragraph, unit.statement or unit.text] = before
        before = unit.statement or before
    return found
