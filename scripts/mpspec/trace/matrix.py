"""The matrix: one row for each requirement, as Markdown, CSV or JSON."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from mpspec.model import Requirement, Statement
from mpspec.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement in the matrix; a statement's code and tests are also those of its rules."""

    id: str
    type: str
    clause: str
    title: str
    kind: str
    strength: str
    status: str
    reason: str
    binds: tuple[str, ...]
    rules: tuple[str, ...]
    code: tuple[str, ...]
    tests: tuple[str, ...]
    moves_to: tuple[str, ...]


def rows(trace: Trace) -> list[Row]:
    """Return a row for every statement and rule, in reading order."""
    return [_row(trace, requirement) for requirement in trace.model.requirements.values()]


def _row(trace: Trace, requirement: Requirement) -> Row:
    model = trace.model
    statement = requirement if isinstance(requirement, Statement) else None
    standing = trace.standing(requirement.id)
    bearing = (
        [requirement.id, *(rule.id for rule in model.below(requirement.id))]
        if statement
        else [requirement.id]
    )
    return Row(
        id=requirement.id,
        type="statement" if statement else "rule",
        clause="; ".join(map(str, requirement.sources)),
        title=requirement.title,
        kind=statement.kind if statement else "rule",
        strength=requirement.strength,
        status=standing.status,
        reason=standing.reason,
        binds=requirement.binds,
        rules=tuple(rule.id for rule in model.refined_by.get(requirement.id, ())),
        code=_each(found.name for identity in bearing for found in model.implemented_by.get(identity, ())),
        tests=_each(case.node for identity in bearing for case in model.verified_by.get(identity, ())),
        moves_to=statement.moves_to if statement else (),
    )


def _each(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def as_json(trace: Trace) -> str:
    """Return the matrix as JSON: a list of objects."""
    return json.dumps([asdict(row) for row in rows(trace)], indent=1, ensure_ascii=False) + "\n"


def as_csv(trace: Trace) -> str:
    """Return the matrix as CSV (RFC 4180) with a head; lists are joined by `; `."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(Row.__slots__))
    writer.writeheader()
    for row in rows(trace):
        writer.writerow({name: _cell(getattr(row, name)) for name in Row.__slots__})
    return text.getvalue()


def as_markdown(trace: Trace) -> str:
    """Return the matrix as a Markdown table, with counts instead of long lists."""
    lines = [
        "| ID | Source | Strength | Status | Rules | Code | Tests | Moves to | Title |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows(trace):
        cells = (
            row.id,
            row.clause,
            row.strength,
            row.status,
            len(row.rules),
            len(row.code),
            len(row.tests),
            ", ".join(row.moves_to),
            row.title,
        )
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


FORMATS = {"md": as_markdown, "csv": as_csv, "json": as_json}
"""Each format of the matrix and its writer."""


def _cell(value: str | tuple[str, ...]) -> str:
    """Join a list, and keep a spreadsheet from reading text as a formula."""
    cell = value if isinstance(value, str) else "; ".join(value)
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell
