"""The CR form, read back from a document: fields by the labels that every reader of CRs looks for."""

from collections.abc import Iterator
from itertools import pairwise

from mpspec.change_request.definition import AFFECTED
from mpspec.change_request.extraction import rows_of
from mpspec.change_request.ooxml import Element, find_all

_LABELS = {
    "Title:": "title",
    "Source to WG:": "source",
    "Source to TSG:": "source_tsg",
    "Work item code:": "work_items",
    "Date:": "date",
    "Category:": "category",
    "Release:": "release",
    "Reason for change:": "reason",
    "Summary of change:": "summary",
    "Consequences if not approved:": "consequences",
    "Clauses affected:": "clauses_affected",
    "Other comments:": "other_comments",
    "CR": "cr_number",
    "rev": "revision",
    "Current version:": "version",
}
_RELATED = {
    "Other core specifications": "other_core",
    "Test specifications": "other_test",
    "O&M Specifications": "other_om",
}
_NOTHING_RELATED = "TS/TR ... CR ..."


def read_form(body: Element) -> tuple[dict[str, str], list[str]]:
    """Return the fields of a CR form by their names, and what is wrong with its boxes.

    Args:
        body: The `w:body` of a document; without a form there is nothing.
    """
    fields: dict[str, str] = {}
    faults: list[str] = []
    if not any("CHANGE REQUEST" in cell for row in _rows(body) for cell in row):
        return fields, faults
    for row in _rows(body):
        cells = [cell.strip() for cell in row]
        for label, value in pairwise(cells):
            if label in _LABELS and _LABELS[label] not in fields:
                fields[_LABELS[label]] = value
        if "Proposed change affects:" in cells:
            ticked = [name for name in AFFECTED if _behind(cells, name) == "X"]
            fields["affects"] = ", ".join(ticked)
        for label, field in _RELATED.items():
            if label in cells:
                related = _behind(cells, label)
                fields[field] = related if related != _NOTHING_RELATED else ""
                boxes = cells[: cells.index(label)][-2:]
                faults += _faults_of_boxes(label, boxes, fields[field])
    return fields, faults


def _behind(cells: list[str], label: str) -> str:
    """Return the cell behind a label; empty where there is none."""
    return next((value for found, value in pairwise(cells) if found == label), "")


def _faults_of_boxes(label: str, boxes: list[str], related: str) -> Iterator[str]:
    ticks = [bool(box) for box in boxes]
    if sum(ticks) != 1:
        yield f"'{label}' has {sum(ticks)} boxes ticked, and exactly one of Y and N is wanted."
    elif ticks[0] != bool(related):
        yield f"'{label}' is ticked {'Y' if ticks[0] else 'N'}, and the cell beside it says otherwise."


def _rows(body: Element) -> Iterator[list[str]]:
    for table in find_all(body, "w:tbl"):
        yield from rows_of(table)
