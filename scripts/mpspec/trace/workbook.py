"""The matrix as a workbook: frozen head, filters; the same input gives the same octets."""

import io
import zipfile
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mpspec.trace import Trace
from mpspec.trace.matrix import Row, rows

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


def as_workbook(trace: Trace) -> bytes:
    """Return the matrix as the octets of an XLSX file."""
    book = Workbook()
    book.properties.created = book.properties.modified = _EARLIEST.replace(tzinfo=None)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Matrix"
    names = list(Row.__slots__)
    sheet.append([name.replace("_", " ").capitalize() if name != "id" else "ID" for name in names])
    for row in rows(trace):
        sheet.append([_cell(getattr(row, name)) for name in names])
    for at, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS[name]
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.data_type = "s"  # A text that begins with '=' is no formula.
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    written = io.BytesIO()
    book.save(written)
    return _timeless(written.getvalue())


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
