"""Reading a .docx that came back: its text, its comments, and which definition it was made from."""

from collections.abc import Iterator
from copy import deepcopy

from mpspec.change_request import settle
from mpspec.change_request.docx.opening import Archive
from mpspec.change_request.docx.package import DEFINITION_PROPERTY
from mpspec.change_request.drafting import DraftBlock
from mpspec.change_request.edited import EditedDocument, read_document
from mpspec.change_request.extraction import rows_of, style_of, text_of
from mpspec.change_request.ooxml import Element, find, name
from mpspec.change_request.style_names import StyleNames, numbered_heading
from mpspec.model import CannotRun


def read_archive(archive: Archive) -> EditedDocument:
    """Read the document in an archive that passed the checks.

    Raises:
        CannotRun: A part of it is not XML.
    """
    return read_document(body(archive), archive.related("/styles"), archive.related("/comments"))


def body(archive: Archive) -> Element:
    """Return the body of the document in an archive.

    Raises:
        CannotRun: It is not XML, or has no body.
    """
    root = archive.root(archive.main)
    found = None if root is None else find(root, "w:body")
    if found is None:
        raise CannotRun(
            f"{archive.path} has no text as Word writes it: save 'Strict Open XML' and others as .docx first."
        )
    return found


def definition_name(archive: Archive) -> str:
    """Return the name of the definition that a document was made from; empty where it does not say.

    Raises:
        CannotRun: Its properties are not XML.
    """
    root = archive.root("docProps/custom.xml")
    for entry in [] if root is None else root:
        if entry.get("name") == DEFINITION_PROPERTY:
            return "".join(str(text) for text in entry.itertext()).strip()
    return ""


def text_lines(archive: Archive) -> list[tuple[str, str]]:
    """Return the text of a document with all marks accepted: for each paragraph its clause and what it says.

    Raises:
        CannotRun: A part of it is not XML, or it holds no text.
    """
    lines: dict[int, list[str]] = {}
    clauses: dict[int, str] = {}
    for unit in read_archive(archive).units:
        if unit.text:
            lines.setdefault(unit.paragraph, []).append(unit.text)
            clauses[unit.paragraph] = unit.clause
    if not lines:
        raise CannotRun(f"{archive.path} holds no text.")
    return [(clauses[number], " ".join(pieces)) for number, pieces in lines.items()]


def foreign_clause(archive: Archive, number: str) -> list[DraftBlock]:
    """Return a clause of any TR or TS with all below it: headings, paragraphs, notes, rows of tables.

    Raises:
        CannotRun: The document has no such clause.
    """
    root = body(archive)
    names = StyleNames(archive.related("/styles"))
    blocks: list[DraftBlock] = []
    for heading in names.headings(root):
        clause, title = numbered_heading(_settled_text(heading))
        if clause != number and not clause.startswith(f"{number}."):
            continue
        blocks.append(DraftBlock(clause=clause, title=title, heading=True, text=""))
        for text in _texts_below(heading, names):
            blocks.append(DraftBlock(clause=clause, title=title, heading=False, text=text))
    if not blocks:
        raise CannotRun(f"{archive.path} has no clause {number}.")
    return blocks


def _texts_below(heading: Element, names: StyleNames) -> Iterator[str]:
    """Yield the paragraphs and rows of tables below a heading, up to the next one, marks accepted."""
    element = heading.getnext()
    while element is not None and not (element.tag == name("w:p") and names.is_heading(style_of(element))):
        if element.tag == name("w:tbl"):
            table = deepcopy(element)
            settle.accept(table)
            yield from (" | ".join(row) for row in rows_of(table) if any(cell.strip() for cell in row))
        elif text := _settled_text(element):
            yield text
        element = element.getnext()


def _settled_text(element: Element) -> str:
    copy = deepcopy(element)
    settle.accept(copy)
    return " ".join(text_of(copy).split())
