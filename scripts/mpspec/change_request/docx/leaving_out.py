"""What a CR leaves out of the baseline: notes, comments, pictures and ends of what lies in other clauses."""

from collections.abc import Mapping

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import XmlPart
from lxml import etree

from mpspec.change_request.docx.package import drop_left_overs
from mpspec.change_request.ooxml import NAMESPACES, Element, find_all, name, serialize

_REFERENCE = "{" + NAMESPACES["r"] + "}"
_IDENTITY = name("w:id")

_NOTES: Mapping[str, tuple[str, str]] = {
    RELATIONSHIP_TYPE.COMMENTS: ("w:comment", "w:commentReference"),
    RELATIONSHIP_TYPE.FOOTNOTES: ("w:footnote", "w:footnoteReference"),
    RELATIONSHIP_TYPE.ENDNOTES: ("w:endnote", "w:endnoteReference"),
}
"""Parts that hold a text for each reference in the document: what such a text is, and its reference."""

_ABOUT_COMMENTS = ("/commentsExtended", "/commentsIds", "/commentsExtensible", "/people")
"""Relationships to what says more on comments: who is who, and which was answered."""

_BY_REFERENCE = {
    RELATIONSHIP_TYPE.IMAGE,
    RELATIONSHIP_TYPE.HYPERLINK,
    RELATIONSHIP_TYPE.HEADER,
    RELATIONSHIP_TYPE.FOOTER,
    RELATIONSHIP_TYPE.OLE_OBJECT,
    RELATIONSHIP_TYPE.PACKAGE,
    RELATIONSHIP_TYPE.CHART,
}
"""Relationships that the text names by their ID: without such a name they are of no use."""

_RANGES = (
    ("w:bookmarkStart", "w:bookmarkEnd"),
    ("w:commentRangeStart", "w:commentRangeEnd"),
    ("w:permStart", "w:permEnd"),
)
"""What begins at one place and ends at another, with one ID."""


def leave_out_the_rest(document: Document) -> None:
    """Leave out all that belongs to clauses which are not in the document any more."""
    drop_left_overs(document)
    root = document.element
    for reference in list(root.iter(name("w:headerReference"), name("w:footerReference"))):
        _remove(reference)
    _leave_out_notes(document)
    for start, end in _RANGES:
        _leave_out_halves(root, start, end)
    _leave_out_parts(document)


def _leave_out_notes(document: Document) -> None:
    """Leave out notes and comments that nothing refers to; the lines that separate notes stay."""
    root = document.element
    for relation in list(document.part.rels.values()):
        if relation.reltype not in _NOTES or relation.is_external:
            continue
        note, reference = _NOTES[relation.reltype]
        used = {found.get(_IDENTITY) for found in root.iter(name(reference))}
        part = relation.target_part
        notes = part.element if isinstance(part, XmlPart) else etree.fromstring(part.blob)
        for found in find_all(notes, note):
            if found.get(_IDENTITY) not in used and found.get(name("w:type"), "normal") == "normal":
                notes.remove(found)
        if not isinstance(part, XmlPart):
            part._blob = serialize(notes)
        if relation.reltype == RELATIONSHIP_TYPE.COMMENTS:
            for tag in ("w:commentRangeStart", "w:commentRangeEnd"):
                for edge in [found for found in root.iter(name(tag)) if found.get(_IDENTITY) not in used]:
                    _remove(edge)


def _leave_out_halves(root: Element, start: str, end: str) -> None:
    starts = {found.get(_IDENTITY): found for found in root.iter(name(start))}
    ends = {found.get(_IDENTITY): found for found in root.iter(name(end))}
    for identity, half in [*starts.items(), *ends.items()]:
        if identity not in starts or identity not in ends:
            _remove(half)


def _leave_out_parts(document: Document) -> None:
    root = document.element
    used = {
        value
        for element in root.iter()
        for key, value in element.attrib.items()
        if isinstance(key, str) and key.startswith(_REFERENCE)
    }
    has_comments = next(root.iter(name("w:commentReference")), None) is not None
    relations = document.part.rels
    for identity, relation in list(relations.items()):
        kind = relation.reltype
        unused = kind in _BY_REFERENCE and identity not in used
        of_no_comment = kind == RELATIONSHIP_TYPE.COMMENTS and not has_comments
        if unused or of_no_comment or kind.endswith(_ABOUT_COMMENTS):
            del relations[identity]


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
