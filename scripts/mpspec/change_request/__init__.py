"""Change requests: from `reqs/` to a document that can be submitted, and back from an edited one.

The site uses `definitions`, `present` and `write_documents`.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mpspec.change_request.applying import apply_to_clause, demand_clean_tree
from mpspec.change_request.clause import clause_paragraphs
from mpspec.change_request.comparison import align
from mpspec.change_request.definition import FOLDER, ChangeKind, Definition
from mpspec.change_request.docx.baseline import Baseline
from mpspec.change_request.docx.change_request import change_request
from mpspec.change_request.docx.opening import archive_of, open_archive
from mpspec.change_request.docx.package import zip_octets
from mpspec.change_request.docx.pseudo_cr import pseudo_cr
from mpspec.change_request.docx.reading import body, definition_name, foreign_clause, read_archive, text_lines
from mpspec.change_request.drafting import draft_page
from mpspec.change_request.edited import Comment, Unit
from mpspec.change_request.form_reading import read_form
from mpspec.change_request.importing import Comparison, EditKind, StatementEdit
from mpspec.change_request.lint import LintFinding, lint_definition, lint_document, lint_plan
from mpspec.change_request.packs import pack_name
from mpspec.change_request.plan import Plan, plan
from mpspec.change_request.presentation import Presentation, present
from mpspec.change_request.references import References
from mpspec.change_request.rewriting import apply_to_definition
from mpspec.model import CannotRun, Model
from mpspec.model.files import write_beside
from mpspec.model.vocabulary import ID_PATTERN
from mpspec.trace.words import as_text, word_diff

__all__ = [
    "FOLDER",
    "Definition",
    "LintFinding",
    "Presentation",
    "Returned",
    "apply",
    "definitions",
    "differences",
    "draft",
    "export",
    "lint",
    "pack",
    "pack_name",
    "planned",
    "present",
    "returned",
    "text_of_clause",
    "write_documents",
]

_SAME_LINE = 0.5
"""Resemblance from which on a line of one revision counts as changed in the next."""


def definitions(root: Path) -> list[Definition]:
    """Read every definition of the project, in the order of their names.

    Raises:
        UnreadableSource: One cannot be read.
    """
    return [Definition.load(path) for path in sorted((root / FOLDER).glob("*.toml"))]


def text_of_clause(path: Path, number: str) -> str:
    """Return the text of a clause of a document with all below it, headings included and marks accepted.

    Raises:
        CannotRun: The document cannot be read, or has no such clause.
    """
    blocks = foreign_clause(open_archive(path), number)
    return "\n".join(f"{block.clause} {block.title}" if block.heading else block.text for block in blocks)


def planned(definition: Definition, model: Model) -> Plan:
    """Return the plan of a CR without a baseline.

    Raises:
        CannotRun: `reqs/` lacks something that the definition names, or a pointer has no place in the target.
    """
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
        if baseline is not None:
            raise CannotRun(
                f"{definition.path} is a P-CR, which brings its whole clause: it has no baseline."
            )
        return pseudo_cr(definition, clause_paragraphs(model, definition.clause))
    if baseline is None:
        return change_request(planned(definition, model))
    copy = Baseline(baseline)
    return change_request(plan(definition, model, References.load(model.root), copy.references()), copy)


def pack(documents: Iterable[tuple[Definition, bytes]]) -> bytes:
    """Return a zip of documents, named as in the packs of approved CRs.

    Raises:
        CannotRun: Two documents have one name.
    """
    parts: dict[str, bytes] = {}
    for definition, octets in documents:
        name = pack_name(definition)
        if name in parts:
            raise CannotRun(f"Two documents of the pack are named {name}: fill in their numbers first.")
        parts[name] = octets
    return zip_octets(parts)


def write_documents(model: Model, folder: Path) -> list[Path]:
    """Write each change request of the project into a folder, as .docx and as .zip; return the files.

    Raises:
        CannotRun: A definition cannot be exported, or a file cannot be written.
    """
    written = []
    for definition in definitions(model.root):
        octets = export(definition, model)
        for suffix, content in ((".docx", octets), (".zip", pack([(definition, octets)]))):
            path = folder / f"{definition.name}{suffix}"
            write_beside(path, content)
            written.append(path)
    return written


def lint(path: Path, model: Model) -> list[LintFinding]:
    """Return what is wrong with a definition (.toml) or with a document (.docx).

    Raises:
        CannotRun: It cannot be read, or `reqs/` lacks something that it names.
    """
    if path.suffix.lower() != ".toml":
        archive = open_archive(path)
        fields, faults = read_form(body(archive))
        return list(lint_document(fields, faults, read_archive(archive)))
    definition = Definition.load(path)
    if definition.kind is ChangeKind.PSEUDO_CR:
        return list(lint_definition(definition))
    return list(lint_plan(planned(definition, model), model))


def differences(old: Path, new: Path, model: Model) -> Iterator[str]:
    """Yield what changed between two revisions, definitions or documents: where, and a word diff.

    Raises:
        CannotRun: One of them cannot be read.
    """
    before, after = _lines(old, model), _lines(new, model)
    for i, j in align([text for _, text in before], [text for _, text in after], least=_SAME_LINE):
        clause, was = ("", "") if i is None else before[i]
        clause, now = (clause, "") if j is None else after[j]
        if was != now:
            place = f"clause {clause}" if clause else "cover"
            yield f"{place}: {as_text(word_diff(was, now))}"


def _lines(path: Path, model: Model) -> list[tuple[str, str]]:
    if path.suffix.lower() != ".toml":
        return text_lines(open_archive(path))
    return text_lines(archive_of(path, export(Definition.load(path), model)))


@dataclass(frozen=True, kw_only=True)
class Returned:
    """A document that came back, beside the definition that it was made from.

    Attributes:
        definition: The definition.
        edits: What people changed.
        comments: What they wrote in the margin.
        units: Its text as it is now, in order.
    """

    definition: Definition
    edits: tuple[StatementEdit, ...]
    comments: tuple[Comment, ...]
    units: tuple[Unit, ...]


def returned(
    path: Path, model: Model, definition: Path | None = None, baseline: Path | None = None
) -> Returned:
    """Read a document that our export made and people edited.

    Args:
        path: The document.
        model: The statements.
        definition: The definition that it was made from; by default the one that the document names.
        baseline: The baseline that it was exported with, if it was.

    Raises:
        CannotRun: It cannot be read, or it does not say what it was made from.
    """
    archive = open_archive(path)
    if definition is None:
        name = definition_name(archive)
        if not name:
            raise CannotRun(
                f"{path} does not say from which definition it was made: name it with --definition, "
                "or read a clause of a foreign document with --clause."
            )
        known = {found.name: found for found in definitions(model.root)}
        if name not in known:
            raise CannotRun(f"{path} was made from {name}, which {FOLDER.as_posix()} does not have.")
        source = known[name]
    else:
        source = Definition.load(definition)
    edited = read_archive(archive)
    expected = read_archive(archive_of(path, export(source, model, baseline)))
    comparison = Comparison(expected, edited)
    return Returned(
        definition=source,
        edits=tuple(comparison.edits()),
        comments=tuple(comment for comment in edited.comments if comment not in expected.comments),
        units=tuple(comparison.units),
    )


def apply(found: Returned, model: Model) -> tuple[list[Path], list[StatementEdit]]:
    """Write the edits of a document into `reqs/`.

    Returns:
        The files that changed, and the edits that have no place there.

    Raises:
        CannotRun: The git work tree is not clean, or a file cannot be written.
    """
    demand_clean_tree(model.root)
    if found.definition.kind is ChangeKind.CR:
        path, left = apply_to_definition(planned(found.definition, model), found.edits)
        return ([path] if len(left) < len(found.edits) else []), left
    paths = apply_to_clause(model, found.units)
    return paths, [edit for edit in found.edits if edit.kind is EditKind.OTHER]


def draft(path: Path, clause: str, prefix: str, taken: Collection[str] = ()) -> str:
    """Return a first draft of a page of `reqs/` from a clause of any TR or TS.

    Args:
        path: The document.
        clause: Number of the clause.
        prefix: Prefix of the IDs that are proposed, such as `MP_SEC`.
        taken: IDs that are not free.

    Raises:
        CannotRun: The document cannot be read, has no such clause, or the prefix can begin no ID.
    """
    if not ID_PATTERN.fullmatch(f"{prefix}_001"):
        raise CannotRun(f"'{prefix}' can begin no ID: capital letters are wanted, such as MP_SEC.")
    return draft_page(foreign_clause(open_archive(path), clause), prefix, taken)
