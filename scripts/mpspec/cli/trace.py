"""`mpspec trace`: what proves each requirement."""

import datetime
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from mpspec.change_request import text_of_clause
from mpspec.cli.options import json_option, root_option
from mpspec.evidence.mutants import MutationResults
from mpspec.evidence.store import Evidence
from mpspec.model import CannotRun, Model
from mpspec.model.files import read_foreign_text, write_beside
from mpspec.model.reviews import PATH as REVIEWS
from mpspec.model.reviews import record
from mpspec.model.source_text import from_heading
from mpspec.trace import Trace, matrix, sheet_text, show, upstream, worklist
from mpspec.trace.exchange import as_reqif, compared, read_reqif, records
from mpspec.trace.revisions import demand_commit, model_at
from mpspec.trace.sheet import Kind, impact, sheet
from mpspec.trace.standing import standings
from mpspec.trace.words import as_text
from mpspec.trace.workbook import as_workbook


@click.group()
def command() -> None:
    """Ask what proves each requirement, and what changed."""


@command.command()
@root_option
@json_option
@click.option("--evidence", type=click.Path(path_type=Path), help="Evidence of another run than the last.")
def check(root: Path, as_json: bool, evidence: Path | None) -> None:
    """Check that every requirement is implemented, tested and up to date.

    This is the gate. It exits 0 where nothing is wrong, 1 with each problem named, 2 where it could not run.
    """
    trace = Trace.load(root, evidence)
    counts = Counter(standing.status for standing in trace.standings.values())
    if as_json:
        report = {"counts": counts, "problems": [asdict(problem) for problem in trace.problems]}
        click.echo(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        for problem in trace.problems:
            click.echo(str(problem))
        stand = ", ".join(f"{count} {status}" for status, count in counts.most_common())
        missing, targets = trace.mutation.missing, trace.mutation.count
        if missing:
            click.echo(f"The mutants of {missing} of {targets} definitions have not run yet.")
        click.echo(f"{len(trace.standings)} requirements: {stand}. Problems: {len(trace.problems)}.")
    sys.exit(1 if trace.problems else 0)


@command.command(name="show")
@root_option
@json_option
@click.argument("identity", metavar="ID")
def show_command(root: Path, as_json: bool, identity: str) -> None:
    """Show all of one requirement: text, status, rules, code, tests and results."""
    trace = Trace.load(root)
    identity = identity.upper()
    if identity not in trace.model.requirements:
        click.echo(f"mpspec: reqs/ has no requirement {identity}.", err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(show.described(trace, identity), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(show.lines(trace, identity)))


@command.command(name="matrix")
@root_option
@click.option("--format", "form", type=click.Choice(sorted(matrix.FORMATS)), default="md", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; else standard output.")
def matrix_command(root: Path, form: str, output: Path | None) -> None:
    """Write the matrix: a row for each requirement with its rules, code and tests."""
    text = matrix.FORMATS[form](Trace.load(root))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_beside(output, text.encode())


_EXPORTS: dict[str, Callable[[Trace], bytes]] = {
    "csv": lambda trace: matrix.as_csv(trace).encode(),
    "json": lambda trace: matrix.as_json(trace).encode(),
    "md": lambda trace: matrix.as_markdown(trace).encode(),
    "reqif": lambda trace: as_reqif(trace).encode(),
    "xlsx": as_workbook,
}


@command.command()
@root_option
@click.option("--format", "form", type=click.Choice(list(_EXPORTS)), required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="File to write.")
def export(root: Path, form: str, output: Path) -> None:
    """Write the requirements with their links and results for another tool."""
    write_beside(output, _EXPORTS[form](Trace.load(root)))
    click.echo(f"{output} written.")


@command.command(name="import")
@root_option
@json_option
@click.argument("path", metavar="FILE.reqif", type=click.Path(path_type=Path))
def import_command(root: Path, as_json: bool, path: Path) -> None:
    """Compare a ReqIF file, ours or another tool's, with reqs/; nothing is changed.

    It exits 1 where the file differs.
    """
    differences = compared(records(Trace.load(root)), read_reqif(path))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in differences], indent=1, ensure_ascii=False))
    else:
        for each in differences:
            click.echo(f"{each.kind:8} {each.id or '-'}  {as_text(each.text)}")
            for name, ours, theirs in each.fields:
                click.echo(f"         {name}: {ours or 'none'} -> {theirs or 'none'}")
        click.echo(f"{len(differences)} differences.")
    sys.exit(1 if differences else 0)


@command.command()
@root_option
@json_option
@click.argument("identities", metavar="[ID]...", nargs=-1)
@click.option("--by", metavar="NAME", help="Who read the text.")
@click.option("--note", default="", help="What there is to say about it.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day of the review; by default today.")
@click.option("--list", "list_only", is_flag=True, help="List what is to be reviewed, suspects first.")
def review(
    root: Path,
    as_json: bool,
    identities: tuple[str, ...],
    by: str | None,
    note: str,
    date: datetime.datetime | None,
    list_only: bool,
) -> None:
    """Record that somebody reviewed these requirements as they stand now."""
    trace = Trace.load(root)
    if list_only:
        entries = worklist.entries(trace)
        if as_json:
            click.echo(json.dumps([asdict(entry) for entry in entries], indent=1, ensure_ascii=False))
        else:
            click.echo("\n".join(worklist.lines(entries)))
        sys.exit(1 if any(entry.suspect for entry in entries) else 0)
    if not identities or not (by or "").strip():
        raise click.UsageError("Name the requirements and, with --by, who reviewed them; or use --list.")
    known = trace.model.requirements
    unknown = [identity for identity in identities if identity.upper() not in known]
    if unknown:
        raise click.UsageError(f"reqs/ has no requirement {', '.join(unknown)}; nothing was recorded.")
    day = (date or datetime.datetime.now()).strftime("%Y-%m-%d")
    reviewed = [known[identity] for identity in dict.fromkeys(map(str.upper, identities))]
    if date is not None and date > datetime.datetime.now():
        raise click.UsageError(f"{day} is not yet; nothing was recorded.")
    for requirement in reviewed:
        last = trace.model.last_review.get(requirement.id)
        if last is not None and last.date > day:
            raise click.UsageError(
                f"{requirement.id} has a review on {last.date} already; nothing was recorded."
            )
        if last is not None and (last.by, last.date, last.fingerprint) == (
            str(by).strip(),
            day,
            requirement.fingerprint,
        ):
            raise click.UsageError(f"{requirement.id} has this review already; nothing was recorded.")
    record(root, reviewed, by=str(by).strip(), date=day, note=note)
    click.echo(f"{len(reviewed)} recorded in {REVIEWS.as_posix()}.")


