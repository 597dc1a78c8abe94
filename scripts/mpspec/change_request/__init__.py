"""Change requests: from `reqs/` to a document that can be submitted, and back from an edited one."""

from pathlib import Path

from mpspec.change_request.clause import clause_paragraphs
from mpspec.change_request.definition import FOLDER, Definition
from mpspec.change_request.docx.pseudo_cr import pseudo_cr
from mpspec.model import Model

__all__ = ["FOLDER", "Definition", "definitions", "export"]


def export(definition: Definition, model: Model) -> bytes:
    """Return a change request as the octets of a .docx file; the same input gives the same octets.

    Raises:
        UnreadableSource: `reqs/` lacks something that the definition names.
    """
    return pseudo_cr(definition, clause_paragraphs(model, definition.clause))


def definitions(root: Path) -> list[Definition]:
    """Read every definition of the project, in the order of their names.

    Raises:
        UnreadableSource: One cannot be read.
    """
    return [Definition.load(path) for path in sorted((root / FOLDER).glob("*.toml"))]
