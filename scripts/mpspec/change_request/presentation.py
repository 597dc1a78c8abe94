"""A change request as a reader of the site sees it: cover, changed text, what it carries, findings."""

from collections.abc import Iterator
from dataclasses import dataclass

from mpspec.change_request.clause import clause_paragraphs
from mpspec.change_request.definition import OPTIONAL_FIELDS, ChangeKind, Definition, is_placeholder
from mpspec.change_request.lint import LintFinding, lint_definition, lint_plan, moved_on
from mpspec.change_request.packs import pack_name
from mpspec.change_request.paragraphs import Block, Paragraph, Style, Table, plain
from mpspec.change_request.plan import Plan, clauses_affected, follows, plan
from mpspec.change_request.references import References
from mpspec.model import Model
from mpspec.trace.words import Change, Run, word_diff


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverField:
    """A field of the cover.

    Attributes:
        label: Its name as the form has it.
        value: What it says; an empty one shows a placeholder.
        open: Whether it waits to be filled.
    """

    label: str
    value: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBlock:
    """A paragraph or table of the change.

    Attributes:
        block: The paragraph or table.
        change: Whether it is inserted, or stands there for orientation.
    """

    block: Block
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStatement:
    """What happens to a statement.

    Attributes:
        statement: Its ID.
        clause: Clause of the target; empty where it stays.
        adapted: Whether the CR has its own wording.
        text: How it reads in the target; empty where it stays.
        runs: That wording against the statement, word by word.
        reason: Why it stays; else empty.
    """

    statement: str
    clause: str
    adapted: bool
    text: str
    runs: tuple[Run, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A change request, ready to be shown.

    Attributes:
        name: Name of the definition.
        kind: What it is.
        specification: The document that it changes.
        title: Its title.
        mirrors: Name of the definition that it mirrors; empty if none.
        cover: Fields of the cover, in the order of the form.
        blocks: The change, from the first marker line to the last.
        statements: What happens to each statement, in reading order.
        notes: What was changed by a rule of the house.
        findings: What the lint finds.
        moved_on: IDs of the statements whose text changed in `reqs/` since this was written.
        document: Name of its .docx.
        pack: Name of its .zip.
    """

    name: str
    kind: ChangeKind
    specification: str
    title: str
    mirrors: str
    cover: tuple[CoverField, ...]
    blocks: tuple[ShownBlock, ...]
    statements: tuple[ShownStatement, ...]
    notes: tuple[str, ...]
    findings: tuple[LintFinding, ...]
    moved_on: tuple[str, ...]
    document: str
    pack: str


def present(definition: Definition, model: Model) -> Presentation:
    """Return a change request, ready to be shown.

    Raises:
        CannotRun: `reqs/` lacks something that the definition names, or a pointer has no place in the target.
    """
    notes: tuple[str, ...] = ()
    affected = ""
    if definition.kind is ChangeKind.PSEUDO_CR:
        blocks = _clause_blocks(definition, model)
        statements = tuple(
            ShownStatement(
                statement=found.id,
                clause=found.clause,
                adapted=False,
                text=found.text,
                runs=(Run(Change.KEPT, found.text),),
                reason="",
            )
            for found in model.statements
        )
        findings = tuple(lint_definition(definition))
    else:
        planned = plan(definition, model, References.load(model.root))
        blocks, statements = _change_blocks(planned), _statements(planned, model)
        findings = tuple(lint_plan(planned, model))
        notes = planned.notes
        affected = clauses_affected(planned.clauses)
    return Presentation(
        name=definition.name,
        kind=definition.kind,
        specification=definition.specification,
        title=definition.shown("title"),
        mirrors=definition.mirrors,
        cover=tuple(_cover(definition, affected)),
        blocks=blocks,
        statements=statements,
        notes=notes,
        findings=findings,
        moved_on=tuple(moved_on(definition, model)),
        document=f"{definition.name}.docx",
        pack=pack_name(definition).removesuffix(".docx") + ".zip",
    )


def _cover(definition: Definition, affected: str) -> Iterator[CoverField]:
    """Yield the fields that must be filled, then those of the others that are."""
    for field, label in definition.fields.items():
        is_open = is_placeholder(definition.cover.get(field, ""))
        yield CoverField(label=label, value=definition.shown(field), open=is_open)
    for field, label in OPTIONAL_FIELDS.items():
        value = definition.cover.get(field) or (affected if field == "clauses_affected" else "")
        if value:
            yield CoverField(label=label, value=value, open=False)
    for row in definition.history:
        yield CoverField(label=f"revision {row.revision}", value=f"of {row.of}: {row.text}", open=False)


def _clause_blocks(definition: Definition, model: Model) -> tuple[ShownBlock, ...]:
    blocks: list[Block] = [plain(definition.first_marker, Style.MARKER)]
    blocks += clause_paragraphs(model, definition.clause)
    return tuple(ShownBlock(block=block, change=Change.KEPT) for block in blocks)


def _change_blocks(planned: Plan) -> tuple[ShownBlock, ...]:
    definition = planned.definition
    shown: list[ShownBlock] = []

    def add(block: Paragraph | Table, change: Change) -> None:
        shown.append(ShownBlock(block=block, change=change))

    before = ""
    for clause in planned.clauses:
        if not before:
            add(plain(definition.first_marker, Style.MARKER), Change.KEPT)
        elif not follows(clause.number, before):
            add(plain(definition.next_marker, Style.MARKER), Change.KEPT)
        before = clause.number
        add(clause.heading, Change.INSERTED if clause.new else Change.KEPT)
        for block in clause.blocks:
            add(block, Change.INSERTED)
    add(plain(definition.last_marker, Style.MARKER), Change.KEPT)
    return tuple(shown)


def _statements(planned: Plan, model: Model) -> tuple[ShownStatement, ...]:
    found: dict[str, list[ShownStatement]] = {}
    for carried in planned.carried:
        found.setdefault(carried.statement.id, []).append(
            ShownStatement(
                statement=carried.statement.id,
                clause=carried.clause,
                adapted=carried.adapted,
                text=carried.text,
                runs=tuple(word_diff(carried.statement.text, carried.text)),
                reason="",
            )
        )
    for identity, reason in planned.definition.stays.items():
        stays = ShownStatement(statement=identity, clause="", adapted=False, text="", runs=(), reason=reason)
        found.setdefault(identity, []).append(stays)
    return tuple(shown for statement in model.statements for shown in found.get(statement.id, []))
