"""What a change request costs against a large specification, beside python-docx's own work on that file.

Usage: python tests/benchmarks/change_request.py

The baseline is made here: 10,000 paragraphs, about 300 pages, with headings, formatting, tables and the
clauses that the main CR changes. CPU seconds are of this process, the least of nine; the ratio is of one run,
and 2 is the most that is wanted of an export and an import. Nothing is asserted.
"""

import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import docx

from mpspec.change_request import Definition, draft, export
from mpspec.change_request.docx.opening import open_archive
from mpspec.change_request.docx.reading import read_archive
from mpspec.change_request.importing import Comparison
from mpspec.model import Model

_ROOT = Path(__file__).parents[2]
_MAIN = _ROOT / "reqs/change_requests/ts23333-mp-e2e.toml"
_PARAGRAPHS = 10_000
_ROUNDS = 9
_TEXT = (
    "The MRFC shall send the request to the MRFP, and the MRFP shall answer it as specified in the clause "
    "that describes the procedure; see 3GPP TS 23.228 [1] for number "
)


def make(path: Path) -> None:
    """Write the baseline."""
    document = docx.Document()
    definition = Definition.load(_MAIN)
    document.add_paragraph("1\tScope", style="Heading 1")
    clauses = [(change.clause, change.title) for change in definition.changes]
    each = _PARAGRAPHS // (len(clauses) + 1) // 4
    for number, title in clauses:
        document.add_paragraph(f"{number}\t{title}", style=f"Heading {number.count('.') + 1}")
        document.add_paragraph("This clause has a sentence that stays.")
        for other in range(1, 5):
            document.add_paragraph(f"9{number}.{other}\tAnother clause", style="Heading 3")
            for at in range(each - 1):
                paragraph = document.add_paragraph()
                paragraph.add_run(_TEXT).bold = at % 7 == 0
                paragraph.add_run(f"{at}.").italic = True
        table = document.add_table(rows=4, cols=5)
        table.cell(1, 1).text = "Context"
    while len(document.element.body) < _PARAGRAPHS:
        document.add_paragraph(_TEXT)
    document.save(path)


def seconds(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the CPU seconds of each piece of work, the least of several rounds."""
    least = dict.fromkeys(works, float("inf"))
    for _ in range(_ROUNDS):
        for label, work in works.items():
            before = time.process_time()
            work()
            least[label] = min(least[label], time.process_time() - before)
    return least


def main() -> None:
    """Print one line for each measurement."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "baseline.docx"
        make(path)
        model = Model.load(_ROOT)
        definition = Definition.load(_MAIN)
        expected = read_archive(open_archive(path))
        print(f"{len(docx.Document(path).paragraphs)} paragraphs, {path.stat().st_size} octets")
        least = seconds(
            {
                "load and save": lambda: docx.Document(path).save(io.BytesIO()),
                "load": lambda: docx.Document(path),
                "export with that baseline": lambda: export(definition, model, path),
                "import of a clause of it": lambda: draft(path, "5.20.2", "NEW"),
                "comparison of all of it": lambda: Comparison(
                    expected, read_archive(open_archive(path))
                ).edits(),
            }
        )
    for label, spent in least.items():
        beside = "load and save" if label.startswith("export") else "load"
        ratio = "" if label in ("load", "load and save") else f"{spent / least[beside]:5.2f} times {beside}"
        print(f"{label:26} {spent * 1000:7.1f} CPU ms  {ratio}")


if __name__ == "__main__":
    main()
