"""Writing the edits of a meeting into `reqs/`.

A P-CR brings the clause itself: its statements are changed where they stand, and the source text with them.
A CR has its own wording: a statement that the meeting changed is carried adapted from then on, and the TR
keeps its text. Either way the fingerprints say what changed since it was reviewed.
"""

import re
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit

from mpspec.change_request.anchors import anchor_name, anchored_statement
from mpspec.change_request.definition import Definition
from mpspec.change_request.drafting import draft_statement, next_identity
from mpspec.change_request.edited import Unit, whole
from mpspec.change_request.importing import EditKind, StatementEdit
from mpspec.change_request.plan import Plan
from mpspec.model import CannotRun, Model, Page
from mpspec.model.files import write_beside
from mpspec.model.source_text import PATH as SOURCE_TEXT
from mpspec.model.source_text import clause_text
from mpspec.model.verbal_forms import strength

_HEADING = re.compile(r"heading|H6", re.I)
"""Begin of the name of a heading's style."""

_LABEL = re.compile(r"\[([0-9]+|x[0-9]+)\]")


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


def apply_to_definition(plan: Plan, edits: Iterable[StatementEdit]) -> tuple[Path, list[StatementEdit]]:
    """Write the edits of a CR into its definition.

    Returns:
        The file, and the edits that it cannot hold: those of the cover, of headings, of marker lines.

    Raises:
        CannotRun: The definition is a mirror, or cannot be written.
    """
    definition = plan.definition
    if definition.mirrors:
        raise CannotRun(f"{definition.path} mirrors {definition.mirrors}: apply the edits to that one.")
    document = tomlkit.parse(definition.path.read_text(encoding="utf-8"))
    writer = _DefinitionWriter(plan, document)
    left = [edit for edit in edits if not writer.write(edit)]
    write_beside(definition.path, _tidy(tomlkit.dumps(document)).encode())
    Definition.load(definition.path)
    return definition.path, left


def _tidy(text: str) -> str:
    """Return TOML with one blank line between its tables, unless that would change what it says."""
    tidied = re.sub(r"\n{3,}", "\n\n", text)
    tidied = re.sub(r"^(\[.*\])\n\n(?=\w)", r"\1\n", tidied, flags=re.M)
    tidied = re.sub(r"(?<=[^\n])\n(?=\[\[?changes)", "\n\n", tidied)
    return tidied if tomllib.loads(tidied) == tomllib.loads(text) else text


