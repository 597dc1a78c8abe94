"""Revision marks: insertions and deletions as Word records them.

A mark has an ID that no other mark of the document has, an author, and a time. A paragraph that is wholly
new or gone is marked twice: its runs, and the mark at its end; with one of the two alone, rejecting it would
leave its text or join its neighbours. A row of a table is marked in its properties, and so is each paragraph
in it.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import count

from mpspec.change_request.ooxml import Element, find, make, name

MARKS = frozenset(
    name(f"w:{local}")
    for local in (
        "ins",
        "del",
        "moveFrom",
        "moveTo",
        "pPrChange",
        "rPrChange",
        "sectPrChange",
        "tblPrChange",
        "tblGridChange",
        "trPrChange",
        "tcPrChange",
        "tblPrExChange",
        "numberingChange",
        "cellIns",
        "cellDel",
        "cellMerge",
    )
)
"""Every element that is a revision mark."""

_IDENTIFIED = (*MARKS, name("w:bookmarkStart"), name("w:bookmarkEnd"))

_AFTER_MARK = {name("w:sectPr"), name("w:pPrChange")}
_DELETED_NAMES = {name("w:t"): name("w:delText"), name("w:instrText"): name("w:delInstrText")}
_RUNS = {name("w:r"), name("m:oMath"), name("m:oMathPara")}
_AROUND_RUNS = {
    name(f"w:{local}") for local in ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml")
}


def runs_of(parent: Element) -> list[Element]:
    """Return every run and formula of a paragraph, also those in a link, a control or a field."""
    found: list[Element] = []
    for child in parent:
        if child.tag in _RUNS:
            found.append(child)
        elif child.tag in _AROUND_RUNS:
            found += runs_of(child)
    return found


def first_free_identity(root: Element) -> int:
    """Return an ID that is larger than that of every mark and bookmark below an element."""
    identity = name("w:id")
    found = (element.get(identity, "") for element in root.iter(*_IDENTIFIED))
    return max((int(value) for value in found if value.isdecimal()), default=-1) + 1


class RevisionLog:
    """Makes the marks of one document: one author, one time, and a new ID for each.

    Args:
        author: Author that every mark names.
        time: Time that every mark names; without one they have none. It is never that of the clock.
        first: ID of the first mark.
    """

    def __init__(self, author: str, time: datetime | None, first: int = 0) -> None:
        self._author = author
        self._time = time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else None
        self._identities = count(first)

    def next_identity(self) -> int:
        """Return an ID that nothing else in the document has."""
        return next(self._identities)

    def _mark(self, tag: str, children: Iterable[Element] = ()) -> Element:
        return make(tag, *children, id=self.next_identity(), author=self._author, date=self._time)

    def inserted(self, runs: Iterable[Element]) -> Element:
        """Return runs as an insertion."""
        return self._mark("w:ins", runs)

    def deleted(self, runs: Iterable[Element]) -> Element:
        """Return runs as a deletion; their texts become deleted texts."""
        made = self._mark("w:del", runs)
        _rename_texts(made)
        return made

    def insert_paragraph(self, paragraph: Element) -> None:
        """Mark a whole paragraph as new: its runs and its end."""
        self._mark_paragraph(paragraph, "w:ins")

    def delete_paragraph(self, paragraph: Element) -> None:
        """Mark a whole paragraph as gone: its runs and its end."""
        self._mark_paragraph(paragraph, "w:del")

    def _mark_paragraph(self, paragraph: Element, tag: str) -> None:
        self.mark_runs(paragraph, tag)
        properties = find(paragraph, "w:pPr")
        if properties is None:
            properties = make("w:pPr")
            paragraph.insert(0, properties)
        of_mark = find(properties, "w:rPr")
        if of_mark is None:
            of_mark = make("w:rPr")
            later = [child for child in properties if child.tag in _AFTER_MARK]
            properties.insert(properties.index(later[0]) if later else len(properties), of_mark)
        of_mark.insert(0, self._mark(tag))

    def mark_runs(self, parent: Element, tag: str) -> None:
        """Wrap every run below a paragraph or a piece of one, neighbours together."""
        for run in runs_of(parent):
            around = run.getparent()
            before = run.getprevious()
            assert around is not None
            if before is not None and before.tag == name(tag) and before.get("fresh"):
                before.append(run)
                continue
            made = self._mark(tag)
            made.set("fresh", "1")
            around.replace(run, made)
            made.append(run)
        for made in parent.iter(name(tag)):
            if made.get("fresh"):
                del made.attrib["fresh"]
                if tag == "w:del":
                    _rename_texts(made)

    def insert_row(self, row: Element) -> None:
        """Mark a row of a table as new, with every paragraph in it."""
        self._mark_row(row, "w:ins")

    def delete_row(self, row: Element) -> None:
        """Mark a row of a table as gone, with every paragraph in it."""
        self._mark_row(row, "w:del")

    def _mark_row(self, row: Element, tag: str) -> None:
        properties = find(row, "w:trPr")
        if properties is None:
            properties = make("w:trPr", make("w:cantSplit"))
            before = [child for child in row if child.tag == name("w:tblPrEx")]
            row.insert(len(before), properties)
        properties.append(self._mark(tag))
        for paragraph in row.iter(name("w:p")):
            self._mark_paragraph(paragraph, tag)


def _rename_texts(deletion: Element) -> None:
    """Turn the texts below a deletion into deleted texts."""
    for element in deletion.iter():
        if element.tag in _DELETED_NAMES:
            element.tag = _DELETED_NAMES[element.tag]
