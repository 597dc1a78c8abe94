"""`mpspec cr`: change requests, from `reqs/` to a document and back."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from mpspec import change_request
from mpspec.change_request.authoring import Move, clause_titles, new_definition, revise, write_new
from mpspec.change_request.definition import CATEGORIES, ChangeKind, Definition
from mpspec.change_request.importing import StatementEdit
from mpspec.change_request.lint import Weight
from mpspec.cli.options import json_option, root_option
from mpspec.model import CannotRun, Model
from mpspec.model.files import write_beside

_file = click.Path(path_type=Path)


@click.group()
def command() -> None:
    """Write change requests, check them, and take edited ones back."""


@command.command(name="export")
@root_option
@click.argument("definitions", metavar="FILE.toml...", type=_file, nargs=-1, required=True)
@click.option("-o", "--output", required=True, type=_file, help="The .docx, or a .zip as in packs.")
@click.option("--baseline", type=_file, help="Your copy of the target specification, a .docx.")
def export_command(root: Path, definitions: tuple[Path, ...], output: Path, baseline: Path | None) -> None:
    """Write change requests as documents: one as .docx, one or more in a .zip."""
    model = Model.load(root)
    is_pack = output.suffix.lower() == ".zip"
    if not is_pack and output.suffix.lower() != ".docx":
        raise CannotRun(f"{output} is neither a .docx nor a .zip.")
    if baseline is not None and output.resolve() == baseline.resolve():
        raise CannotRun(f"{output} is the baseline, which is not overwritten.")
    if len(definitions) > 1 and not is_pack:
        raise CannotRun(f"{output} can hold one change request only; a .zip holds several.")
    made = []
    for path in definitions:
        definition = Definition.load(path)
        made.append((definition, change_request.export(definition, model, baseline)))
    write_beside(output, change_request.pack(made) if is_pack else made[0][1])
    click.echo(f"Wrote {output}.")
    for definition, _ in made:
        _tell_of(definition, model)


def _tell_of(definition: Definition, model: Model) -> None:
    """Show what was written by a decision, and how much the lint has to say."""
    if definition.kind is ChangeKind.CR:
        for note in change_request.planned(definition, model).notes:
            click.echo(note)
    findings = [
        found for found in change_request.lint(definition.path, model) if found.weight is Weight.FINDING
    ]
    if findings:
        many = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        click.echo(f"{many}: 'mpspec cr lint {definition.path}' shows what is to be filled or mended.")


@command.command(name="lint")
@root_option
@json_option
@click.argument("path", metavar="FILE", type=_file)
def lint_command(root: Path, as_json: bool, path: Path) -> None:
    """Check a definition (.toml) or a document (.docx).

    It exits 0 where there is no finding, 1 with each finding named, 2 where it could not run. Advice, which
    rests on customs that no public source could be read for, does not count.
    """
    found = change_request.lint(path, Model.load(root))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], indent=1, ensure_ascii=False))
    else:
        for finding in found:
            click.echo(str(finding))
    faults = sum(finding.weight is Weight.FINDING for finding in found)
    if not as_json:
        click.echo(f"{path}: {faults} findings, {len(found) - faults} advice.")
    sys.exit(1 if faults else 0)


@command.command(name="diff")
@root_option
@click.argument("old", type=_file)
@click.argument("new", type=_file)
def diff_command(root: Path, old: Path, new: Path) -> None:
    """Show what changed between two revisions, word by word: definitions or documents."""
    lines = list(change_request.differences(old, new, Model.load(root)))
    for line in lines:
        click.echo(line)
    sys.exit(1 if lines else 0)


@command.command(name="new")
@root_option
@click.option("-o", "--output", required=True, type=_file, help="The .toml to write.")
@click.option("--specification", prompt="Specification that is changed", help="Such as 'TS 23.333'.")
@click.option("--title", prompt="Title", help="What the change is, in a few words.")
@click.option("--source", prompt="Source to WG (company)", default="<Source to WG>", help="Your company.")
@click.option("--release", prompt="Release", help="Such as 'Rel-12'.")
@click.option("--category", prompt="Category", type=click.Choice(list(CATEGORIES)), help="One letter.")
@click.option("--work-items", prompt="Work item code", default="<Work item code>", help="Such as 'TEI12'.")
@click.option(
    "--statement",
    "statements",
    multiple=True,
    help="A statement that moves: 'MP_BFCP_003', or 'MP_BFCP_003=5.20.2'. Again for more.",
)
@click.option("--clause", "clauses", multiple=True, help="A title of the target: '5.20.2=End-to-end ...'.")
def new_command(
    root: Path,
    output: Path,
    specification: str,
    statements: tuple[str, ...],
    clauses: tuple[str, ...],
    **cover: str,
) -> None:
    """Write the definition of a new CR; what is missing is asked."""
    model = Model.load(root)
    if not statements:
        statements = tuple(click.prompt("Statements that move, with spaces between").split())
    moves = [move for text in statements for move in Move.parse(text, model)]
    titles = clause_titles(clauses)
    definition = write_new(output, new_definition(model, specification, cover, moves, titles))
    click.echo(f"Wrote {output}.")
    _tell_of(definition, model)


@command.command(name="revise")
@root_option
@click.argument("path", metavar="FILE.toml", type=_file)
@click.option("--what", prompt="What the revision changes", help="For the revision history.")
@click.option("--tdoc", default="", help="Tdoc number of the revision, once it is allocated.")
@click.option("--date", default="", help="Date of the revision, such as 2026-11-23.")
def revise_command(root: Path, path: Path, what: str, tdoc: str, date: str) -> None:
    """Make the next revision of a definition; marks stay against the baseline."""
    model = Model.load(root)
    definition = Definition.load(path)
    carried = (
        [found.statement.id for found in change_request.planned(definition, model).carried]
        if definition.kind is ChangeKind.CR
        else []
    )
    number = revise(definition, model, carried, what=what, tdoc=tdoc, date=date)
    click.echo(f"{path} is revision {number} now.")


@command.command(name="import")
@root_option
@json_option
@click.argument("path", metavar="FILE.docx", type=_file)
@click.option("--definition", type=_file, help="The definition that it was made from, if it does not say.")
@click.option("--baseline", type=_file, help="The baseline that it was exported with.")
@click.option("--apply", "do_apply", is_flag=True, help="Write the edits into reqs/.")
@click.option("--clause", help="Read this clause of a foreign document into a draft of a page.")
@click.option("--ids", default="NEW", show_default=True, help="Prefix of the IDs of a draft.")
@click.option("-o", "--output", type=_file, help="File for the draft; else standard output.")
def import_command(
    root: Path,
    as_json: bool,
    path: Path,
    definition: Path | None,
    baseline: Path | None,
    do_apply: bool,
    clause: str | None,
    ids: str,
    output: Path | None,
) -> None:
    """Take an edited document back, or draft a page from a foreign clause.

    It shows every edit against reqs/, and exits 1 where there is one, 0 where there is none.
    """
    model = Model.load(root)
    if clause is not None:
        if do_apply or definition is not None or baseline is not None:
            raise CannotRun("The draft of a foreign clause has no option but --ids and -o.")
        page = change_request.draft(path, clause, ids, model.requirements)
        if output is None:
            click.echo(page, nl=False)
        else:
            write_beside(output, page.encode())
            click.echo(f"Wrote {output}.")
        return
    if output is not None:
        raise CannotRun("-o is for the draft of a foreign clause: name that with --clause.")
    found = change_request.returned(path, model, definition, baseline)
    if as_json:
        report = {
            "definition": found.definition.name,
            "edits": [asdict(edit) for edit in found.edits],
            "comments": [asdict(comment) for comment in found.comments],
        }
        click.echo(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        _show(found)
    if do_apply:
        _apply(found, model)
        return
    sys.exit(1 if found.edits or found.comments else 0)


def _show(found: change_request.Returned) -> None:
    for edit in found.edits:
        click.echo(_described(edit))
        click.echo(f"    {edit.words}")
    for comment in found.comments:
        click.echo(f"comment by {comment.author} on {comment.statement or 'no statement'}: {comment.on}")
        click.echo(f"    {comment.text}")
    click.echo(f"Edits: {len(found.edits)}. Comments: {len(found.comments)}.")


def _described(edit: StatementEdit) -> str:
    by = f" by {', '.join(edit.authors)}" if edit.authors else ""
    place = f" in clause {edit.clause}" if edit.clause else " outside of the clauses"
    after = f" after {edit.after}" if edit.after and not edit.anchor else ""
    return f"{edit.statement or 'text'}: {edit.kind}{place}{after}{by}"


def _apply(found: change_request.Returned, model: Model) -> None:
    paths, left = change_request.apply(found, model)
    for path in paths:
        click.echo(f"Wrote {path}.")
    for edit in left:
        click.echo(f"Not written, reqs/ has no place for it: {_described(edit)}\n    {edit.words}")
    if not paths:
        click.echo("Nothing was written.")
