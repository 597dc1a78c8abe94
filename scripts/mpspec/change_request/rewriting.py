"""Writing the edits of a meeting into the definition of a CR, which has its own wording.

A statement that the meeting changed is carried adapted from then on, and the TR keeps its text.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tomlkit

from mpspec.change_request.anchors import anchor_name, anchored_statement
from mpspec.change_request.definition import Definition
from mpspec.change_request.importing import EditKind, StatementEdit
from mpspec.change_request.paragraphs import HEADINGS, Style
from mpspec.change_request.plan import Plan
from mpspec.model import CannotRun
from mpspec.model.files import write_beside

_NO_CONTENT = {*HEADINGS, Style.MARKER, Style.COVER}
"""Styles of what is no text of a clause."""

_LABEL = re.compile(r"\[([0-9]+|x[0-9]+)\]")


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
    wanted = list(edits)
    left = [edit for edit in wanted if not writer.write(edit)]
    if len(left) < len(wanted):
        write_beside(definition.path, _tidy(tomlkit.dumps(document)).encode())
        Definition.load(definition.path)
    return definition.path, left


def _tidy(text: str) -> str:
    """Return TOML with one blank line between its tables, unless that would change what it says."""
    tidied = re.sub(r"\n{3,}", "\n\n", text)
    tidied = re.sub(r"^(\[.*\])\n\n(?=\w)", r"\1\n", tidied, flags=re.M)
    if "\n\n[[changes" in text:
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
            self._adapt(self._contents[edit.anchor], edit.statement, self._named(edit.typed))
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
            return self._new(edit)
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

    def _new(self, edit: StatementEdit) -> bool:
        """Add a text of the CR's own to the paragraph that it stands in, or as one; a row is not added."""
        before = self._contents.get(edit.after)
        if (
            edit.continues
            and before is not None
            and list(before["carries"])[-1] == anchored_statement(edit.after)
        ):
            before["text"] = " ".join(filter(None, [before.get("text", ""), self._named(edit.typed)]))
            return True
        if edit.in_table or edit.style in _NO_CONTENT:
            return False
        content = tomlkit.table()
        if edit.style in set(Style) - {Style.NORMAL}:
            content["style"] = edit.style
        content["text"] = self._named(edit.typed)
        return self._insert(content, edit)

    def _insert(self, content: Any, edit: StatementEdit) -> bool:
        """Put a content behind the statement or the text before it, or first in its clause."""
        change = self._change(edit.clause)
        if change is None:
            return False
        contents = list(change.get("content", []))
        before = self._contents.get(edit.after)
        text = self._named(edit.behind).split()
        behind = [
            at + 1
            for at, found in enumerate(contents)
            if found is before or (text and _last_text(found).split() == text)
        ]
        content.add(tomlkit.nl())
        contents.insert(max(behind, default=0), content)
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
        """Change a text of the CR's own, or a cell; a text that is gone is taken out, a row is not."""
        change = self._change(edit.clause)
        contents = list(change.get("content", [])) if change is not None else []
        old, new = self._named(edit.old).split(), self._named(edit.typed)
        for content in contents:
            term = f"{content['term']}:" if "term" in content else ""
            if "rows" in content or f"{term} {content.get('text', '')}".split() != old:
                continue
            if new:
                content["text"] = new.removeprefix(term).lstrip(" ")
            elif content.get("carries"):
                del content["text"]
            else:
                self._put(change, [found for found in contents if found is not content])
            return True
        return bool(new) and _change_cell(contents, old, new)


def _last_text(content: Any) -> str:
    """Return the text that a content ends with, as far as it is the CR's own."""
    if "rows" in content:
        return str(content["rows"][-1][-1].split("\n")[-1])
    term = f"{content['term']}: " if "term" in content else ""
    return f"{term}{content.get('text', '')}"


def _change_cell(contents: Iterable[Any], old: list[str], new: str) -> bool:
    """Change the one line of a cell that says something; return False where there is none, or several."""
    lines = [
        (row, at, number)
        for content in contents
        for row in content.get("rows", [])
        for at, cell in enumerate(row)
        for number, line in enumerate(cell.split("\n"))
        if line.split() == old
    ]
    if len(lines) != 1:
        return False
    row, at, number = lines[0]
    changed = row[at].split("\n")
    changed[number] = new
    row[at] = "\n".join(changed)
    return True
