"""The P-CR as a document: cover lines in the header of its first page, sections, marker, clause.

The cover lines stand in the header so that the text of the document is the text of the contribution alone.
"""

from collections.abc import Iterable, Iterator
from itertools import count

from docx.document import Document

from mpspec.change_request import styles
from mpspec.change_request.definition import Definition
from mpspec.change_request.docx.body import BodyMaker
from mpspec.change_request.docx.package import (
    DEFINITION_PROPERTY,
    add_custom_properties,
    empty_document,
    set_core_properties,
    to_octets,
)
from mpspec.change_request.ooxml import Element, make, run
from mpspec.change_request.paragraphs import Paragraph, Style, plain

_LABEL_TAB = 2835
"""Where the value of a cover line begins, in twips."""

_LINES = (
    ("Source:", "source"),
    ("Title:", "title"),
    ("Document for:", "document_for"),
    ("Agenda Item:", "agenda_item"),
    ("Work Item / Release:", "work_items"),
)
"""Cover lines: label and field."""


def pseudo_cr(definition: Definition, clause: Iterable[Paragraph]) -> bytes:
    """Return a P-CR as the octets of a .docx file.

    Args:
        definition: What stands above the clause.
        clause: The clause that it brings.
    """
    document = empty_document(track=False)
    set_core_properties(
        document, title=definition.shown("title"), author=definition.shown("source"), date=None
    )
    maker = BodyMaker(count().__next__)
    body = document.element.body
    for element in [
        *_sections(definition, maker),
        *(maker.marker(text) for text in (definition.separator, definition.first_marker) if text),
        *(maker.paragraph(content) for content in clause),
    ]:
        body.insert(len(body) - 1, element)
    _add_cover(document, definition, maker)
    add_custom_properties(document, {DEFINITION_PROPERTY: definition.name})
    return to_octets(document)


def _sections(definition: Definition, maker: BodyMaker) -> Iterator[Element]:
    for section in definition.sections:
        properties = maker.properties(Style.COVER)
        properties.append(make("w:keepNext"))
        yield make("w:p", properties, run(section.heading, make("w:b"), make("w:sz", val=24)))
        for line in section.text.splitlines():
            yield maker.paragraph(plain(line))


def _add_cover(document: Document, definition: Definition, maker: BodyMaker) -> None:
    """Write the lines above the contribution into the header of the first page."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    header = section.first_page_header
    header.is_linked_to_previous = False
    root = header._element
    for child in list(root):
        root.remove(child)
    shown = definition.shown
    group = f"3GPP TSG-{shown('group')} Meeting #{shown('meeting')}"
    place = f"{shown('location')}, {shown('country')}, {shown('start_date')} - {shown('end_date')}"
    root.append(_cover_line(maker, f"{group}\t{shown('tdoc')}", styles.TEXT_WIDTH, kind="right"))
    root.append(_cover_line(maker, place, styles.TEXT_WIDTH, kind="right"))
    if definition.cover.get("revision_of"):
        revised = f"\t(revision of {definition.cover['revision_of']})"
        root.append(_cover_line(maker, revised, styles.TEXT_WIDTH, kind="right"))
    root.append(_cover_line(maker, "", _LABEL_TAB))
    for label, field in _LINES:
        value = shown(field)
        if field == "work_items":
            value = f"{value} / {shown('release')}"
        root.append(_cover_line(maker, f"{label}\t{value}", _LABEL_TAB))
    root.append(_cover_line(maker, "", _LABEL_TAB))


def _cover_line(maker: BodyMaker, text: str, tab: int, kind: str = "left") -> Element:
    properties = maker.properties(Style.COVER)
    properties.append(make("w:tabs", make("w:tab", val=kind, pos=tab)))
    properties.append(make("w:spacing", after=0))
    if kind == "left":
        properties.append(make("w:ind", left=tab, hanging=tab))
    return make("w:p", properties, run(text, make("w:b"), make("w:sz", val=24)))
