"""The text of a document as paragraphs, apart from any file format."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mpspec.model import CannotRun


class Style(StrEnum):
    """Paragraph styles of 3GPP documents, by the names that Word shows."""

    NORMAL = "Normal"
    HEADING_1 = "heading 1"
    HEADING_2 = "heading 2"
    HEADING_3 = "heading 3"
    HEADING_4 = "heading 4"
    HEADING_5 = "heading 5"
    H6 = "H6"
    LIST_1 = "B1"
    LIST_2 = "B2"
    LIST_3 = "B3"
    LIST_4 = "B4"
    LIST_5 = "B5"
    NOTE = "NO"
    REFERENCE = "EX"
    ABBREVIATION = "EW"
    EDITORS_NOTE = "Editor's Note"
    TABLE_TITLE = "TH"
    FIGURE_TITLE = "TF"
    CELL = "TAL"
    CELL_CENTRED = "TAC"
    CELL_HEAD = "TAH"
    CELL_NOTE = "TAN"
    CODE = "PL"
    EQUATION = "EQ"
    COVER = "CR Cover Page"
    MARKER = "Change Marker"


HEADINGS = (Style.HEADING_1, Style.HEADING_2, Style.HEADING_3, Style.HEADING_4, Style.HEADING_5, Style.H6)
"""Styles of headings by their level, from 1."""


def heading_style(number: str) -> Style:
    """Return the style of the heading of a clause: `7.1.1` has level 3; from level 6 on it is H6."""
    return HEADINGS[min(number.count("."), len(HEADINGS) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a paragraph.

    Attributes:
        text: Its text; a tab stands for itself.
        statement: ID of the statement that it carries; empty where it is the document's own.
        bold: Whether it stands out, as a term that is defined.
    """

    text: str
    statement: str = ""
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph.

    Attributes:
        style: Its style.
        spans: Its pieces, in order; together they are its text, with the spaces between them.
    """

    style: Style
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The text of the paragraph."""
        return "".join(span.text for span in self.spans)

    @property
    def statements(self) -> tuple[str, ...]:
        """IDs of the statements that it carries, in order."""
        return tuple(span.statement for span in self.spans if span.statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its first row is the head.

    Attributes:
        rows: Texts of the cells, row by row; all rows have the same length.
    """

    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Table
"""What a clause is made of."""


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str, place: str) -> str:
    """Return a text that a document can hold.

    Raises:
        CannotRun: It holds a control character; the message names the place.
    """
    if _UNPRINTABLE.search(text):
        raise CannotRun(f"{place} holds a control character, which no document can hold.")
    return text


def plain(text: str, style: Style = Style.NORMAL) -> Paragraph:
    """Return a paragraph that carries no statement."""
    return Paragraph(style=style, spans=(Span(text=text),))


def joined(pieces: Iterable[tuple[str, str]]) -> tuple[Span, ...]:
    """Return the spans of pieces (text, ID) with a space between each two, which belongs to neither."""
    spans: list[Span] = []
    for text, statement in pieces:
        if spans:
            spans.append(Span(text=" "))
        spans.append(Span(text=text, statement=statement))
    return tuple(spans)


def heading(number: str, title: str) -> Paragraph:
    """Return the heading of a clause: number, tab, title."""
    return plain(f"{number}\t{title}", heading_style(number))
