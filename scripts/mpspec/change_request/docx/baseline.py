"""The user's own copy of the target specification: its affected clauses, with everything in them."""

import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from mpspec.change_request.anchors import ANCHOR
from mpspec.change_request.docx.leaving_out import leave_out_the_rest
from mpspec.change_request.docx.opening import Archive, open_archive
from mpspec.change_request.docx.package import reset_settings, set_page
from mpspec.change_request.extraction import text_of
from mpspec.change_request.ooxml import Element, find, find_all, name
from mpspec.change_request.plan import REFERENCES_CLAUSE, PlannedClause
from mpspec.change_request.revision_marks import MARKS, first_free_identity
from mpspec.change_request.style_names import StyleNames, numbered_heading
from mpspec.change_request.styles import ID_BY_NAME, style_elements
from mpspec.model import CannotRun

_ENTRY = re.compile(r"\[(?P<number>\d+)\]\s+(?P<text>.+)")
_CITED_DOCUMENT = re.compile(
    r"(?:3GPP\s+)?(?P<kind>TS|TR)\s+(?P<spec>\d{2}\.\d{3})|(?:IETF\s+)?RFC\s+(?P<rfc>\d+)|(?P<itu>H\.\d+(?:\.\d+)?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldClause:
    """A clause as the baseline has it.

    Attributes:
        heading: Its heading.
        blocks: What follows up to the next heading, in order.
    """

    heading: Element
    blocks: list[Element]


class Baseline:
    """A specification that a CR changes.

    Args:
        path: The .docx.

    Raises:
        CannotRun: It cannot be read, or is refused.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.document = _document(open_archive(path))
        styles = self.document.styles.element
        self._styles = StyleNames(styles)
        self._styles.free_headings(self.document.element.body)
        self._headings: defaultdict[str, list[Element]] = defaultdict(list)
        self._titles: dict[Element, str] = {}
        self._all_headings: set[Element] = set()
        for paragraph in self._styles.headings(self.document.element.body):
            self._all_headings.add(paragraph)
            number, title = numbered_heading(text_of(paragraph))
            self._headings[number].append(paragraph)
            self._titles[paragraph] = title
        self.first_identity = first_free_identity(self.document.element.body)
        self.style_ids = self._complete(styles)

    def _complete(self, styles: Element) -> Mapping[str, str]:
        """Add our styles that the document lacks; return the ID of every style by its name."""
        ids = dict(self._styles.ids)
        taken = set(ids.values())
        for element in style_elements(stand_alone=True):
            shown = find(element, "w:name")
            title = "" if shown is None else shown.get(name("w:val"), "")
            if title not in ID_BY_NAME or title in ids:
                continue
            identity = ID_BY_NAME[title]
            while identity in taken:
                identity += "x"
            element.set(name("w:styleId"), identity)
            base = find(element, "w:basedOn")
            if base is not None:
                base_name = next(shown for shown, own in ID_BY_NAME.items() if own == base.get(name("w:val")))
                base.set(name("w:val"), ids[base_name])
            following = find(element, "w:next")
            if following is not None:
                element.remove(following)
            taken.add(identity)
            ids[title] = identity
            styles.append(element)
        return ids

    @property
    def clauses(self) -> Collection[str]:
        """Numbers of the clauses that it has."""
        return self._headings.keys()

    def references(self) -> dict[str, str]:
        """Return the number of each document that clause 2 lists; nothing where there is no such clause."""
        found: dict[str, str] = {}
        for heading in self._headings.get(REFERENCES_CLAUSE, [])[:1]:
            for block in self._blocks(heading):
                entry = _ENTRY.match(text_of(block))
                document = _CITED_DOCUMENT.search(entry["text"]) if entry else None
                if entry and document:
                    found.setdefault(_document_name(document), entry["number"])
        return found

    def clause(self, wanted: PlannedClause) -> OldClause | None:
        """Return a clause, None where the CR brings it in and says after which one.

        Raises:
            CannotRun: The clause is missing, stands twice, has another title, or holds revision marks.
        """
        if wanted.number not in self._headings:
            if wanted.new and wanted.after:
                self._only(wanted.after)
                return None
            raise CannotRun(f"{self._path} has no clause {wanted.number} {wanted.title}{self._hint(wanted)}.")
        heading = self._only(wanted.number)
        blocks = self._blocks(heading)
        for element in (heading, *blocks):
            if element.tag in MARKS or next(element.iter(*MARKS), None) is not None:
                raise CannotRun(
                    f"{self._path} holds revision marks in clause {wanted.number}: settle them first."
                )
        title = self._titles[heading]
        if _folded(title) != _folded(wanted.title):
            raise CannotRun(
                f"{self._path} has the title '{title}' at clause {wanted.number}, "
                f"and the definition has '{wanted.title}'."
            )
        for element in (heading, *blocks):
            _drop_anchors(element)
        return OldClause(heading=heading, blocks=blocks)

    def _hint(self, wanted: PlannedClause) -> str:
        if _folded(wanted.title) in {_folded(self._titles[found]) for found in self._headings[""]}:
            return ": a heading with that title has no number in its text, and Word may count it by itself"
        return ": if the CR brings it in, its definition says so with 'after'" if wanted.new else ""

    def _only(self, number: str) -> Element:
        headings = self._headings.get(number, [])
        if len(headings) != 1:
            raise CannotRun(
                f"{self._path} has clause {number} {len(headings)} times."
                if headings
                else f"{self._path} has no clause {number}."
            )
        return headings[0]

    def _blocks(self, heading: Element) -> list[Element]:
        blocks = []
        element = heading.getnext()
        while element is not None and element not in self._all_headings and element.tag != name("w:sectPr"):
            blocks.append(element)
            element = element.getnext()
        return blocks

    def fill(self, elements: Iterable[Element]) -> None:
        """Put the CR in place of the specification, whose clauses were taken before; nothing else stays."""
        root = self.document.element.body
        del root[:]
        root.get_or_add_sectPr()
        set_page(self.document)
        reset_settings(self.document)
        for element in elements:
            root.insert(len(root) - 1, element)
        leave_out_the_rest(self.document)


def _document(archive: Archive) -> Document:
    try:
        document: Document = docx.Document(io.BytesIO(archive.octets))
    except etree.XMLSyntaxError as error:
        for part in archive.parts:
            archive.root(part)
        raise CannotRun(f"{archive.path} is not a Word document: {error}.") from error
    except (PackageNotFoundError, KeyError, ValueError, AttributeError) as error:
        raise CannotRun(f"{archive.path} is not a Word document: {error}.") from error
    if find(document.element, "w:body") is None:
        raise CannotRun(f"{archive.path} is not a Word document: it has no body.")
    return document


def _drop_anchors(element: Element) -> None:
    """Take out the bookmarks of statements that an earlier CR left: each name may stand there once."""
    for start in find_all(element, ".//w:bookmarkStart"):
        if ANCHOR.fullmatch(start.get(name("w:name"), "")):
            identity = start.get(name("w:id"))
            for end in find_all(element, ".//w:bookmarkEnd"):
                if end.get(name("w:id")) == identity:
                    _parent(end).remove(end)
            _parent(start).remove(start)


def _parent(element: Element) -> Element:
    parent = element.getparent()
    assert parent is not None
    return parent


def _folded(title: str) -> str:
    """Return a title for comparison: kinds of spaces and hyphens, and letter case, do not count."""
    plain = title.replace("\N{NON-BREAKING HYPHEN}", "-").replace("\N{SOFT HYPHEN}", "")
    return " ".join(plain.split()).casefold()


def _document_name(match: re.Match[str]) -> str:
    if match["rfc"]:
        return f"RFC {match['rfc']}"
    return match["itu"] or f"{match['kind']} {match['spec']}"
