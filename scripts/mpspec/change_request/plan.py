"""The plan of a CR: every clause that it changes with its new text, and where each statement goes.

The plan is the CR apart from any file format: the document, the lint and the page of the site read it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mpspec.change_request.definition import Change, Content, Definition
from mpspec.change_request.paragraphs import Block, Paragraph, Span, Style, Table, heading, joined, plain
from mpspec.change_request.references import Numbering, References
from mpspec.change_request.wording import DECISIONS, Wording
from mpspec.model import CannotRun, Model, Statement

SOURCE = "TR 29.828"
"""The specification that the statements come from."""

REFERENCES_CLAUSE = "2"
"""The clause of a specification that lists its references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A statement at one place in the target.

    Attributes:
        statement: The statement.
        clause: Clause of the target.
        text: How it reads there.
        adapted: Whether that is the CR's own wording.
    """

    statement: Statement
    clause: str
    text: str
    adapted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedClause:
    """A clause of the target with what the CR puts there.

    Attributes:
        number: Its number; title: its title.
        new: Whether the CR brings it in.
        after: Clause that it comes after, where a baseline does not have it; may be empty.
        rewrite: Whether the rest of its text is deleted.
        blocks: Paragraphs and tables, without the heading.
    """

    number: str
    title: str
    new: bool
    after: str
    rewrite: bool
    blocks: tuple[Block, ...]

    @property
    def heading(self) -> Paragraph:
        """Its heading."""
        return heading(self.number, self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A CR apart from any file format.

    Attributes:
        definition: What its author wrote.
        clauses: The clauses that it changes, in the order of the target.
        carried: Every statement at every place that it goes to.
        unaccounted: IDs of the statements that neither move nor stay by what the definition says.
        notes: What was changed by a rule of the house, in a sentence each.
        added: Number of each document that is new among the references.
        known: Number of each document that the target lists.
    """

    definition: Definition
    clauses: tuple[PlannedClause, ...]
    carried: tuple[Carried, ...]
    unaccounted: tuple[str, ...]
    notes: tuple[str, ...]
    added: Mapping[str, str]
    known: Mapping[str, str]


def clauses_affected(clauses: Iterable[PlannedClause], existing: Collection[str] = ()) -> str:
    """Return clauses as the cover names them: separated by commas, new ones marked.

    Args:
        clauses: The clauses that are changed.
        existing: Numbers of the clauses that the user's copy of the target has.
    """
    return ", ".join(
        f"{clause.number} (new)" if clause.new and clause.number not in existing else clause.number
        for clause in clauses
    )


