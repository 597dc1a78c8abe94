"""`mpspec trace`: what proves each requirement."""

import datetime
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from mpspec.cli.options import json_option, root_option
from mpspec.model.files import write_beside
from mpspec.model.reviews import PATH as REVIEWS
from mpspec.model.reviews import record
from mpspec.trace import Trace, matrix, show, worklist


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
    reviewed = [known[identity.upper()] for identity in dict.fromkeys(identities)]
    record(root, reviewed, by=str(by).strip(), date=day, note=note)
    click.echo(f"{len(reviewed)} recorded in {REVIEWS.as_posix()}.")
