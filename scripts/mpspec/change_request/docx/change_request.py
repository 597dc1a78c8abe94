"""The CR as a document: the form, then every clause that it changes, with revision marks."""

from collections.abc import Callable, Iterable, Iterator

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from mpspec.change_request.definition import Definition
from mpspec.change_request.docx.baseline import Baseline
from mpspec.change_request.docx.body import BodyMaker
from mpspec.change_request.docx.form import Form
from mpspec.change_request.docx.package import (
    DEFINITION_PROPERTY,
    add_custom_properties,
    empty_document,
    page,
    set_core_properties,
    to_octets,
)
from mpspec.change_request.ooxml import Element, make, name
from mpspec.change_request.plan import Plan, PlannedClause, clauses_affected, follows
from mpspec.change_request.revising import Maker, revised
from mpspec.change_request.revision_marks import MARKS, RevisionLog
from mpspec.model import CannotRun

PORTAL = {
    "TSG/WGRef": "group",
    "MtgSeq": "meeting",
    "MtgTitle": "meeting_title",
    "Location": "location",
    "Country": "country",
    "StartDate": "start_date",
    "EndDate": "end_date",
    "Tdoc#": "tdoc",
    "Spec#": "",
    "Cr#": "cr_number",
    "Revision": "revision",
    "Version": "version",
    "CrTitle": "title",
    "SourceIfWg": "source",
    "SourceIfTsg": "source_tsg",
    "RelatedWis": "work_items",
    "Cat": "category",
    "ResDate": "date",
    "Release": "release",
}
"""Properties that the portal of 3GPP writes, in its order, and the field of the cover that each holds."""


def change_request(plan: Plan, baseline: Baseline | None = None) -> bytes:
    """Return a CR as the octets of a .docx file.

    Args:
        plan: What it changes.
        baseline: The user's copy of the target; without one, new clauses are wholly inserted.

    Raises:
        CannotRun: The baseline does not have a clause, has it twice, has marks in it already, or says already
            all that the CR brings.
    """
    definition = plan.definition
    if baseline is None:
        document = empty_document(track=True)
        log = RevisionLog(definition.marks_author, definition.marks_time)
        body = BodyMaker(log.next_identity)
    else:
        document = baseline.document
        log = RevisionLog(definition.marks_author, definition.marks_time, baseline.first_identity)
        body = BodyMaker(log.next_identity, baseline.style_ids)
    maker = Maker(paragraph=body.paragraph, table=body.table, bookmark=body.bookmark, log=log)
    clauses = [(clause, _clause(clause, baseline, maker)) for clause in plan.clauses]
    changed = [(clause, elements) for clause, elements in clauses if any(map(_holds_marks, elements))]
    if not changed:
        reason = "its clauses have no content" if baseline is None else "the baseline says all of it already"
        raise CannotRun(f"{definition.path} changes nothing: {reason}.")
    existing = baseline.clauses if baseline is not None else ()
    affected = clauses_affected((clause for clause, _ in changed), existing)
    changes = list(_between_markers(definition, changed, body))
    form = Form(definition, body, _linker(document), affected)
    elements = [*form.elements(), *changes]
    if baseline is not None:
        baseline.fill(elements)
    else:
        for element in elements:
            document.element.body.insert(len(document.element.body) - 1, element)
    _set_properties(document, definition)
    return to_octets(document)


def _linker(document: Document) -> Callable[[str], str]:
    """Return what makes the relationship to an address, and gives its ID."""

    def link(address: str) -> str:
        return str(document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))

    return link


def _holds_marks(element: Element) -> bool:
    return next(element.iter(*MARKS), None) is not None


def _between_markers(
    definition: Definition, changed: Iterable[tuple[PlannedClause, list[Element]]], body: BodyMaker
) -> Iterator[Element]:
    """Yield the clauses with marker lines around them; one with a page of its own begins a new section."""
    before = ""
    for clause, elements in changed:
        if any(next(element.iter(name("w:sectPr")), None) is not None for element in elements):
            yield make("w:p", make("w:pPr", page()))
        if not before:
            yield body.marker(definition.first_marker)
        elif not follows(clause.number, before):
            yield body.marker(definition.next_marker)
        before = clause.number
        yield from elements
    yield body.marker(definition.last_marker)


def _clause(clause: PlannedClause, baseline: Baseline | None, maker: Maker) -> list[Element]:
    """Return heading and text of a clause, with marks where it changes."""
    old = baseline.clause(clause) if baseline is not None else None
    if old is not None:
        return [old.heading, *revised(old.blocks, clause.blocks, maker, rewrite=clause.rewrite)]
    heading = maker.paragraph(clause.heading)
    if clause.new:
        maker.log.insert_paragraph(heading)
    return [heading, *(maker.inserted(block) for block in clause.blocks)]


def _set_properties(document: Document, definition: Definition) -> None:
    shown = definition.shown
    set_core_properties(document, title=shown("title"), author=shown("source"), date=definition.marks_time)
    values = {
        name: shown(field) if field else definition.specification.rpartition(" ")[2]
        for name, field in PORTAL.items()
    }
    add_custom_properties(document, {**values, DEFINITION_PROPERTY: definition.name})