class _DefinitionWriter:
    """Writes edits into the TOML of a definition; comments and order stay as they are."""

    def __init__(self, plan: Plan, document: tomlkit.TOMLDocument) -> None:
        self._definition = plan.definition
        self._document: Any = document
        self._names = {number: name for name, number in {**plan.known, **plan.added}.items()}
        self._contents: dict[str, Any] = {}
        uses: dict[str, int] = {}
        for change in self._document.get("changes", []):
            for content in change.get("content", []):
                for statement in content.get("carries", []):
                    uses[statement] = uses.get(statement, 0) + 1
                    self._contents[anchor_name(statement, uses[statement])] = content

    def write(self, edit: StatementEdit) -> bool:
        """Write one edit; returns False where the definition has no place for it."""
        if edit.kind is EditKind.CHANGED and edit.anchor in self._contents:
            self._adapt(self._contents[edit.anchor], edit.statement, self._named(edit.new))
            return True
        if edit.kind is EditKind.DELETED and edit.anchor in self._contents:
            self._remove(edit.anchor, edit.statement)
            self._stay(edit.statement)
            return True
        if edit.kind is EditKind.MOVED and edit.anchor in self._contents:
            return self._move(edit)
        if edit.kind is EditKind.SPLIT and edit.anchor in self._contents:
            return self._split(edit)
        if edit.kind is EditKind.JOINED and edit.anchor in self._contents:
            return self._join(edit)
        if edit.kind is EditKind.NEW and not edit.anchor:
            content = tomlkit.table()
            content["text"] = self._named(edit.new)
            return self._insert(content, edit)
        if edit.kind is EditKind.OTHER:
            return self._own_text(edit)
        return False

    def _named(self, text: str) -> str:
        """Return a text with names of documents in place of the target's numbers."""
        return _LABEL.sub(
            lambda match: f"[{self._names[match[1]]}]" if match[1] in self._names else match[0],
            text.replace("\N{NO-BREAK SPACE}", " "),
        )

    def _adapt(self, content: Any, statement: str, wording: str) -> None:
        if "adapted" not in content:
            content["adapted"] = tomlkit.table()
        content["adapted"][statement] = wording

    def _change(self, clause: str) -> Any:
        return next((change for change in self._document["changes"] if change["clause"] == clause), None)

    def _remove(self, anchor: str, statement: str) -> None:
        content = self._contents.pop(anchor)
        content["carries"].remove(statement)
        content.get("adapted", {}).pop(statement, None)
        if not content["carries"] and not content.get("text"):
            self._replace(content)

    def _stay(self, statement: str) -> None:
        if not any(anchor.startswith(statement) for anchor in self._contents):
            stays = self._document.setdefault("stays", tomlkit.table())
            stays[statement] = "It was deleted when the document was edited."

    def _move(self, edit: StatementEdit) -> bool:
        old = self._contents[edit.anchor]
        wording = old.get("adapted", {}).get(edit.statement)
        if self._change(edit.clause) is None:
            return False
        self._remove(edit.anchor, edit.statement)
        content = tomlkit.table()
        content["carries"] = [edit.statement]
        if wording is not None:
            content["adapted"] = {edit.statement: wording}
        self._insert(content, edit)
        self._contents[edit.anchor] = content
        return True

    def _split(self, edit: StatementEdit) -> bool:
        """Give a statement, and what follows it in its content, a content of its own."""
        old = self._contents[edit.anchor]
        at = list(old["carries"]).index(edit.statement)
        if at == 0:
            return False
        content = tomlkit.table()
        if "style" in old:
            content["style"] = old["style"]
        content["carries"] = []
        self._hand_over(old, content, at)
        content.add(tomlkit.nl())
        self._replace(old, old, content)
        return True

    def _join(self, edit: StatementEdit) -> bool:
        """Put a content behind that of the statement before it, which has no text of its own in between."""
        content = self._contents[edit.anchor]
        before = self._contents.get(edit.after)
        begins = content["carries"][0] == edit.statement and "term" not in content
        if before is None or before is content or "text" in before or not begins:
            return False
        self._hand_over(content, before, 0)
        self._replace(content)
        return True

    def _hand_over(self, old: Any, new: Any, at: int) -> None:
        """Move statements from a place on, with their wordings and the text behind, to another content."""
        statements = list(old["carries"])[at:]
        adapted = old.get("adapted", {})
        for statement in statements:
            old["carries"].remove(statement)
            new["carries"].append(statement)
            if statement in adapted:
                self._adapt(new, statement, adapted.pop(statement))
        if "text" in old:
            new["text"] = old.pop("text")
        for anchor, found in self._contents.items():
            if found is old and anchored_statement(anchor) in statements:
                self._contents[anchor] = new

    def _replace(self, content: Any, *by: Any) -> None:
        """Put other contents in the place of one."""
        for change in self._document["changes"]:
            contents = list(change.get("content", []))
            at = [place for place, found in enumerate(contents) if found is content]
            if at:
                self._put(change, [*contents[: at[0]], *by, *contents[at[0] + 1 :]])

    def _insert(self, content: Any, edit: StatementEdit) -> bool:
        """Put a content behind the statement before it, or first in its clause."""
        change = self._change(edit.clause)
        if change is None:
            return False
        contents = list(change.get("content", []))
        before = self._contents.get(edit.after)
        behind = [at + 1 for at, found in enumerate(contents) if found is before]
        content.add(tomlkit.nl())
        contents.insert(behind[0] if behind else 0, content)
        self._put(change, contents)
        return True

    def _put(self, change: Any, contents: list[Any]) -> None:
        """Give a change its contents; tomlkit keeps the order of an array of tables only in a new one."""
        change.pop("content", None)
        if contents:
            change["content"] = tomlkit.aot()
            for found in contents:
                change["content"].append(found)

    def _own_text(self, edit: StatementEdit) -> bool:
        """Change a text of the CR's own; one that is gone is taken out."""
        for change in self._document["changes"]:
            contents = list(change.get("content", []))
            for content in contents:
                if content.get("carries") or "text" not in content:
                    continue
                term = f"{content['term']}: " if "term" in content else ""
                if f"{term}{content['text']}" != self._named(edit.old):
                    continue
                if edit.new:
                    content["text"] = self._named(edit.new).removeprefix(term)
                else:
                    self._put(change, [found for found in contents if found is not content])
                return True
        return False
