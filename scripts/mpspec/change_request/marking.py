"""Word-level changes of a paragraph of a baseline: formatting, fields and notes stay with text that stays.

A paragraph is cut into segments: text that may be cut further, pieces that only stand or fall as a whole
(a field, a hyperlink), and things without text (a note's number, a bookmark).
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from mpspec.change_request.comparison import Edit, edits
from mpspec.change_request.extraction import text_of
from mpspec.change_request.ooxml import Element, find, find_all, make, name, text_elements
from mpspec.change_request.revision_marks import RevisionLog

_TEXTUAL = {name(f"w:{local}") for local in ("t", "tab", "br", "cr", "noBreakHyphen", "softHyphen")}
_WHOLE = {name(f"w:{local}") for local in ("hyperlink", "smartTag", "sdt", "fldSimple")}
_FORGOTTEN = {name("w:proofErr"), name("w:lastRenderedPageBreak")}


_Inserter = Callable[[str], None]
"""Takes a text that is new at the place that was reached."""


@dataclass(slots=True)
class _Segment:
    """A piece of a paragraph.

    Attributes:
        text: Its text; empty for a thing that has none.
        elements: Children of the paragraph that it consists of.
        origin: The run that it was cut from, by which neighbours are joined again; None for a whole piece.
    """

    text: str
    elements: list[Element]
    origin: Element | None = None


def change_paragraph(paragraph: Element, new: str, log: RevisionLog) -> None:
    """Change the text of a paragraph in place, word by word, with marks.

    Args:
        paragraph: A `w:p` without marks; rejecting gives it back.
        new: What it says once the marks are accepted.
        log: Makes the marks.
    """
    segments = list(_segments(paragraph))
    old = "".join(segment.text for segment in segments)
    if old == new:
        return
    writer = _Writer(log)
    writer.write(segments, edits(old, new))
    properties = find(paragraph, "w:pPr")
    for child in list(paragraph):
        if child is not properties:
            paragraph.remove(child)
    paragraph.extend(writer.elements)


def _segments(paragraph: Element) -> Iterator[_Segment]:
    field: list[Element] = []
    depth = 0
    for child in list(paragraph):
        if child.tag == name("w:pPr") or child.tag in _FORGOTTEN:
            continue
        kinds = [mark.get(name("w:fldCharType")) for mark in find_all(child, "w:fldChar")]
        if depth or kinds:
            depth += kinds.count("begin") - kinds.count("end")
            field.append(child)
            if depth <= 0:
                yield _field(field)
                field, depth = [], 0
        elif child.tag == name("w:r"):
            yield from _cut(child)
        else:
            yield _Segment(text_of(child) if child.tag in _WHOLE else "", [child])
    if field:
        yield _field(field)


def _field(elements: list[Element]) -> _Segment:
    return _Segment("".join(text_of(element) for element in elements), elements)


def _cut(run: Element) -> Iterator[_Segment]:
    """Cut a run into its children, each in a run of its own with the same formatting."""
    for child in run:
        if child.tag == name("w:rPr") or child.tag in _FORGOTTEN:
            continue
        piece = _like(run)
        piece.append(deepcopy(child))
        textual = child.tag in _TEXTUAL and child.get(name("w:type")) is None
        yield _Segment(text_of(piece) if textual else "", [piece], run)


def _like(run: Element, text: str = "") -> Element:
    """Return a new run with the formatting of another."""
    made = make("w:r")
    properties = find(run, "w:rPr")
    if properties is not None:
        made.append(deepcopy(properties))
    made.extend(text_elements(text))
    return made


class _Writer:
    """Writes the children of the changed paragraph."""

    def __init__(self, log: RevisionLog) -> None:
        self.elements: list[Element] = []
        self._log = log
        self._last_origin: Element | None = None
        self._format: Element | None = None

    def write(self, segments: list[_Segment], steps: list[Edit]) -> None:
        at = 0
        spans = []
        for segment in segments:
            spans.append((at, at + len(segment.text), segment))
            at += len(segment.text)
        self._format = next(
            (segment.origin for segment in segments if segment.text and segment.origin is not None), None
        )
        cursor = _Cursor(steps)
        for start, end, segment in spans:
            if start == end:
                self._write_thing(segment, cursor, start)
                continue
            if segment.origin is None:
                self._write_whole(segment, cursor, start, end)
                continue
            self._format = segment.origin
            for piece_start, piece_end, kept in cursor.pieces(start, end, self._insert):
                text = segment.text[piece_start - start : piece_end - start]
                piece = _like(segment.origin, text)
                if kept:
                    self._keep(piece, segment.origin)
                else:
                    self._delete([piece])
        cursor.finish(self._insert)

    def _write_thing(self, segment: _Segment, cursor: "_Cursor", at: int) -> None:
        """Write a thing without text; it goes only where the text on both its sides goes."""
        if segment.origin is not None and cursor.deletes_around(at):
            self._delete(segment.elements)
        elif segment.origin is not None:
            self._keep(segment.elements[0], segment.origin)
        else:
            self._extend(segment.elements)

    def _write_whole(self, segment: _Segment, cursor: "_Cursor", start: int, end: int) -> None:
        """Write a piece that cannot be cut: it stays where all its text stays, and else goes as a whole."""
        kept_whole = False
        texts: list[str] = []
        for piece_start, piece_end, kept in cursor.pieces(start, end, texts.append):
            kept_whole = kept and (piece_start, piece_end) == (start, end)
            if kept_whole and texts:
                self._insert("".join(texts))
                texts.clear()
            if kept and not kept_whole:
                texts.append(segment.text[piece_start - start : piece_end - start])
        if kept_whole:
            self._extend(segment.elements)
            return
        holder = make("w:p", *segment.elements)
        self._log.mark_runs(holder, "w:del")
        self._extend(list(holder))
        if texts:
            self._insert("".join(texts))

    def _extend(self, elements: list[Element]) -> None:
        self.elements += elements
        self._last_origin = None

    def _keep(self, piece: Element, origin: Element) -> None:
        if self._last_origin is origin:
            last = self.elements[-1]
            last.extend(child for child in list(piece) if child.tag != name("w:rPr"))
            return
        self.elements.append(piece)
        self._last_origin = origin

    def _delete(self, runs: list[Element]) -> None:
        self._extend([self._log.deleted(runs)])

    def _insert(self, text: str) -> None:
        run = make("w:r", *text_elements(text)) if self._format is None else _like(self._format, text)
        for reference in find_all(run, "w:rPr/w:rStyle"):
            reference.getparent().remove(reference)  # type: ignore[union-attr]
        self._extend([self._log.inserted([run])])


class _Cursor:
    """Walks along the steps from the old text to the new one."""

    def __init__(self, steps: list[Edit]) -> None:
        self._steps = steps
        self._at = 0

    def pieces(self, start: int, end: int, insert: _Inserter) -> Iterator[tuple[int, int, bool]]:
        """Yield each piece of the old text between two positions, and whether it stays.

        What is new before a piece is handed to `insert` first; what is new instead of one, after it.
        """
        while start < end:
            step = self._steps[self._at]
            if step.start == step.end:
                assert step.text is not None
                insert(step.text)
                self._at += 1
                continue
            until = min(step.end, end)
            yield start, until, step.text is None
            start = until
            if until == step.end:
                self._at += 1
                if step.text:
                    insert(step.text)

    def deletes_around(self, at: int) -> bool:
        """Return whether the old text on both sides of a position goes."""
        before = [step for step in self._steps if step.start < at <= step.end]
        after = [step for step in self._steps if step.start <= at < step.end]
        return bool(before and after) and before[0].text is not None and after[0].text is not None

    def finish(self, insert: _Inserter) -> None:
        """Hand out what is new after the last piece of the old text."""
        for step in self._steps[self._at :]:
            if step.text:
                insert(step.text)


def anchor(paragraph: Element, start: int, end: int, title: str, log: RevisionLog) -> None:
    """Put a bookmark around a part of a paragraph's text, as it is once the marks are accepted.

    Args:
        paragraph: A `w:p`; its runs are cut where that is needed.
        start: Where the part begins, in characters.
        end: Where it ends.
        title: Name of the bookmark.
        log: Makes IDs.
    """
    identity = log.next_identity()
    closing = make("w:bookmarkEnd", id=identity)
    opening = make("w:bookmarkStart", id=identity, name=title)
    for position, element in ((end, closing), (start, opening)):
        paragraph.insert(_boundary(paragraph, position, log), element)


def _boundary(paragraph: Element, position: int, log: RevisionLog) -> int:
    """Return the place among the children at a position of the text; a run there is cut in two."""
    at = 0
    for place, child in enumerate(paragraph):
        if child.tag in (name("w:pPr"), name("w:del")):
            continue
        if position <= at:
            return place
        length = len(text_of(child))
        if at < position < at + length:
            return place + _split(child, position - at, log)
        at += length
    return len(paragraph)


def _split(child: Element, position: int, log: RevisionLog) -> int:
    """Cut a run or an insertion in two, anything else not.

    Returns:
        How many places behind it the cut lies: 1, or 0 where it stays whole.
    """
    if child.tag == name("w:ins"):
        second = make("w:ins")
        second.attrib.update(child.attrib)
        second.set(name("w:id"), str(log.next_identity()))
    elif child.tag == name("w:r"):
        second = _like(child)
    else:
        return 0
    at = 0
    for piece in list(child):
        length = 0 if piece.tag == name("w:rPr") else len(text_of(make("w:r", deepcopy(piece))))
        if at >= position:
            second.append(piece)
        elif at + length > position and piece.tag == name("w:r"):
            _split(piece, position - at, log)
            following = piece.getnext()
            assert following is not None
            second.append(following)
        elif at + length > position:
            text = piece.text or ""
            second.extend(text_elements(text[position - at :]))
            child.replace(piece, next(iter(text_elements(text[: position - at]))))
        at += length
    child.addnext(second)
    return 1
