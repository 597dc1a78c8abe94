"""Tables of the CR form: cells over several columns, each with borders of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from mpspec.change_request.ooxml import Element, make

_INDENT = 42
"""Indent of a table and margin of its cells, in twips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell.

    Attributes:
        span: How many columns it spans.
        paragraphs: What it holds.
        input: Pattern of the yellow that says it is filled by hand, such as `pct30`; empty for none.
        borders: The sides that have a border.
        thickness: Of its borders, in eighths of a point.
    """

    span: int
    paragraphs: Sequence[Element]
    input: str = ""
    borders: tuple[str, ...] = ()
    thickness: int = 4


def cells_table(columns: Sequence[int], rows: Sequence[Sequence[Cell]]) -> Element:
    """Return a table with a fixed layout.

    Args:
        columns: Widths of its columns, in twips.
        rows: Its rows; the spans of each fill the columns.
    """
    made = make(
        "w:tbl",
        make(
            "w:tblPr",
            make("w:tblW", w=sum(columns), type="dxa"),
            make("w:tblInd", w=_INDENT, type="dxa"),
            make("w:tblLayout", type="fixed"),
            make(
                "w:tblCellMar",
                make("w:left", w=_INDENT, type="dxa"),
                make("w:right", w=_INDENT, type="dxa"),
            ),
        ),
        make("w:tblGrid", *(make("w:gridCol", w=width) for width in columns)),
    )
    for row in rows:
        at = 0
        line = make("w:tr")
        for cell in row:
            line.append(_cell(cell, sum(columns[at : at + cell.span])))
            at += cell.span
        assert at == len(columns)
        made.append(line)
    return made


def _cell(cell: Cell, width: int) -> Element:
    properties = make("w:tcPr", make("w:tcW", w=width, type="dxa"))
    if cell.span > 1:
        properties.append(make("w:gridSpan", val=cell.span))
    if cell.borders:
        edges = [side for side in ("top", "left", "bottom", "right") if side in cell.borders]
        properties.append(
            make(
                "w:tcBorders",
                *(
                    make(f"w:{side}", val="single", sz=cell.thickness, space=0, color="auto")
                    for side in edges
                ),
            )
        )
    if cell.input:
        properties.append(make("w:shd", val=cell.input, color="FFFF00", fill="auto"))
    return make("w:tc", properties, *cell.paragraphs)
