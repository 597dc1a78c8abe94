"""The way back: what people changed in a document, statement by statement.

The document is compared with the one that the export would make today. So what is found is what differs from
`reqs/`, and no edit is lost: text that belongs to no statement is listed as such.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

from mpspec.change_request.anchors import anchored_statement
from mpspec.change_request.comparison import align, resemblance
from mpspec.change_request.edited import EditedDocument, Mark, Unit, whole
from mpspec.trace.words import as_text, word_diff

_RESEMBLES = 0.6
"""Resemblance from which on text counts as changed, or as a statement that lost its bookmark."""


_NO_MARKS: frozenset[Mark] = frozenset()


class EditKind(StrEnum):
    """What happened to a piece of the document."""

    CHANGED = "changed"
    DELETED = "deleted"
    NEW = "new"
    MOVED = "moved"
    SPLIT = "in a paragraph of its own"
    JOINED = "joined to the paragraph before"
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
        typed: Its text now, as it was typed, with tabs and line ends.
        style: Name of the style of its paragraph.
        behind: The text before it in its clause; empty if there is none.
        continues: Whether it stands in one paragraph with that text.
        in_table: Whether it stands in a cell.
    """

    kind: EditKind
    anchor: str
    clause: str
    after: str
    old: str
    new: str
    authors: tuple[str, ...]
    place: int
    typed: str
    style: str
    behind: str
    continues: bool
    in_table: bool

    @property
    def statement(self) -> str:
        """ID of the statement; empty for text that belongs to none."""
        return anchored_statement(self.anchor)

    @property
    def words(self) -> str:
        """The edit as a word diff."""
        return as_text(word_diff(self.old, self.new))


