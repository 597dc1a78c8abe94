"""Paragraphs as WordprocessingML."""

from itertools import count

from mpspec.change_request.ooxml import Element, make, run
from mpspec.change_request.paragraphs import Paragraph
from mpspec.change_request.styles import ID_BY_NAME


class Anchors:
    """Bookmarks that name the statement which a piece of text carries: so it is found again after editing."""

    def __init__(self) -> None:
        self._identities = count()
        self._uses: dict[str, int] = {}

    def enclose(self, statement: str, runs: list[Element]) -> list[Element]:
        """Return the runs between the start and the end of a bookmark.

        A statement that stands in the document for the second time has `__2` behind its ID.
        """
        identity = next(self._identities)
        use = self._uses[statement] = self._uses.get(statement, 0) + 1
        title = statement if use == 1 else f"{statement}__{use}"
        return [make("w:bookmarkStart", id=identity, name=title), *runs, make("w:bookmarkEnd", id=identity)]


def paragraph_properties(style: str) -> Element:
    """Return the `w:pPr` of a style, by its name; for Normal it is empty."""
    properties = make("w:pPr")
    identity = ID_BY_NAME[style]
    if identity != "Normal":
        properties.append(make("w:pStyle", val=identity))
    return properties


def paragraph(content: Paragraph, anchors: Anchors) -> Element:
    """Return a paragraph as `w:p`, with a bookmark around each statement."""
    made = make("w:p")
    properties = paragraph_properties(content.style)
    if len(properties):
        made.append(properties)
    for span in content.spans:
        runs = [run(span.text)]
        made.extend(anchors.enclose(span.statement, runs) if span.statement else runs)
    return made
