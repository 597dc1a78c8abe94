"""The styles of a document by the names that Word shows, and the headings among them.

An ID of a style says nothing: a German Word calls a heading `berschrift1`. Names are what counts, and those
that a German program writes are known too.
"""

import re
from collections.abc import Mapping

from mpspec.change_request.ooxml import Element, find, find_all, name

_VALUE = name("w:val")
_HEADING_NAME = re.compile(r"(?:heading|überschrift|berschrift)\s*([1-9])(?:,.*)?|h6(?:,.*)?", re.I)
_CONTROLS = ("w:sdt", "w:customXml")
_GERMAN = re.compile(r"(?:überschrift|berschrift) ?(?=[1-9])")
_NUMBERED = re.compile(
    r"(?P<number>(?:Annex )?(?:[0-9]+|[A-Z])(?:\.[0-9]+[A-Za-z]?)*[A-Za-z]?)(?::|\s|$)\s*(?P<title>.*)"
)


class StyleNames:
    """The styles of a document, by the names that Word shows, in English or German."""

    def __init__(self, styles: Element | None) -> None:
        self._names: dict[str, str] = {}
        self._bases: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        for style in [] if styles is None else find_all(styles, "w:style"):
            identity = style.get(name("w:styleId"), "")
            shown = find(style, "w:name")
            base = find(style, "w:basedOn")
            self._names[identity] = "" if shown is None else shown.get(name("w:val"), "")
            self._bases[identity] = "" if base is None else base.get(name("w:val"), "")

    def name(self, identity: str) -> str:
        """Return the name of a style; a German heading is called by its English name."""
        if identity not in self._shown:
            found = self._names.get(identity, identity)
            is_heading = _HEADING_NAME.fullmatch(found)
            self._shown[identity] = _GERMAN.sub("heading ", found.lower()) if is_heading else found
        return self._shown[identity]

    def is_heading(self, identity: str) -> bool:
        """Return whether a style is one of headings, or is based on one."""
        seen: set[str] = set()
        while identity and identity not in seen:
            seen.add(identity)
            if _HEADING_NAME.fullmatch(self._names.get(identity, "")):
                return True
            identity = self._bases.get(identity, "")
        return False

    def headings(self, body: Element) -> list[Element]:
        """Return the headings right below a body, or the content of a control, in order.

        Only the marks of styles are looked at: most of ten thousand paragraphs have none.
        """
        wanted = {identity for identity in self._names if self.is_heading(identity)}
        found = []
        for style in body.iter(name("w:pStyle")):
            if style.get(_VALUE) in wanted:
                properties = style.getparent()
                paragraph = properties.getparent() if properties is not None else None
                if paragraph is not None and paragraph.getparent() is body:
                    found.append(paragraph)
        return found

    def free_headings(self, body: Element) -> None:
        """Take headings, with what stands beside them, out of controls around several paragraphs."""
        for around in _CONTROLS:
            for control in find_all(body, around):
                content = control if control.tag == name("w:customXml") else find(control, "w:sdtContent")
                if content is not None and self.headings(content):
                    for child in content:
                        control.addprevious(child)
                    body.remove(control)

    @property
    def ids(self) -> Mapping[str, str]:
        """ID of each style by its name."""
        return {self.name(identity): identity for identity in reversed(self._names)}


def numbered_heading(text: str) -> tuple[str, str]:
    """Return the number and the title of a heading; the number is empty where there is none."""
    folded = " ".join(text.split())
    match = _NUMBERED.fullmatch(folded)
    return (match["number"], match["title"]) if match else ("", folded)


def clause_number(text: str) -> str:
    """Return the number of a heading, empty where there is none."""
    return numbered_heading(text)[0]
