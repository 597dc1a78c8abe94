"""WordprocessingML as lxml elements: names, and how an element is made.

Names are written as in the standard, `w:p` or `w:val`; an attribute without a prefix belongs to `w`.
"""

from collections.abc import Iterable
from functools import cache

from lxml import etree

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "xml": "http://www.w3.org/XML/1998/namespace",
}

_DECLARED = {"w": NAMESPACES["w"]}

Element = etree._Element
"""An lxml element; lxml gives the class no public name."""


@cache
def name(tag: str) -> str:
    """Return the name with its namespace in braces, as lxml wants it: `w:p` is `{http://...}p`."""
    prefix, _, local = tag.rpartition(":")
    return f"{{{NAMESPACES[prefix or 'w']}}}{local}"


def make(tag: str, /, *children: Element, text: str = "", **attributes: object) -> Element:
    """Make an element.

    Args:
        tag: Its name, such as `w:p`.
        children: What it holds, in order.
        text: Its text; leading and trailing spaces are kept.
        attributes: Its attributes; `None` leaves one out. A colon of a name is written as two underscores:
            `r__id` is `r:id`.
    """
    made = etree.Element(name(tag), nsmap=_DECLARED)
    for key, value in attributes.items():
        if value is not None:
            made.set(_attribute(key), str(value))
    if text:
        made.text = text
        if text != text.strip() or "  " in text:
            made.set(name("xml:space"), "preserve")
    made.extend(children)
    return made


@cache
def _attribute(key: str) -> str:
    return name(key.replace("__", ":"))


def find(parent: Element, path: str) -> Element | None:
    """Return the first element at a path such as `w:pPr/w:pStyle`, or None."""
    return parent.find(path, NAMESPACES)


def find_all(parent: Element, path: str) -> list[Element]:
    """Return every element at a path such as `w:r/w:t` or `.//w:ins`."""
    return parent.findall(path, NAMESPACES)


def run(text: str, *properties: Element, deleted: bool = False) -> Element:
    """Make a run; a tab and a line end in the text become `w:tab` and `w:br`.

    Args:
        text: What it says.
        properties: Children of its `w:rPr`, in the order of the standard.
        deleted: Whether it stands in a deletion, where text is `w:delText`.
    """
    made = make("w:r")
    if properties:
        made.append(make("w:rPr", *properties))
    made.extend(text_elements(text, deleted=deleted))
    return made


def text_elements(text: str, *, deleted: bool = False) -> Iterable[Element]:
    """Yield the children of a run that together say a text."""
    tag = "w:delText" if deleted else "w:t"
    piece = ""
    for character in text:
        if character not in "\t\n":
            piece += character
            continue
        if piece:
            yield make(tag, text=piece)
        piece = ""
        yield make("w:tab" if character == "\t" else "w:br")
    if piece:
        yield make(tag, text=piece)


def serialize(root: Element) -> bytes:
    """Return an XML part as octets, UTF-8 with its declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
