"""Change requests: from `reqs/` to a document that can be submitted, and back from an edited one."""

from pathlib import Path

from mpspec.change_request.clause import clause_paragraphs
from mpspec.change_request.definition import FOLDER, ChangeKind, Definition
from mpspec.change_request.docx.baseline import Baseline
from mpspec.change_request.docx.change_request import change_request
from mpspec.change_request.docx.pseudo_cr import pseudo_cr
from mpspec.change_request.plan import Plan, plan
from mpspec.change_request.references import References
from mpspec.model import Model

__all__ = ["FOLDER", "Definition", "Plan", "definitions", "export", "planned"]


def planned(definition: Definition, model: Model) -> Plan:
    """Return the plan of a CR without a baseline."""
    return plan(definition, model, References.load(model.root))


def export(definition: Definition, model: Model, baseline: Path | None = None) -> bytes:
    """Return a change request as the octets of a .docx file; the same input gives the same octets.

    Args:
        definition: What its author wrote.
        model: The statements.
        baseline: The user's own copy of the target specification, for a CR.

    Raises:
        CannotRun: `reqs/` lacks something that the definition names, a pointer has no place in the target,
            or the baseline does not have the clauses that the CR changes.
    """
    if definition.kind is ChangeKind.PSEUDO_CR:
        return pseudo_cr(definition, clause_paragraphs(model, definition.clause))
    if baseline is None:
        return change_request(planned(definition, model))
    copy = Baseline(baseline)
    return change_request(plan(definition, model, References.load(model.root), copy.references()), copy)


def definitions(root: Path) -> list[Definition]:
    """Read every definition of the project, in the order of their names.

    Raises:
        UnreadableSource: One cannot be read.
    """
    return [Definition.load(path) for path in sorted((root / FOLDER).glob("*.toml"))]
