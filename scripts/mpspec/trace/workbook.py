"""The matrix as a workbook: frozen head, filters; the same input gives the same octets."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from copy import copy
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from mpspec.trace import Trace
from mpspec.trace.matrix import rows

_WIDTHS = {
    "id": 14,
    "type": 11,
    "clause": 24,
    "title": 50,
    "kind": 14,
    "strength": 11,
    "status": 13,
    "reason": 44,
    "binds": 22,
    "rules": 30,
    "code": 44,
    "tests": 60,
    "moves_to": 18,
}
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""The first moment that a ZIP archive can name: a workbook says nothing of when it was made."""


_RESULT_WIDTHS = {"test": 90, "outcome": 11, "seconds": 10, "requirement": 16, "reason": 50}


def as_workbook(trace: Trace, site: str = "") -> bytes:
    """Return the matrix and the results of the last run as the octets of an XLSX file.

    Args:
        trace: The trace.
        site: Where the site lies, to link each requirement to its page; beside the file where it is empty.
    """
    book = Workbook()
    book.properties.created = book.properties.modified = _EARLIEST.replace(tzinfo=None)
    matrix = book.active
    assert isinstance(matrix, Worksheet)
    matrix.title = "Matrix"
    matrix.append(_head(_WIDTHS))
    lines = {}
    for line, row in enumerate(rows(trace), 2):
        lines[row.id] = line
        matrix.append([_cell(getattr(row, name)) for name in _WIDTHS])
    _finish(matrix, _WIDTHS)
    _link(
        (matrix.cell(line, 1), f"{site.rstrip('/')}/req/{identity}.html".lstrip("/"))
        for identity, line in lines.items()
    )
    results = book.create_sheet("Results")
    results.append(_head(_RESULT_WIDTHS))
    for values in _results(trace):
        results.append(values)
    _finish(results, _RESULT_WIDTHS)
    _link(
        (cell, Hyperlink(ref=cell.coordinate, location=f"Matrix!A{lines[str(cell.value)]}"))
        for cell in results["D"][1:]
        if cell.value in lines
    )
    written = io.BytesIO()
    book.save(written)
    return _timeless(written.getvalue())


def _results(trace: Trace) -> Iterator[list[str | float]]:
    """Yield a line for each run of a test and each requirement that it verifies."""
    requirements = {case.node: case.requirements for case in trace.model.cases}
    for result in trace.evidence.results if trace.evidence else ():
        for identity in requirements.get(result.case) or ("",):
            yield [result.node, str(result.outcome), result.seconds, identity, result.reason]


def _finish(sheet: Worksheet, widths: dict[str, int]) -> None:
    """Make the head of a sheet stay in sight, and give it its widths and its filters."""
    for at, width in enumerate(widths.values(), 1):
        sheet.cell(1, at).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(at)].width = width
    style = None
    lines: Iterator[tuple[Any, ...]] = sheet.iter_rows(min_row=2)
    for line in lines:
        for cell in line:
            if style is None:
                cell.alignment = Alignment(vertical="top", wrap_text=True)
                style = cell._style
            cell._style = copy(style)  # An alignment for each cell takes ten times as long.
            if isinstance(cell.value, str):
                cell.data_type = "s"  # A text that begins with '=' is no formula.
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions


def _head(widths: dict[str, int]) -> list[str]:
    return [name.replace("_", " ").capitalize() if name != "id" else "ID" for name in widths]


def _link(targets: Iterable[tuple[Any, str | Hyperlink]]) -> None:
    """Let each cell of one column, below its head, lead to its target."""
    style = None
    for cell, target in targets:
        cell.hyperlink = target
        if style is None:
            cell.font = Font(underline="single", color="0645AD")
            style = cell._style
        cell._style = copy(style)


def _cell(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "\n".join(value)


def _timeless(archive: bytes) -> bytes:
    """Return the same archive with every entry dated alike."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(written, "w") as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, _EARLIEST.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = old.read(name)
            if name == "docProps/core.xml":  # openpyxl notes the moment of saving there.
                content = _core(content)
            new.writestr(entry, content)
    return written.getvalue()


def _core(content: bytes) -> bytes:
    moment = f"{_EARLIEST:%Y-%m-%dT%H:%M:%SZ}".encode()
    head, mark, rest = content.partition(b"<dcterms:modified")
    if not mark:
        return content
    opening, _, rest = rest.partition(b">")
    _, closing, rest = rest.partition(b"</dcterms:modified>")
    return head + mark + opening + b">" + moment + closing + rest
