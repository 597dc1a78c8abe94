"""Lint of a change request: what a delegate would be sent back for.

A finding is a fault. Advice is a custom that no source could be read for; it says so.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mpspec.change_request.definition import (
    AFFECTED,
    CATEGORIES,
    CR_FIELDS,
    FORM_VERSION,
    PLACEHOLDER,
    ChangeKind,
    Definition,
    is_placeholder,
)
from mpspec.change_request.edited import EditedDocument
from mpspec.change_request.paragraphs import Block, Paragraph, Style
from mpspec.change_request.plan import REFERENCES_CLAUSE, Plan, PlannedClause
from mpspec.change_request.references import CITED
from mpspec.model import Model
from mpspec.model.verbal_forms import forbidden_forms, verbal_forms
from mpspec.model.vocabulary import Kind, Strength

ABBREVIATIONS = Path("docs/abbreviations.toml")
"""Abbreviations that the project explains, relative to its root."""

_CR_NUMBER = re.compile(r"\d{4}")
_REVISION = re.compile(r"-|[1-9]\d*")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_RELEASE = re.compile(r"Rel-\d+")
_RELATED = re.compile(r"(?:TS|TR)\s\d{2}\.\d{3} CR (?:\d{4}|<[^<>]+>)")
_ABBREVIATION = re.compile(r"\b[A-Z][A-Z0-9]*[A-Z][A-Z0-9]*(?:-[A-Z]+)*s?\b")
_EVERYBODY_KNOWS = {"NOTE", "TS", "TR", "RFC", "IETF", "ITU", "CR", "3GPP", "TLS"}
_BREAKABLE = re.compile(r"\b(?:TS|TR) \d{2}\.\d{3}")
_NORMATIVE = {Strength.SHALL, Strength.SHALL_NOT, Strength.SHOULD, Strength.SHOULD_NOT}
_UNREAD = "No public source could be read for this custom."


class Weight(StrEnum):
    """How much a finding weighs."""

    FINDING = "finding"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """One finding.

    Attributes:
        code: Kind of it, stable, for machines.
        weight: Whether it is a fault or advice.
        place: Where: a field of the cover, a clause, a statement.
        message: What is wrong and what is wanted, in plain words.
    """

    code: str
    weight: Weight
    place: str
    message: str

    def __str__(self) -> str:
        advice = "advice: " if self.weight is Weight.ADVICE else ""
        return f"{self.place}: {advice}{self.message} [{self.code}]"


def _finding(code: str, place: str, message: str) -> LintFinding:
    return LintFinding(code=code, weight=Weight.FINDING, place=place, message=message)


def _advice(code: str, place: str, message: str) -> LintFinding:
    return LintFinding(code=code, weight=Weight.ADVICE, place=place, message=message)


def lint_definition(definition: Definition) -> Iterator[LintFinding]:
    """Yield what is wrong with the cover."""
    for field, label in definition.fields.items():
        if is_placeholder(definition.cover.get(field, "")):
            yield _finding("empty-field", f"cover.{field}", f"The field '{label}' is not filled.")
    if definition.kind is ChangeKind.PSEUDO_CR:
        return
    if is_placeholder(definition.author):
        yield _finding("empty-field", "marks.author", "The revision marks have no author.")
    if is_placeholder(definition.date):
        yield _finding("empty-field", "marks.date", "The revision marks have no date.")
    yield from lint_form(definition.cover)
    yield from _lint_category(definition)
    if definition.form != FORM_VERSION:
        yield _advice(
            "form-version",
            "form",
            f"The layout is that of form {FORM_VERSION}, the newest that was measured, and it is stamped "
            f"{definition.form}.",
        )


def lint_form(cover: Mapping[str, str]) -> Iterator[LintFinding]:
    """Yield what is wrong with the values of a CR form; placeholders are left to others.

    Args:
        cover: Fields by their names, of a definition or read from a document.
    """
    number, revision = cover.get("cr_number", ""), cover.get("revision", "")
    if (number == "-" or _is_small(number)) and _CR_NUMBER.fullmatch(revision):
        yield _finding("number-and-rev", "cover.cr_number", "CR number and rev stand in each other's cell.")
    else:
        yield from _lint_pattern(cover, "cr_number", _CR_NUMBER, "four digits, without 'CR'")
        yield from _lint_pattern(cover, "revision", _REVISION, "'-' or 1, 2, ...")
    yield from _lint_pattern(cover, "version", _VERSION, "like 12.1.0")
    yield from _lint_pattern(cover, "date", _DATE, "like 2026-11-23")
    yield from _lint_pattern(cover, "release", _RELEASE, "like Rel-12")
    category = cover.get("category", "")
    if not is_placeholder(category) and category not in CATEGORIES:
        yield _finding("category", "cover.category", f"'{category}' is none of {', '.join(CATEGORIES)}.")
    for name in filter(None, (part.strip() for part in cover.get("affects", "").split(","))):
        if name not in AFFECTED and not is_placeholder(name):
            yield _finding("affects", "cover.affects", f"'{name}' is none of {', '.join(AFFECTED)}.")
    if re.match(r"(?:CR|change request)\b", cover.get("title", ""), re.I):
        yield _finding(
            "title", "cover.title", "The title says what changes, not that it is a Change Request."
        )
    for field in ("other_core", "other_test", "other_om"):
        for line in filter(None, cover.get(field, "").split("\n")):
            if not _RELATED.fullmatch(line):
                yield _finding("related", f"cover.{field}", f"'{line}' is not like 'TS 29.333 CR 0123'.")


def _is_small(number: str) -> bool:
    return number.isdecimal() and len(number) < 4


def _lint_pattern(
    cover: Mapping[str, str], field: str, pattern: re.Pattern[str], wanted: str
) -> Iterator[LintFinding]:
    value = cover.get(field, "")
    if not is_placeholder(value) and not pattern.fullmatch(value):
        yield _finding("field-form", f"cover.{field}", f"'{value}' is not {wanted}.")


def _lint_category(definition: Definition) -> Iterator[LintFinding]:
    category = definition.cover.get("category", "")
    if definition.mirrors and category != "A":
        yield _finding("mirror", "cover.category", f"A mirror has category A, not '{category}'.")
    if not definition.mirrors and category == "A":
        yield _finding("mirror", "cover.category", "Category A is for mirrors, and this mirrors nothing.")


def lint_plan(plan: Plan, model: Model) -> Iterator[LintFinding]:
    """Yield what is wrong with a CR: its cover, its text, and what it carries."""
    definition = plan.definition
    yield from lint_definition(definition)
    yield from _lint_clauses_affected(plan)
    for clause in plan.clauses:
        for block in clause.blocks:
            yield from lint_text(_texts(block), f"clause {clause.number}", _is_note(block))
        yield from _lint_clause(clause, plan)
    yield from _lint_references(plan)
    yield from _lint_abbreviations(plan, model)
    yield from _lint_carried(plan, model)
    for note in plan.notes:
        yield _advice("spelling", "spellings", note)


def lint_text(text: str, place: str, is_note: bool) -> Iterator[LintFinding]:
    """Yield what is wrong with the words of a paragraph."""
    for form in forbidden_forms(text):
        yield _finding("verbal-form", place, f"It uses '{form}', which TR 21.801 Annex E tells not to use.")
    if is_note and _NORMATIVE & set(verbal_forms(text)):
        yield _advice("note", place, f"A NOTE holds a requirement: '{text}'. {_UNREAD}")
    if _BREAKABLE.search(text):
        yield _finding("space", place, f"'{_BREAKABLE.findall(text)[0]}' needs a non-breaking space.")
    if re.search(r"\bsubclause\b", text):
        yield _finding("subclause", place, "It says 'subclause'; the target says 'clause'.")


def lint_document(
    fields: Mapping[str, str], faults: Iterable[str], document: EditedDocument
) -> Iterator[LintFinding]:
    """Yield what is wrong with a document, edited or not.

    Where text is marked, it alone counts: what the baseline says is not for the CR to mend.

    Args:
        fields: Its form; empty where it has none.
        faults: What is wrong with the boxes of the form.
        document: Its text.
    """
    for field, label in CR_FIELDS.items():
        if field in fields and is_placeholder(fields[field]):
            yield _finding("empty-field", f"cover.{field}", f"The field '{label}' is not filled.")
    yield from lint_form(fields)
    for fault in faults:
        yield _finding("boxes", "cover", fault)
    above = [unit.text for unit in document.units if not unit.clause and not unit.in_table]
    for text in dict.fromkeys(found for line in above for found in PLACEHOLDER.findall(line)):
        yield _finding("empty-field", "cover", f"'{text}' waits to be filled.")
    in_clauses = [unit for unit in document.units if unit.clause]
    marked = [unit for unit in in_clauses if unit.marks]
    for unit in marked or in_clauses:
        yield from lint_text(unit.text, f"clause {unit.clause}", unit.style == Style.NOTE)
    if "clauses_affected" in fields:
        changed = dict.fromkeys(unit.clause for unit in marked)
        yield from _lint_named(fields["clauses_affected"], changed)


def _texts(block: Block) -> str:
    return block.text if isinstance(block, Paragraph) else "\n".join("\n".join(row) for row in block.rows)


def _is_note(block: Block) -> bool:
    return isinstance(block, Paragraph) and (block.style is Style.NOTE or block.text.startswith("NOTE"))


def _lint_clauses_affected(plan: Plan) -> Iterator[LintFinding]:
    declared = plan.definition.cover.get("clauses_affected", "")
    if not declared:
        return
    changed = {clause.number for clause in plan.clauses}
    yield from _lint_named(declared, changed)
    for number in sorted(_named(declared) - changed):
        yield _finding(
            "clauses-affected", "cover.clauses_affected", f"Clause {number} is named, not changed."
        )


def _lint_named(declared: str, changed: Iterable[str]) -> Iterator[LintFinding]:
    for number in sorted(set(changed) - _named(declared)):
        yield _finding(
            "clauses-affected", "cover.clauses_affected", f"Clause {number} is changed, not named."
        )


def _named(declared: str) -> set[str]:
    return {part.strip().removesuffix("(new)").strip() for part in declared.split(",")}


def _lint_clause(clause: PlannedClause, plan: Plan) -> Iterator[LintFinding]:
    place = f"clause {clause.number}"
    if is_placeholder(clause.title):
        yield _finding("empty-field", place, "The title of the clause is not filled.")
    below = f"{clause.number}."
    if clause.blocks and any(other.number.startswith(below) for other in plan.clauses):
        yield _advice("hanging", place, f"Text stands between its heading and its first clause. {_UNREAD}")
    for block in clause.blocks:
        if isinstance(block, Paragraph) and block.style is Style.EDITORS_NOTE:
            yield _advice("editors-note", place, f"An approved TS holds no Editor's Note. {_UNREAD}")


def _lint_references(plan: Plan) -> Iterator[LintFinding]:
    used: set[str] = set()
    listed: set[str] = set()
    for clause in plan.clauses:
        for block in clause.blocks:
            numbers = CITED.findall(_texts(block))
            if clause.number == REFERENCES_CLAUSE:
                listed |= set(numbers[:1])
                if "<title of" in _texts(block):
                    yield _finding("reference-title", "clause 2", f"[{numbers[0]}] has no title yet.")
            else:
                used |= set(numbers)
    known = {*plan.known.values(), *plan.added.values()}
    for number in sorted(used - known - listed):
        yield _finding("reference", "clause 2", f"[{number}] is used, and nothing lists it.")
    for number in sorted(listed - used):
        yield _finding("reference", "clause 2", f"[{number}] is listed, and nothing uses it.")


def known_abbreviations(root: Path) -> set[str]:
    """Return the abbreviations that the project explains."""
    try:
        terms = tomllib.loads((root / ABBREVIATIONS).read_text(encoding="utf-8")).get("terms", {})
    except (OSError, tomllib.TOMLDecodeError):
        return set()
    return set(terms)


def _lint_abbreviations(plan: Plan, model: Model) -> Iterator[LintFinding]:
    known = known_abbreviations(model.root) | _EVERYBODY_KNOWS
    unknown: dict[str, str] = {}
    for clause in plan.clauses:
        if clause.number == REFERENCES_CLAUSE:
            continue
        text = "\n".join(map(_texts, clause.blocks))
        for word in _ABBREVIATION.findall(text):
            short = word.removesuffix("s")
            if short not in known and f"({short})" not in text:
                unknown.setdefault(short, f"clause {clause.number}")
    for short, place in unknown.items():
        yield _finding("abbreviation", place, f"'{short}' is used, and nothing says what it means.")


def _lint_carried(plan: Plan, model: Model) -> Iterator[LintFinding]:
    definition = plan.definition
    for identity in plan.unaccounted:
        yield _finding("unaccounted", identity, "It neither moves nor stays by what the definition says.")
    carried = list(dict.fromkeys(found.statement.id for found in plan.carried))
    for identity in carried:
        if identity in definition.stays:
            yield _finding("unaccounted", identity, "It is carried, and the definition says that it stays.")
    for identity, reason in definition.stays.items():
        if is_placeholder(reason):
            yield _finding("empty-field", f"stays.{identity}", "There is no reason why it stays.")
    for found in plan.carried:
        if found.statement.moves_to and found.clause not in found.statement.moves_to:
            proposed = ", ".join(found.statement.moves_to)
            message = f"It goes to clause {found.clause}, and reqs/ proposes {proposed}."
            yield _finding("target", found.statement.id, message)
        if found.statement.kind is Kind.RATIONALE and _NORMATIVE & set(verbal_forms(found.text)):
            yield _advice("rationale", found.statement.id, f"A rationale holds a requirement. {_UNREAD}")
    yield from _lint_reviews(definition, carried, model)


def _lint_reviews(definition: Definition, carried: Iterable[str], model: Model) -> Iterator[LintFinding]:
    never = []
    for identity in carried:
        if identity in model.suspects:
            yield _finding("suspect", identity, model.suspects[identity])
        elif identity not in model.last_review:
            never.append(identity)
    if never:
        yield _finding("not-reviewed", "reqs/", f"Nobody has reviewed {', '.join(never)}.")
    for identity in moved_on(definition, model):
        yield _finding("moved-on", identity, "reqs/ has another text of it than when this CR was written.")


def moved_on(definition: Definition, model: Model) -> list[str]:
    """Return the statements whose text in `reqs/` is another than when the definition was written."""
    return [
        identity
        for identity, fingerprint in definition.written_against.items()
        if identity not in model.requirements or model.requirements[identity].fingerprint != fingerprint
    ]
