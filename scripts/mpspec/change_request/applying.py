"""Writing the clause as a P-CR now has it into `reqs/`: its statements, and the source text with them.

The fingerprints say what changed since it was reviewed.
"""

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from mpspec.change_request.anchors import anchored_statement
from mpspec.change_request.drafting import draft_statement, next_identity
from mpspec.change_request.edited import Unit, whole
from mpspec.model import CannotRun, Model, Page
from mpspec.model.files import write_beside
from mpspec.model.source_text import PATH as SOURCE_TEXT
from mpspec.model.source_text import clause_text
from mpspec.model.verbal_forms import strength

_HEADING = re.compile(r"heading|H6", re.I)
"""Begin of the name of a heading's style."""


def demand_clean_tree(root: Path) -> None:
    """Stop where git has changes that are not committed: an edit must be seen, and can be taken back.

    Raises:
        CannotRun: The tree is not clean, or is no git work tree.
    """
    command = ["git", "-C", str(root), "status", "--porcelain"]
    try:
        status = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(f"{root} is no git work tree: commit it first, so that edits can be seen.") from error
    if status.strip():
        raise CannotRun("The git work tree has changes: commit or stash them, so that the edits can be seen.")


def apply_to_clause(model: Model, edited: Iterable[Unit]) -> list[Path]:
    """Write the clause as a P-CR now has it into `reqs/tr29828/`; return the files that changed.

    Raises:
        CannotRun: A file cannot be written, or a statement stands in a clause that `reqs/` does not have.
    """
    pages = [page for page in model.pages if page.number]
    by_clause: dict[str, list[Unit]] = {page.number: [] for page in pages}
    for unit in whole(edited):
        if unit.clause in by_clause:
            if not _HEADING.match(unit.style):
                by_clause[unit.clause].append(unit)
        elif unit.clause or unit.statement:
            raise CannotRun(
                f"'{unit.text}' stands in clause {unit.clause or '(none)'}, and reqs/ has no page for that."
            )
    lines = {page.path: (model.root / page.path).read_text(encoding="utf-8").splitlines() for page in pages}
    pages_writer = _PageWriter(model, lines)
    texts: dict[Path, str] = {}
    source = []
    for page in pages:
        units = [unit for unit in by_clause[page.number] if unit.text]
        texts[model.root / page.path] = pages_writer.text(page, units)
        source.append(f"{page.number}\n{page.title}\n\n{_source_paragraphs(units)}")
    changed = []
    for path, text in texts.items():
        if text.encode() != path.read_bytes():
            write_beside(path, text.encode())
            changed.append(path)
    if changed:
        changed.append(_write_source(model.root, "\n\n".join(text.strip() for text in source)))
    return changed


class _PageWriter:
    """Writes pages of statements as they are now.

    Args:
        model: The statements as they were.
        lines: Lines of each page as they were, by its path.
    """

    def __init__(self, model: Model, lines: Mapping[str, list[str]]) -> None:
        self._known = {statement.id: statement for statement in model.statements}
        self._taken = set(model.requirements)
        self._lines = lines

    def text(self, page: Page, units: list[Unit]) -> str:
        """Return a page: what stands before its statements, then each statement as it is now."""
        lines = self._lines[page.path]
        first = min((found.location.line for found in page.requirements), default=len(lines) + 1)
        blocks = ["\n".join(lines[: first - 1]).strip()]
        paragraph = None
        for unit in units:
            continues = unit.paragraph == paragraph
            paragraph = unit.paragraph
            blocks.append(self._block(page, unit, continues=continues))
        return "\n\n".join(block for block in blocks if block) + "\n"

    def _block(self, page: Page, unit: Unit, *, continues: bool) -> str:
        """Return the directive of a statement, with its other options as they were; a new one is drafted."""
        statement = self._known.get(anchored_statement(unit.statement))
        if statement is None:
            identity = next_identity(page.requirements[-1].id if page.requirements else "MP_000", self._taken)
            self._taken.add(identity)
            return draft_statement(identity, page.number, unit.text, continues=continues)
        location = statement.location
        lines = self._lines[location.path][location.line - 1 : location.end_line]
        options = []
        for option in lines[1 : lines.index("")]:
            if option.startswith(":clause:"):
                options.append(f":clause: {page.number}")
            elif option.startswith(":strength:"):
                options.append(f":strength: {strength(unit.text)}")
            elif not option.startswith(":continues:"):
                options.append(option)
        if continues:
            options.append(":continues: yes")
        return "\n".join([lines[0], *options, "", unit.text, ":::"])


def _source_paragraphs(units: Iterable[Unit]) -> str:
    paragraphs: dict[int, list[str]] = {}
    for unit in units:
        paragraphs.setdefault(unit.paragraph, []).append(unit.text)
    return "\n\n".join(" ".join(pieces) for pieces in paragraphs.values())


def _write_source(root: Path, clause: str) -> Path:
    """Put the clause into the source text, below its cover."""
    path = root / SOURCE_TEXT
    whole = path.read_text(encoding="utf-8")
    old = clause_text(root)
    cover = whole[: whole.rindex("\n".join(old.splitlines()[:2]))]
    write_beside(path, f"{cover}{clause}\n".encode())
    return path