def clause_order(number: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts clause numbers as a specification does: 5.9 before 5.20, 6.2A after 6.2."""
    parts = []
    for part in number.split("."):
        digits = part.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        parts.append((int(digits), part[len(digits) :]) if digits.isdecimal() else (10**6, part))
    return tuple(parts)


def follows(number: str, before: str) -> bool:
    """Return whether a clause comes right behind another one in a specification: 5.20.1 behind 5.20."""
    if number == f"{before}.1":
        return True
    parts: Sequence[str] = before.split(".")
    while parts:
        if parts[-1].isdecimal() and number == ".".join([*parts[:-1], str(int(parts[-1]) + 1)]):
            return True
        parts = parts[:-1]
    return False


def plan(
    definition: Definition,
    model: Model,
    references: References,
    listed: Mapping[str, str] | None = None,
) -> Plan:
    """Return the plan of a CR.

    Args:
        definition: What its author wrote.
        model: The statements.
        references: The numbers of every specification.
        listed: Numbers that the user's copy of the target lists; without one, those that `references` has.

    Raises:
        CannotRun: A statement is unknown, a pointer is not mapped, a number is not known, or a decision
            is missing.
    """
    known = references.numbers.get(definition.specification, {}) if listed is None else listed
    numbering = Numbering(references=references, source=SOURCE, known=known)
    builder = _Builder(definition, model, Wording(definition=definition, numbering=numbering))
    clauses = {change.clause: builder.clause(change) for change in definition.changes}
    entries = tuple(plain(entry, Style.REFERENCE) for entry in numbering.entries())
    if entries:
        clauses[REFERENCES_CLAUSE] = _with_references(clauses.get(REFERENCES_CLAUSE), entries)
    carried = tuple(builder.carried)
    accounted = {found.statement.id for found in carried} | set(definition.stays)
    return Plan(
        definition=definition,
        clauses=tuple(
            clause
            for clause in sorted(clauses.values(), key=lambda clause: clause_order(clause.number))
            if clause.new or clause.blocks
        ),
        carried=carried,
        unaccounted=tuple(found.id for found in model.statements if found.id not in accounted),
        notes=tuple(builder.wording.notes()),
        added=dict(numbering.added),
        known=known,
    )


def _with_references(clause: PlannedClause | None, entries: tuple[Paragraph, ...]) -> PlannedClause:
    return PlannedClause(
        number=REFERENCES_CLAUSE,
        title=clause.title if clause else "References",
        new=False,
        after="",
        rewrite=False,
        blocks=(*(clause.blocks if clause else ()), *entries),
    )


class _Builder:
    """Builds the clauses, and keeps where each statement went."""

    def __init__(self, definition: Definition, model: Model, wording: Wording) -> None:
        self.wording = wording
        self.carried: list[Carried] = []
        self._definition = definition
        self._statements = {found.id: found for found in model.statements}
        self._check(model)

    def _check(self, model: Model) -> None:
        definition = self._definition
        for identity in definition.stays:
            self._statement(identity)
        for spelling in definition.spellings:
            record = DECISIONS / f"{spelling.decision}.md"
            if not (model.root / record).is_file():
                raise CannotRun(
                    f"{definition.path} spells '{spelling.source}' as '{spelling.target}' by the decision "
                    f"{record.as_posix()}, which does not exist."
                )
        seen: set[str] = set()
        for change in definition.changes:
            if change.clause in seen:
                raise CannotRun(f"{definition.path} changes clause {change.clause} twice: join the two.")
            seen.add(change.clause)

    def _statement(self, identity: str) -> Statement:
        if identity not in self._statements:
            raise CannotRun(f"{self._definition.path} names {identity}, which is no statement of reqs/.")
        return self._statements[identity]

    def clause(self, change: Change) -> PlannedClause:
        """Return one clause."""
        return PlannedClause(
            number=change.clause,
            title=change.title,
            new=change.new,
            after=change.after,
            rewrite=change.rewrite,
            blocks=tuple(self._block(content, change.clause) for content in change.content),
        )

    def _block(self, content: Content, clause: str) -> Block:
        for identity in content.adapted:
            if identity not in content.carries:
                raise CannotRun(
                    f"{self._definition.path} adapts {identity} in clause {clause} without carrying it there."
                )
        if content.rows:
            return Table(rows=tuple(tuple(map(self.wording.own, row)) for row in content.rows))
        pieces = list(self._pieces(content, clause))
        spans = joined(pieces)
        if content.term:
            spans = (Span(text=f"{content.term}:", bold=True), Span(text=" "), *spans)
        if not spans:
            raise CannotRun(f"{self._definition.path} has a content without text in clause {clause}.")
        return Paragraph(style=content.style, spans=spans)

    def _pieces(self, content: Content, clause: str) -> Iterator[tuple[str, str]]:
        for identity in content.carries:
            statement = self._statement(identity)
            own = content.adapted.get(identity)
            if own is None:
                text = self.wording.verbatim(statement, clause)
            else:
                text = self.wording.adapted(statement, own, clause)
            self.carried.append(
                Carried(statement=statement, clause=clause, text=text, adapted=own is not None)
            )
            yield text, identity
        if content.text:
            yield self.wording.own(content.text), ""
