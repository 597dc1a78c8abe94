"""Accept or reject every revision mark of a document, in pure Python.

It works on the XML below any element, in place. What a mark says is settled as Word does it: an end of a
paragraph that goes joins the paragraph with the next one.
"""

from mpspec.change_request.ooxml import Element, find, find_all, name
from mpspec.change_request.revision_marks import MARKS

_INSERTED = ("w:ins", "w:moveTo")
_DELETED = ("w:del", "w:moveFrom")
_LIVE_NAMES = {name("w:delText"): name("w:t"), name("w:delInstrText"): name("w:instrText")}
_CONTENT = {name(f"w:{local}") for local in ("r", "hyperlink", "fldSimple", "smartTag", "sdt")} | {
    name("m:oMath"),
    name("m:oMathPara"),
}
_CHANGE_OF = {
    name(f"w:{kind}Change"): name(f"w:{kind}")
    for kind in ("pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr", "tblPrEx", "tblGrid")
}
_NOT_RESTORED = {name(f"w:{local}") for local in ("ins", "del", "moveFrom", "moveTo")}
"""What stands among properties and is no property: the marks of a paragraph's end, of a row."""

_RANGES = {name(f"w:{move}Range{end}") for move in ("moveFrom", "moveTo") for end in ("Start", "End")}


def accept(root: Element) -> None:
    """Make every marked change below an element."""
    _settle(root, keep=_INSERTED, drop=_DELETED, restore=False)


def reject(root: Element) -> None:
    """Undo every marked change below an element."""
    _settle(root, keep=_DELETED, drop=_INSERTED, restore=True)


def _settle(root: Element, keep: tuple[str, ...], drop: tuple[str, ...], *, restore: bool) -> None:
    _settle_properties(root, restore=restore)
    for row in list(root.iter(name("w:tr"))):
        if any(find(row, f"w:trPr/{tag}") is not None for tag in drop):
            _remove(row)
    for table in list(root.iter(name("w:tbl"))):
        if find(table, "w:tr") is None:
            _remove(table)
    ending = [
        properties.getparent()
        for properties in root.iter(name("w:pPr"))
        if any(find(properties, f"w:rPr/{tag}") is not None for tag in drop)
    ]
    for element in list(root.iter(*(name(tag) for tag in drop))):
        if element.getparent() is not None:
            _remove(element)
    for element in list(root.iter(*(name(tag) for tag in keep))):
        _unwrap(element)
    for element in root.iter(*_LIVE_NAMES):
        element.tag = _LIVE_NAMES[element.tag]
    for element in list(root.iter(*_RANGES, *MARKS)):
        _remove(element)
    for paragraph in ending:
        if paragraph is not None:
            _join_with_next(paragraph)


def _settle_properties(root: Element, *, restore: bool) -> None:
    """Settle changes of formatting: keep what is now, or put back what was."""
    for change in list(root.iter(*_CHANGE_OF)):
        properties = change.getparent()
        assert properties is not None
        if restore:
            before = next((child for child in change if child.tag == _CHANGE_OF[change.tag]), None)
            for child in list(properties):
                of_mark = properties.tag == name("w:pPr") and child.tag == name("w:rPr")
                if child.tag not in _NOT_RESTORED and not of_mark:
                    properties.remove(child)
            for at, child in enumerate(list(before) if before is not None else []):
                properties.insert(at, child)
        else:
            properties.remove(change)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    for child in reversed(list(element)):
        parent.insert(at, child)
    parent.remove(element)


def _join_with_next(paragraph: Element) -> None:
    """Join a paragraph whose end is gone with the next one, which keeps its own properties."""
    following = paragraph.getnext()
    while following is not None and following.tag in (name("w:bookmarkStart"), name("w:bookmarkEnd")):
        following = following.getnext()
    content = [child for child in paragraph if child.tag != name("w:pPr")]
    if following is None or following.tag != name("w:p"):
        alone = all(sibling is paragraph for sibling in find_all(_parent(paragraph), "w:p"))
        if not any(child.tag in _CONTENT for child in content) and not alone:
            _remove(paragraph)
        return
    first = 1 if find(following, "w:pPr") is not None else 0
    for child in reversed(content):
        following.insert(first, child)
    _remove(paragraph)


def _parent(element: Element) -> Element:
    parent = element.getparent()
    assert parent is not None
    return parent
