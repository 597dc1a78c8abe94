"""Changes of a clause of a baseline: which paragraph becomes which, and the marks that say so."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mpspec.change_request.comparison import align
from mpspec.change_request.extraction import rows_of, text_of
from mpspec.change_request.marking import anchor, change_paragraph
from mpspec.change_request.ooxml import Element, find, find_all, name
from mpspec.change_request.paragraphs import Block, Paragraph, Style, Table
from mpspec.change_request.revision_marks import RevisionLog

_CHANGED = 0.5
"""Resemblance from which on a paragraph of a clause that is rewritten counts as changed."""

_SAME_SUBJECT = 0.75
"""Resemblance from which on a paragraph is changed by one that is merged into its clause."""

_ONLY_EQUAL = {Style.REFERENCE, Style.ABBREVIATION}
"""Styles of lists whose entries resemble each other without being the same."""

_TABLE = "\x01"
"""Stands before the text of a table, so that no paragraph equals it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes new elements for one document.

    Attributes:
        paragraph: Makes a paragraph without marks.
        table: Makes a table without marks.
        bookmark: Names the bookmark of a statement.
        log: Makes the marks.
    """

    paragraph: Callable[[Paragraph], Element]
    table: Callable[[Table], Element]
    bookmark: Callable[[str], str]
    log: RevisionLog

    def inserted(self, block: Block) -> Element:
        """Return a paragraph or table that is wholly new."""
        if isinstance(block, Table):
            made = self.table(block)
            for row in find_all(made, "w:tr"):
                self.log.insert_row(row)
            return made
        made = self.paragraph(block)
        self.log.insert_paragraph(made)
        return made


def revised(old: Sequence[Element], new: Sequence[Block], maker: Maker, *, rewrite: bool) -> list[Element]:
    """Return the blocks of a clause with the marks that lead to its new text.

    Args:
        old: Its paragraphs, tables and other blocks, without the heading and without marks; they are changed.
        new: Its new text.
        maker: Makes what is new.
        rewrite: Whether what has no counterpart in the new text goes; else it stays as it is.
    """
    if rewrite:
        old = [block for element in old for block in _freed(element)]
    least = _CHANGED if rewrite else _SAME_SUBJECT
    terms = tuple(_term(block) for block in new if _term(block))
    olds = [_key_of_element(element, terms) for element in old]
    news = [_key_of_block(block) for block in new]
    made: list[Element] = []
    for i, j in align(olds, news, least=least):
        if i is None or j is None or not _may_pair(old[i], new[j], olds[i] == news[j]):
            if i is not None:
                made.append(old[i] if not rewrite else _deleted(old[i], maker.log))
            if j is not None:
                made.append(maker.inserted(new[j]))
            continue
        made += _changed(old[i], new[j], maker, rewrite=rewrite)
    return made


def _freed(element: Element) -> list[Element]:
    """Return what a control around paragraphs holds, since no mark deletes a control; else the block."""
    content = find(element, "w:sdtContent") if element.tag == name("w:sdt") else element
    if element.tag not in (name("w:sdt"), name("w:customXml")) or content is None:
        return [element]
    return [block for child in content for block in _freed(child) if child.tag != name("w:customXmlPr")]


def _may_pair(element: Element, block: Block, equal: bool) -> bool:
    if isinstance(block, Table):
        return element.tag == name("w:tbl")
    return element.tag == name("w:p") and (equal or block.style not in _ONLY_EQUAL)


def _term(block: Block) -> str:
    if isinstance(block, Paragraph) and block.spans and block.spans[0].bold:
        return block.spans[0].text
    return ""


def _key_of_element(element: Element, terms: tuple[str, ...]) -> str:
    if element.tag == name("w:tbl"):
        return _TABLE + "\n".join(" | ".join(row) for row in rows_of(element))
    text = text_of(element)
    return next((term for term in terms if text.startswith(term)), text)


def _key_of_block(block: Block) -> str:
    if isinstance(block, Table):
        return _TABLE + "\n".join(" | ".join(row) for row in block.rows)
    return _term(block) or block.text


def _deleted(element: Element, log: RevisionLog) -> Element:
    if element.tag == name("w:p"):
        log.delete_paragraph(element)
    elif element.tag == name("w:tbl"):
        for row in find_all(element, "w:tr"):
            log.delete_row(row)
    return element


def _changed(element: Element, block: Block, maker: Maker, *, rewrite: bool) -> Iterator[Element]:
    if isinstance(block, Paragraph):
        change_paragraph(element, block.text, maker.log)
        _anchor_statements(element, block, maker)
        yield element
        return
    rows = rows_of(element)
    if not rows or {len(row) for row in rows} != {len(block.rows[0])}:
        yield _deleted(element, maker.log) if rewrite else element
        yield maker.inserted(block)
        return
    _change_rows(element, block, maker, rewrite=rewrite)
    yield element


def _change_rows(table: Element, block: Table, maker: Maker, *, rewrite: bool) -> None:
    """Change a table row by row; a row whose cells hold more than one paragraph is replaced as a whole."""
    rows = find_all(table, "w:tr")
    olds = ["\t".join(cells) for cells in rows_of(table)]
    fresh = find_all(maker.table(block), "w:tr")
    at: Element | None = None
    for i, j in align(olds, ["\t".join(cells) for cells in block.rows], least=_CHANGED):
        row = None if i is None else rows[i]
        if row is not None and j is not None and _change_cells(row, block.rows[j], maker.log):
            at = row
            continue
        if row is not None:
            if rewrite or j is not None:
                maker.log.delete_row(row)
            at = row
        if j is not None:
            maker.log.insert_row(fresh[j])
            if at is None:
                rows[0].addprevious(fresh[j])
            else:
                at.addnext(fresh[j])
            at = fresh[j]


def _change_cells(row: Element, texts: tuple[str, ...], log: RevisionLog) -> bool:
    """Change the cells of a row word by word; returns False, and changes nothing, where that cannot be."""
    cells = [find_all(cell, "w:p") for cell in find_all(row, "w:tc")]
    if len(cells) != len(texts):
        return False
    for paragraphs, text in zip(cells, texts, strict=True):
        if "\n".join(map(text_of, paragraphs)) != text and (len(paragraphs) != 1 or "\n" in text):
            return False
    for paragraphs, text in zip(cells, texts, strict=True):
        if len(paragraphs) == 1:
            change_paragraph(paragraphs[0], text, log)
    return True


def _anchor_statements(element: Element, block: Paragraph, maker: Maker) -> None:
    at = 0
    for span in block.spans:
        if span.statement:
            anchor(element, at, at + len(span.text), maker.bookmark(span.statement), maker.log)
        at += len(span.text)
