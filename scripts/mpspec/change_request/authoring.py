"""Definitions written by the program: a new one, and the next revision of one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from mpspec.change_request.definition import CR_FIELDS, FORM_VERSION, ChangeKind, Definition
from mpspec.change_request.plan import clause_order
from mpspec.change_request.style_names import clause_number
from mpspec.model import CannotRun, Model, Statement
from mpspec.model.files import write_beside
from mpspec.model.vocabulary import Kind

_REASONS = {
    Kind.EDITORS_NOTE: "It is an editor's note of the TR.",
    Kind.RATIONALE: "It is a rationale of the TR.",
    Kind.POINTER: "It points to a place that only the TR has.",
}
"""Why a statement of a kind usually stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A statement that is to move.

    Attributes:
        statement: Its ID.
        clause: Clause of the target.
    """

    statement: str
    clause: str

    @classmethod
    def parse(cls, text: str, model: Model) -> "Sequence[Move]":
        """Read `MP_BFCP_003=5.20.2`, or an ID alone, which moves to where `reqs/` proposes.

        Raises:
            CannotRun: There is no such statement, its clause is none, or nothing proposes where it moves.
        """
        identity, _, clause = text.partition("=")
        statement = model.requirements.get(identity)
        if not isinstance(statement, Statement):
            raise CannotRun(f"reqs/ has no statement {identity}.")
        clauses = (clause,) if clause else statement.moves_to
        if not clauses:
            raise CannotRun(f"Nothing proposes where {identity} moves: write {identity}=CLAUSE.")
        return [cls(statement=identity, clause=checked_clause(target)) for target in clauses]


def checked_clause(number: str) -> str:
    """Return the number of a clause.

    Raises:
        CannotRun: It is none.
    """
    if not number or clause_number(f"{number} ") != number:
        raise CannotRun(f"'{number}' is no clause: its number is wanted, such as 5.20.2.")
    return number


def clause_titles(texts: Iterable[str]) -> dict[str, str]:
    """Read `5.20.2=End-to-end ...`, a clause and its title, from each text.

    Raises:
        CannotRun: One is not like that.
    """
    titles = {}
    for text in texts:
        number, _, title = text.partition("=")
        if not title.strip():
            raise CannotRun(f"'{text}' has no title: write CLAUSE=TITLE, such as '5.20.1=General'.")
        titles[checked_clause(number)] = title.strip()
    return titles


def new_definition(
    model: Model,
    specification: str,
    cover: Mapping[str, str],
    moves: Sequence[Move],
    titles: Mapping[str, str],
) -> str:
    """Return the TOML of a new CR; what is not known is a placeholder in angle brackets.

    Args:
        model: The statements.
        specification: The document that is changed, such as `TS 23.333`.
        cover: Fields of the cover that are known.
        moves: The statements that it carries, and where to.
        titles: Titles of the clauses of the target that are known.
    """
    document = tomlkit.document()
    document.add(tomlkit.comment("A value in angle brackets waits for you, or for 3GPP, which allocates it."))
    document.add(tomlkit.nl())
    document["kind"] = str(ChangeKind.CR)
    document["specification"] = specification
    document["form"] = FORM_VERSION
    fields = tomlkit.table()
    for field, label in CR_FIELDS.items():
        fields[field] = cover.get(field) or ("-" if field == "revision" else f"<{label}>")
    document["cover"] = fields
    document["marks"] = {"author": "<Author>", "date": "<YYYY-MM-DDTHH:MM:SSZ>"}
    clauses: dict[str, list[str]] = {}
    for move in moves:
        clauses.setdefault(move.clause, []).append(move.statement)
    changes = tomlkit.aot()
    for clause in sorted(clauses, key=clause_order):
        changes.append(_change(clause, titles.get(clause, f"<title of {clause}>"), clauses[clause], model))
    document["changes"] = changes
    moving = {move.statement for move in moves}
    stays = tomlkit.table()
    for statement in model.statements:
        if statement.id not in moving:
            stays[statement.id] = _REASONS.get(statement.kind, "<reason>")
    document["stays"] = stays
    document["written_against"] = _fingerprints(model, sorted(moving))
    return tomlkit.dumps(document)


def _change(clause: str, title: str, statements: Sequence[str], model: Model) -> Any:
    """Return a change with a paragraph for each paragraph that the statements stand in."""
    change = tomlkit.table()
    change["clause"] = clause
    change["title"] = title
    contents = tomlkit.aot()
    order = [statement for statement in model.statements if statement.id in statements]
    previous = ""
    all_statements = [statement.id for statement in model.statements]
    for statement in order:
        before = all_statements[all_statements.index(statement.id) - 1]
        if statement.continues and before == previous and len(contents):
            contents[-1]["carries"].append(statement.id)
        else:
            content = tomlkit.table()
            content["carries"] = [statement.id]
            contents.append(content)
        previous = statement.id
    change["content"] = contents
    return change


def _fingerprints(model: Model, statements: Sequence[str]) -> Any:
    table = tomlkit.table()
    for identity in statements:
        table[identity] = model.requirements[identity].fingerprint
    return table


def revise(
    definition: Definition, model: Model, carried: Sequence[str], *, what: str, tdoc: str, date: str
) -> str:
    """Make the next revision of a definition, in its file; comments and order stay as they are.

    Args:
        definition: The definition.
        model: The statements.
        carried: IDs of the statements that it carries.
        what: What the revision changes, for the history.
        tdoc: Tdoc number of the revision; empty if none is allocated yet.
        date: Date of the revision; empty if it is not known.

    Returns:
        The number of the revision.

    Raises:
        CannotRun: The file cannot be written, or nothing is said for the history.
    """
    if not what.strip():
        raise CannotRun("The revision history wants to know what the revision changes.")
    document: Any = tomlkit.parse(definition.path.read_text(encoding="utf-8"))
    number = str(len(definition.history) + 1)
    cover = document.setdefault("cover", tomlkit.table())
    old = definition.shown("tdoc")
    if definition.kind is ChangeKind.CR:
        cover["revision"] = number
        cover["date"] = date or "<ResDate>"
    cover["revision_of"] = old
    cover["tdoc"] = tdoc or "<TDoc#>"
    entry = tomlkit.table()
    entry["revision"] = number
    entry["of"] = old
    entry["text"] = what
    document.setdefault("history", tomlkit.aot()).append(entry)
    if carried and not definition.mirrors:
        document["written_against"] = _fingerprints(model, sorted(set(carried)))
    text = tomlkit.dumps(document)
    write_beside(definition.path, re.sub(r"(?<!\n)\n\[\[history\]\]\n", "\n\n[[history]]\n", text).encode())
    Definition.load(definition.path)
    return number


def write_new(path: Path, text: str) -> Definition:
    """Write a new definition; a file that is there is not overwritten.

    Raises:
        CannotRun: There is a file already, it cannot be written, or what it would say is no definition.
    """
    if path.exists():
        raise CannotRun(f"{path} exists already; nothing was written.")
    write_beside(path, text.encode())
    try:
        return Definition.load(path)
    except CannotRun:
        path.unlink()
        raise
