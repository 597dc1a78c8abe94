"""Paragraphs, tables and markers as WordprocessingML."""

from collections.abc import Callable, Mapping

from mpspec.change_request.anchors import anchor_name
from mpspec.change_request.ooxml import Element, make, run
from mpspec.change_request.paragraphs import Paragraph, Span, Style, Table
from mpspec.change_request.styles import ID_BY_NAME, TEXT_WIDTH


class BodyMaker:
    """Makes the elements of one document.

    Around each statement it puts a bookmark with the statement's ID, so that the text is found again after
    people edited it; a statement that stands there for the second time has `__2` behind its ID.

    Args:
        next_identity: Gives IDs that nothing else in the document has.
        style_ids: ID of each style in this document, by its name; by default those of our own styles.
    """

    def __init__(self, next_identity: Callable[[], int], style_ids: Mapping[str, str] = ID_BY_NAME) -> None:
        self._next_identity = next_identity
        self._style_ids = style_ids
        self._uses: dict[str, int] = {}

    def properties(self, style: str) -> Element:
        """Return the `w:pPr` of a style, by its name; for Normal it is empty."""
        if style == Style.NORMAL:
            return make("w:pPr")
        return make("w:pPr", make("w:pStyle", val=self._style_ids[style]))

    def paragraph(self, content: Paragraph) -> Element:
        """Return a paragraph as `w:p`, with a bookmark around each statement."""
        made = make("w:p")
        properties = self.properties(content.style)
        if len(properties):
            made.append(properties)
        for span in content.spans:
            made.extend(self._span(span))
        return made

    def _span(self, span: Span) -> list[Element]:
        runs = [run(span.text, make("w:b")) if span.bold else run(span.text)]
        if not span.statement:
            return runs
        identity = self._next_identity()
        bookmark = self.bookmark(span.statement)
        return [
            make("w:bookmarkStart", id=identity, name=bookmark),
            *runs,
            make("w:bookmarkEnd", id=identity),
        ]

    def bookmark(self, statement: str) -> str:
        """Return the name of the next bookmark of a statement."""
        use = self._uses[statement] = self._uses.get(statement, 0) + 1
        return anchor_name(statement, use)

    def table(self, content: Table) -> Element:
        """Return a table as `w:tbl`: bordered, as wide as the text, its first row the head."""
        columns = len(content.rows[0])
        width = TEXT_WIDTH // columns
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        made = make(
            "w:tbl",
            make(
                "w:tblPr",
                make("w:tblW", w=width * columns, type="dxa"),
                make("w:jc", val="center"),
                make(
                    "w:tblBorders",
                    *(make(f"w:{side}", val="single", sz=4, space=0, color="auto") for side in sides),
                ),
                make("w:tblLayout", type="fixed"),
            ),
            make("w:tblGrid", *(make("w:gridCol", w=width) for _ in range(columns))),
        )
        for number, row in enumerate(content.rows):
            properties = make("w:trPr", make("w:cantSplit"))
            if number == 0:
                properties.append(make("w:tblHeader"))
            style = Style.CELL_HEAD if number == 0 else Style.CELL
            made.append(make("w:tr", properties, *(self._cell(text, width, style) for text in row)))
        return made

    def _cell(self, text: str, width: int, style: Style) -> Element:
        return make(
            "w:tc",
            make("w:tcPr", make("w:tcW", w=width, type="dxa")),
            *(make("w:p", self.properties(style), run(line)) for line in text.split("\n")),
        )

    def marker(self, text: str) -> Element:
        """Return a line that separates changes; it is no text of the specification and never marked."""
        return make("w:p", self.properties(Style.MARKER), run(text))
