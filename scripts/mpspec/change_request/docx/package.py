"""An empty 3GPP document, and how a document becomes octets: the same input gives the same octets."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

from mpspec.change_request import styles
from mpspec.change_request.ooxml import Element, find_all, make, name, serialize

_LEFT_OVER = (
    "thumbnail",
    "stylesWithEffects",
    "customXml",
    "webSettings",
    "core-properties",
    "extended-properties",
    "custom-properties",
)
"""Parts that say nothing a CR needs, or what was true of another document: last word of their kind."""

_OF_THE_TEMPLATE = ("fontTable", "theme", "numbering")
"""Further parts of the template of python-docx that say what a 3GPP document does not."""

_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_CUSTOM_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUE_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST_PROPERTY_ID = 2

DEFINITION_PROPERTY = "mpspec definition"
"""The property that names the definition which a document was made from."""

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The time that every part of the file bears: the earliest that a zip can hold."""


def empty_document(*, track: bool) -> Document:
    """Return a document with the 3GPP page and styles, and with nothing of python-docx's own template.

    Args:
        track: Whether Word goes on to record changes when the document is edited.
    """
    document = docx.Document()
    drop_left_overs(document, *_OF_THE_TEMPLATE)
    root = document.styles.element
    for child in list(root):
        root.remove(child)
    root.extend(styles.style_elements())
    _set_settings(document.settings.element, track=track)
    set_page(document)
    return document


def drop_left_overs(document: Document, *further: str) -> None:
    """Leave out the parts of a document that a CR does not carry: pictures of it, properties, template."""
    for relations in (document.part.rels, document.part.package.rels):
        for identity in [
            key
            for key, relation in relations.items()
            if relation.reltype.rpartition("/")[2] in {*_LEFT_OVER, *further}
        ]:
            del relations[identity]


def reset_settings(document: Document) -> None:
    """Let Word go on to record changes, and cut the tie to a template; all else stays as it is."""
    root = document.settings.element
    for tag in ("w:trackRevisions", "w:attachedTemplate", "w:documentProtection", "w:mailMerge"):
        for element in find_all(root, tag):
            root.remove(element)
    before = [child for child in root if child.tag in _BEFORE_TRACKING]
    root.insert(root.index(before[-1]) + 1 if before else 0, make("w:trackRevisions"))
    relations = document.part.part_related_by(RELATIONSHIP_TYPE.SETTINGS).rels
    for identity, relation in list(relations.items()):
        if relation.is_external:
            del relations[identity]


_BEFORE_TRACKING = {
    name(f"w:{local}")
    for local in (
        "writeProtection",
        "view",
        "zoom",
        "removePersonalInformation",
        "removeDateAndTime",
        "doNotDisplayPageBoundaries",
        "displayBackgroundShape",
        "printPostScriptOverText",
        "printFractionalCharacterWidth",
        "printFormsData",
        "embedTrueTypeFonts",
        "embedSystemFonts",
        "saveSubsetFonts",
        "saveFormsData",
        "mirrorMargins",
        "alignBordersAndEdges",
        "bordersDoNotSurroundHeader",
        "bordersDoNotSurroundFooter",
        "gutterAtTop",
        "hideSpellingErrors",
        "hideGrammaticalErrors",
        "activeWritingStyle",
        "proofState",
        "formsDesign",
        "linkStyles",
        "stylePaneFormatFilter",
        "stylePaneSortMethod",
        "documentType",
        "revisionView",
    )
}
"""Settings that the standard puts before the one that records changes."""


def _set_settings(root: Element, *, track: bool) -> None:
    """Write the settings, in the order of the standard."""
    for child in list(root):
        root.remove(child)
    if track:
        root.append(make("w:trackRevisions"))
    root.append(make("w:defaultTabStop", val=styles.DEFAULT_TAB))
    root.append(make("w:footnotePr", make("w:numRestart", val="eachSect")))
    mode = "http://schemas.microsoft.com/office/word"
    root.append(make("w:compat", make("w:compatSetting", name="compatibilityMode", uri=mode, val=15)))


def set_page(document: Document) -> None:
    """Set the page: A4 with the margins of a specification."""
    section = document.sections[0]._sectPr
    for child in list(section):
        section.remove(child)
    section.extend(page())


def page() -> Element:
    """Return the properties of a section with that page."""
    return make(
        "w:sectPr",
        make("w:pgSz", w=styles.PAGE_WIDTH, h=styles.PAGE_HEIGHT),
        make(
            "w:pgMar",
            top=styles.MARGIN_TOP,
            right=styles.MARGIN_SIDE,
            bottom=styles.MARGIN_SIDE,
            left=styles.MARGIN_SIDE,
            header=styles.HEADER_DISTANCE,
            footer=styles.FOOTER_DISTANCE,
            gutter=0,
        ),
    )


def set_core_properties(document: Document, *, title: str, author: str, date: datetime | None) -> None:
    """Set title, author and date; without a date the document has none, and never the clock's."""
    core = document.core_properties
    for child in list(core._element):
        core._element.remove(child)
    core.title = title
    core.author = author
    if date is not None:
        core.created = date
        core.modified = date


def add_custom_properties(document: Document, properties: Mapping[str, str]) -> None:
    """Add string properties, in their order, as the portal of 3GPP writes them."""
    root = etree.fromstring(f'<Properties xmlns="{_CUSTOM_NAMESPACE}" xmlns:vt="{_VALUE_NAMESPACE}"/>')
    for identity, (title, value) in enumerate(properties.items(), start=_FIRST_PROPERTY_ID):
        entry = etree.SubElement(
            root, f"{{{_CUSTOM_NAMESPACE}}}property", fmtid=_FORMAT_ID, pid=str(identity), name=title
        )
        etree.SubElement(entry, f"{{{_VALUE_NAMESPACE}}}lpwstr").text = value
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), _CUSTOM_TYPE, serialize(root), package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def to_octets(document: Document) -> bytes:
    """Return the document as a .docx file: parts in one order, without the time of day."""
    written = io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zip_octets({name: parts[name] for name in sorted(parts, key=_part_order)})


def zip_octets(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip of named octets, in their order, without the time of day."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, octets in parts.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, octets)
    return written.getvalue()


def _part_order(name: str) -> tuple[bool, bool, str]:
    return name != "[Content_Types].xml", not name.startswith("_rels/"), name