class Comparison:
    """A document beside the one that the export makes.

    Args:
        expected: The document as the export makes it.
        edited: The document as it came back.
    """

    def __init__(self, expected: EditedDocument, edited: EditedDocument) -> None:
        self._ours = {mark for unit in expected.units for mark in unit.marks}
        self._expected = _by_anchor(expected.units)
        self._missing = dict(self._expected)
        for anchor, unit in _by_anchor(edited.units).items():
            if unit.text:
                self._missing.pop(anchor, None)
        self._pairs = self._paired(
            [unit for unit in expected.units if not unit.statement],
            [unit for unit in edited.units if not unit.statement],
        )
        found = {unit.place: anchor for anchor, unit in self._found_again().items()}
        self.units = [
            replace(unit, statement=found[unit.place]) if unit.place in found else unit
            for unit in edited.units
        ]
        self._edited = {anchor: unit for anchor, unit in _by_anchor(self.units).items() if unit.text}
        self._before = _statements_before(self.units)
        self._behind = {
            unit.place: before for before, unit in pairwise(self.units) if before.clause == unit.clause
        }
        self._marks = {anchor: unit.marks for anchor, unit in _by_anchor(edited.units).items()}

    def edits(self) -> list[StatementEdit]:
        """Return every edit, in the order of the edited document; what is gone comes last."""
        found = [
            *self._texts_changed(),
            *self._statements_changed(),
            *self._moved(),
            *self._paragraphs_changed(),
        ]
        found.sort(key=lambda edit: edit.place)
        return [*found, *(self._gone(anchor, unit) for anchor, unit in self._missing.items())]

    def _paired(self, old: list[Unit], new: list[Unit]) -> list[tuple[Unit | None, Unit | None]]:
        """Return which text outside of bookmarks became which."""
        pairs = align([unit.text for unit in old], [unit.text for unit in new], least=_RESEMBLES)
        return [(None if i is None else old[i], None if j is None else new[j]) for i, j in pairs]

    def _found_again(self) -> dict[str, Unit]:
        """Return the statements that lost their bookmark, by their words; they are missing no more."""
        found = {}
        for before, unit in self._pairs:
            if before is not None or unit is None:
                continue
            ratios = {
                anchor: resemblance(lost.text, unit.text, least=_RESEMBLES)
                for anchor, lost in self._missing.items()
            }
            best = max(ratios, key=lambda anchor: ratios[anchor], default=None)
            if best is not None and ratios[best]:
                del self._missing[best]
                found[best] = unit
        return found

    def _texts_changed(self) -> Iterator[StatementEdit]:
        """Yield what happened to text that belongs to no statement."""
        for before, now in self._texts_paired():
            if now is None:
                assert before is not None
                gone = replace(before, text="", typed="", marks=_NO_MARKS)
                yield self._edit(EditKind.OTHER, gone, old=before.text)
            elif before is None:
                yield self._edit(EditKind.NEW, now)
            elif before.words != now.words:
                yield self._edit(EditKind.OTHER, now, old=before.text)

    def _texts_paired(self) -> Iterator[tuple[Unit | None, Unit | None]]:
        """Yield which text became which: as many of a kind as are gone and new took each other's places."""
        statements = {unit.place for unit in self.units if unit.statement}
        gone: list[Unit] = []
        new: list[Unit] = []
        for before, now in [*self._pairs, (None, None)]:
            if now is None and before is not None:
                gone.append(before)
            elif before is None and now is not None:
                if now.place not in statements:
                    new.append(now)
            else:
                for kind in dict.fromkeys(map(_kind, [*gone, *new])):
                    yield from _replaced(
                        [unit for unit in gone if _kind(unit) == kind],
                        [unit for unit in new if _kind(unit) == kind],
                    )
                gone, new = [], []
                if now is not None:
                    yield before, now

    def _statements_changed(self) -> Iterator[StatementEdit]:
        for anchor, now in self._edited.items():
            before = self._expected.get(anchor)
            if before is None:
                yield self._edit(EditKind.NEW, now, anchor=anchor)
            elif before.words != now.words:
                yield self._edit(EditKind.CHANGED, now, old=before.text, anchor=anchor)

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

    def _paragraphs_changed(self) -> Iterator[StatementEdit]:
        """Yield the statements that were split off the one before them, or joined to it."""
        before = dict(pairwise(self._expected))
        for first, second in pairwise(self._edited):
            if before.get(first) != second:
                continue
            was = self._expected[first].last_paragraph == self._expected[second].paragraph
            now = self._edited[first].last_paragraph == self._edited[second].paragraph
            if was != now:
                kind = EditKind.JOINED if now else EditKind.SPLIT
                unit = replace(self._edited[second], marks=self._edited[first].end_marks)
                yield self._edit(kind, unit, old=self._expected[second].text, anchor=second)

    def _edit(self, kind: EditKind, unit: Unit, *, old: str = "", anchor: str = "") -> StatementEdit:
        behind = self._behind.get(unit.place) if unit.text else None
        return StatementEdit(
            kind=kind,
            anchor=anchor,
            clause=unit.clause,
            after=self._before.get(unit.place, "") if unit.text else "",
            old=old,
            new=unit.text,
            authors=self._authors(unit.marks),
            place=unit.place,
            typed=unit.typed,
            style=unit.style,
            behind=behind.text if behind else "",
            continues=behind is not None and behind.paragraph == unit.paragraph,
            in_table=unit.in_table,
        )

    def _gone(self, anchor: str, unit: Unit) -> StatementEdit:
        gone = replace(unit, text="", typed="", marks=self._marks.get(anchor, _NO_MARKS))
        return self._edit(EditKind.DELETED, gone, old=unit.text, anchor=anchor)

    def _authors(self, marks: Iterable[Mark]) -> tuple[str, ...]:
        return tuple(sorted({author for author, time in marks if (author, time) not in self._ours}))


def _replaced(gone: list[Unit], new: list[Unit]) -> Iterator[tuple[Unit | None, Unit | None]]:
    if len(gone) == len(new):
        yield from zip(gone, new, strict=True)
    else:
        yield from ((unit, None) for unit in gone)
        yield from ((None, unit) for unit in new)


def _kind(unit: Unit) -> tuple[str, str, bool]:
    return unit.clause, unit.style, unit.in_table


def _by_anchor(units: Iterable[Unit]) -> dict[str, Unit]:
    return {unit.statement: unit for unit in whole(units) if unit.statement}


def _statements_before(units: Iterable[Unit]) -> dict[int, str]:
    """Return the statement before each unit in its clause, by the place of the unit."""
    found: dict[int, str] = {}
    clause, before = "", ""
    for unit in units:
        if unit.clause != clause:
            clause, before = unit.clause, ""
        found[unit.place] = before
        before = unit.statement or before
    return found
