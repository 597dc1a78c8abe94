"""A document as people left it: each piece of text with its marks, authors and the statement it belongs to.

Pieces are found by the bookmarks that the export puts around statements. What an editor typed just outside of
one still belongs to it where it is no sentence of its own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from mpspec.change_request.anchors import ANCHOR, original_anchor
from mpspec.change_request.extraction import style_of, text_of
from mpspec.change_request.ooxml import Element, find, find_all, name
from mpspec.change_request.paragraphs import Style
from mpspec.change_request.style_names import StyleNames, clause_number

Mark = tuple[str, str]
"""Author and time of a revision mark."""

_PASSED = {name(f"w:{local}") for local in ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple")}
_RUN = name("w:r")
_CELL = name("w:tc")
_IDENTITY = name("w:id")
_INSERTIONS = {name("w:ins"), name("w:moveTo")}
_DELETIONS = {name("w:del"), name("w:moveFrom")}
_WHITE = re.compile(r" {2,}|[\t\n\r][ \t\n\r]*")
_NO_MARKS: frozenset[Mark] = frozenset()
_ENDS = re.compile(r"[.:;,!?)\"”]$")


@dataclass(slots=True, kw_only=True)
class Piece:
    """A run of text.

    Attributes:
        text: Its text.
        statement: Bookmark that it stands in; empty for none.
        inserted: Marks of insertions around it.
        deleted: Marks of deletions around it.
    """

    text: str
    statement: str
    inserted: tuple[Mark, ...] = ()
    deleted: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A stretch of a paragraph that is compared as one: a statement, or text between statements.

    Attributes:
        statement: Bookmark of the statement; empty for other text.
        clause: Number of the clause that it stands in; empty above the first heading.
        paragraph: Number of its paragraph in the document; last_paragraph: of the one where it ends.
        place: Number of the unit in the document.
        style: Name of the paragraph's style.
        text: Its text with all marks accepted; spaces, tabs and line ends folded, non-breaking spaces not.
        typed: That text as it was typed, with its tabs and line ends.
        in_table: Whether it stands in a cell.
        marks: Every mark on it; end_marks: on the end of its last paragraph.
    """

    statement: str
    clause: str
    paragraph: int
    last_paragraph: int
    place: int
    style: str
    text: str
    typed: str
    in_table: bool
    marks: frozenset[Mark]
    end_marks: frozenset[Mark]

    @property
    def words(self) -> list[str]:
        """Its words: what counts when two texts are compared."""
        return self.text.split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment in the margin.

    Attributes:
        author: Who wrote it.
        text: What it says.
        statement: Bookmark of the first statement that it lies on; empty for none.
        on: The text that it lies on.
    """

    author: str
    text: str
    statement: str
    on: str


@dataclass(kw_only=True)
class EditedDocument:
    """A document, read.

    Attributes:
        units: Its text in order.
        comments: Its comments, in the order of their places.
    """

    units: list[Unit] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


def read_document(body: Element, styles: Element | None, comments: Element | None = None) -> EditedDocument:
    """Read a document.

    Args:
        body: Its `w:body`.
        styles: Its `w:styles`.
        comments: Its `w:comments`, if it has any.
    """
    reader = _Reader(StyleNames(styles))
    document = EditedDocument()
    clause = ""
    number = 0
    for paragraph in body.iter(name("w:p")):
        pieces = list(reader.pieces(paragraph))
        style = reader.names.name(style_of(paragraph)) or str(Style.NORMAL)
        end = _marks_of_end(paragraph)
        if reader.names.is_heading(style_of(paragraph)):
            clause = clause_number(_live(pieces)) or clause
        around = paragraph.getparent()
        in_table = around is not None and around.tag == _CELL
        for statement, text, marks in _units(pieces):
            document.units.append(
                Unit(
                    statement=statement,
                    clause=clause,
                    paragraph=number,
                    last_paragraph=number,
                    place=len(document.units),
                    style=style,
                    text=_WHITE.sub(" ", text).strip(" "),
                    typed=text.strip(" "),
                    in_table=in_table,
                    marks=marks,
                    end_marks=frozenset(map(_mark, end)),
                )
            )
        number += not any(mark.tag in _DELETIONS for mark in end)
    document.units = _without_copies(document.units)
    document.comments = list(reader.comments(comments))
    return document


def _marks_of_end(paragraph: Element) -> list[Element]:
    """Return the marks on the end of a paragraph; where it is deleted, the next one goes on in it."""
    of_end = find(paragraph, "w:pPr/w:rPr")
    return [] if of_end is None else [mark for mark in of_end if mark.tag in _INSERTIONS | _DELETIONS]


def _without_copies(units: list[Unit]) -> list[Unit]:
    """Return units where the copy of a bookmark stands for the statement that is gone at its old place.

    Of a statement that is still there a copy is text like any other.
    """
    holders: dict[str, str] = {}
    for unit in sorted(units, key=lambda unit: original_anchor(unit.statement) != unit.statement):
        if unit.text:
            holders.setdefault(original_anchor(unit.statement), unit.statement)
    made = []
    for unit in units:
        original = original_anchor(unit.statement)
        if original != unit.statement:
            unit = replace(unit, statement=original if holders.get(original) == unit.statement else "")
        if unit.statement or unit.text:
            made.append(unit)
    return made


def _units(pieces: list[Piece]) -> Iterator[tuple[str, str, frozenset[Mark]]]:
    """Yield bookmark, typed text and marks of each unit of a paragraph.

    Pieces of one statement are one unit, and strays go with what they belong to.
    """
    if not any(piece.statement or piece.inserted or piece.deleted for piece in pieces):
        text = _live(pieces)
        if text.strip():
            yield "", text, _NO_MARKS
        return
    groups: list[list[Piece]] = []
    for piece in pieces:
        if groups and groups[-1][0].statement == piece.statement:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    for group in _joined(groups):
        text = _live(group)
        marks = frozenset(mark for piece in group for mark in (*piece.inserted, *piece.deleted))
        statement = next((piece.statement for piece in group if piece.statement), "")
        if text.strip() or statement:
            yield statement, text, marks


def _joined(groups: list[list[Piece]]) -> list[list[Piece]]:
    """Join text beside a statement to it where it is no sentence of its own."""
    made: list[list[Piece]] = []
    held: list[Piece] = []
    for at, group in enumerate(groups):
        text = _live(group).strip()
        if group[0].statement:
            made.append([*held, *group])
            held = []
        elif made and (not text or _continues(made[-1], text)):
            made[-1].extend(group)
        elif at + 1 < len(groups) and not _ENDS.search(text):
            held = group
        else:
            made.append(group)
    return made


def _live(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if not piece.deleted)


def _continues(before: list[Piece], text: str) -> bool:
    """Return whether a text goes on with the sentence before it."""
    sentence = _live(before).strip()
    first = text[0]
    return (
        not sentence
        or not _ENDS.search(sentence)
        or not (first.isupper() or first.isdigit() or first in '"“[(')
    )


def whole(units: Iterable[Unit]) -> list[Unit]:
    """Return units with each statement in one piece, where its text begins, even if it was cut in two."""
    found: dict[object, Unit] = {}
    for unit in units:
        key: object = unit.statement or unit.place
        before = found.get(key)
        if before is None:
            found[key] = unit
        elif before.text:
            text = " ".join(text for text in (before.text, unit.text) if text)
            last = unit if unit.text else before
            found[key] = replace(
                before,
                text=text,
                typed=text,
                marks=before.marks | unit.marks,
                last_paragraph=last.last_paragraph,
                end_marks=last.end_marks,
            )
        else:
            del found[key]
            found[key] = replace(unit, marks=before.marks | unit.marks)
    return list(found.values())


class _Reader:
    """Walks through paragraphs, and keeps what is open from one to the next."""

    def __init__(self, names: StyleNames) -> None:
        self.names = names
        self._open: dict[str, str] = {}
        self._comments: dict[str, list[Piece]] = {}
        self._on: dict[str, list[Piece]] = {}

    def pieces(self, paragraph: Element) -> Iterator[Piece]:
        """Yield the pieces of a paragraph."""
        yield from self._below(paragraph, (), ())

    def _below(
        self, parent: Element, inserted: tuple[Mark, ...], deleted: tuple[Mark, ...]
    ) -> Iterator[Piece]:
        for child in parent:
            tag = child.tag
            if tag == _RUN:
                yield from self._run(child, inserted, deleted)
            elif tag in _INSERTIONS:
                yield from self._below(child, (*inserted, _mark(child)), deleted)
            elif tag in _DELETIONS:
                yield from self._below(child, inserted, (*deleted, _mark(child)))
            elif tag in _PASSED:
                yield from self._below(child, inserted, deleted)
            else:
                self._boundary(child)

    def _boundary(self, element: Element) -> None:
        identity = element.get(_IDENTITY, "")
        if element.tag == name("w:bookmarkStart"):
            title = element.get(name("w:name"), "")
            if ANCHOR.fullmatch(title):
                self._open[identity] = title
        elif element.tag == name("w:bookmarkEnd"):
            self._open.pop(identity, None)
        elif element.tag == name("w:commentRangeStart"):
            self._on[identity] = self._comments.setdefault(identity, [])
        elif element.tag == name("w:commentRangeEnd"):
            self._on.pop(identity, None)

    def _run(self, run: Element, inserted: tuple[Mark, ...], deleted: tuple[Mark, ...]) -> Iterator[Piece]:
        text = text_of(run)
        if not text:
            for reference in find_all(run, "w:commentReference"):
                self._comments.setdefault(reference.get(_IDENTITY, ""), [])
        if text:
            statement = next(reversed(self._open.values()), "")
            piece = Piece(text=text, statement=statement, inserted=inserted, deleted=deleted)
            for pieces in self._on.values():
                pieces.append(piece)
            yield piece

    def comments(self, root: Element | None) -> Iterator[Comment]:
        """Yield the comments in the order of their places, then those that have none."""
        by_identity = {
            comment.get(name("w:id"), ""): comment
            for comment in ([] if root is None else find_all(root, "w:comment"))
        }
        places = {identity: at for at, identity in enumerate(self._comments)}
        for identity in sorted(by_identity, key=lambda key: places.get(key, len(places))):
            pieces = self._comments.get(identity, [])
            comment = by_identity[identity]
            yield Comment(
                author=comment.get(name("w:author"), ""),
                text=" ".join(" ".join(map(text_of, comment.iter(name("w:p")))).split()),
                statement=next((original_anchor(piece.statement) for piece in pieces if piece.statement), ""),
                on=" ".join("".join(piece.text for piece in pieces).split()),
            )


def _mark(element: Element) -> Mark:
    return element.get(name("w:author"), ""), element.get(name("w:date"), "")