_FAIL_ON = {"nothing": set(), "strength": {Kind.STRENGTH, Kind.REMOVED, Kind.REPLACED}, "any": set(Kind)}
"""Each policy of `diff`, with the kinds of change that make it exit 1."""


@command.command()
@root_option
@click.argument("revisions", metavar="BASE[..HEAD]")
@click.option(
    "--format", "form", type=click.Choice(sorted(sheet_text.FORMATS)), default="md", show_default=True
)
@click.option("--site", default="", metavar="URL", help="Address of the site, to link each requirement.")
@click.option(
    "--base-evidence",
    type=click.Path(path_type=Path),
    help="Evidence of BASE, to show what changed its status.",
)
@click.option("--fail-on", type=click.Choice(list(_FAIL_ON)), default="nothing", show_default=True)
def diff(root: Path, revisions: str, form: str, site: str, base_evidence: Path | None, fail_on: str) -> None:
    """Write the review sheet of a change: from a commit to another, or to the work tree.

    It exits 1 where a requirement changed that --fail-on names: one that was removed, gave its ID to another
    or changed its strength, or any.
    """
    base, dots, head = revisions.partition("..")
    for revision in [base, head] if head else [base]:
        demand_commit(root, revision)
    now = Trace.load(root)
    with model_at(root, base) as before:
        known = (
            standings(before, Evidence.load(base_evidence), MutationResults(before), now.strengths)
            if base_evidence
            else {}
        )
        if dots and head:
            with model_at(root, head) as after:
                entries = sheet(before, after, {}, {}, _flows())
        else:
            entries = sheet(before, now.model, known, now.standings, _flows())
    click.echo(sheet_text.FORMATS[form](entries, site), nl=False)
    sys.exit(1 if any(entry.kind in _FAIL_ON[fail_on] for entry in entries) else 0)


def _flows() -> dict[str, set[str]]:
    """Return the names of the flows that show or break a requirement, by its ID."""
    from mpspec.flows.catalog import FLOWS  # The nodes are loaded where a command asks for flows alone.

    found: dict[str, set[str]] = {}
    for flow in FLOWS:
        for identity in [*flow.finds, *(each for rung in flow.ladder for each in rung.shows)]:
            found.setdefault(identity, set()).add(flow.name)
    return found


@command.command(name="impact")
@root_option
@json_option
@click.argument("subject", metavar="ID|PATH")
def impact_command(root: Path, as_json: bool, subject: str) -> None:
    """Show what a change of a requirement or of a file would touch."""
    model = Trace.load(root).model
    known = subject.upper() if subject.upper() in model.requirements else subject
    found = impact(model, known, _flows())
    if found is None:
        raise CannotRun(f"'{subject}' is neither a requirement nor a file of the project.")
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
        return
    for head, names in asdict(found).items():
        click.echo(f"{head.replace('_', ' ').capitalize()} ({len(names)})")
        for name in names:
            click.echo(f"  {name}")


@command.command(name="upstream")
@root_option
@json_option
@click.argument("path", metavar="NEW.txt|NEW.docx", type=click.Path(path_type=Path))
def upstream_command(root: Path, as_json: bool, path: Path) -> None:
    """Compare a new version of the source clause with the statements.

    It exits 1 where the new version differs.
    """
    model = Trace.load(root).model
    found = upstream.compare(model, _source_text(path, model))
    if all(each.fate in {upstream.Fate.GONE, upstream.Fate.NEW} for each in found):
        raise CannotRun(f"{path} holds no statement of the clause, not even a changed one.")
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=1, ensure_ascii=False))
    else:
        for each in found:
            if each.fate is upstream.Fate.UNCHANGED:
                continue
            click.echo(f"{each.fate:8} {each.id or '-'}  {as_text(each.text)}")
            if each.touches is not None:
                click.echo(
                    f"         touches {len(each.touches.requirements)} requirements, "
                    f"{len(each.touches.code)} definitions, {len(each.touches.tests)} tests"
                )
        counts = Counter(each.fate for each in found)
        click.echo(", ".join(f"{counts[fate]} {fate}" for fate in upstream.Fate) + ".")
    sys.exit(1 if any(each.fate is not upstream.Fate.UNCHANGED for each in found) else 0)


def _source_text(path: Path, model: Model) -> str:
    """Return the clause in a file; of a text without its heading, all of it."""
    if path.suffix.lower() == ".docx":
        return text_of_clause(path, model.pages[0].number)
    text = read_foreign_text(path)
    return from_heading(text) or text
