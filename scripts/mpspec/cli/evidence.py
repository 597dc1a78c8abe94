"""`mpspec evidence`: what the tests notice."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mpspec.cli.options import json_option, root_option
from mpspec.evidence.mutant_store import Verdict, score
from mpspec.evidence.mutants import MutationResults, Target
from mpspec.model import CannotRun, Model

_WANTED_PERCENT = 85.0
"""Share of the mutants that the project's tests are to notice."""

_PLAIN_EVERY = 50
"""Mutants after which a line is written where there is no terminal."""


@click.group()
def command() -> None:
    """Look for faults in the code that its tests do not notice."""


@command.command()
@root_option
@json_option
@click.option("--requirement", "identities", metavar="ID", multiple=True, help="Only the code of this one.")
@click.option("--changed", metavar="BASE", help="Only code and tests that differ from this commit.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="Begin no mutant after so long.")
@click.option("-j", "workers", type=click.IntRange(1), default=os.cpu_count() or 1, help="Runs at a time.")
def mutants(
    root: Path,
    as_json: bool,
    identities: tuple[str, ...],
    changed: str | None,
    minutes: float | None,
    workers: int,
) -> None:
    """Change the implementing code in small ways and see whether its tests notice.

    Results are kept in tests/mutation/results.json, and only what changed since is run again. Exits 1 where
    the tests notice less than 85 % of the mutants.
    """
    model = Model.load(root)
    unknown = [identity for identity in identities if identity.upper() not in model.requirements]
    if unknown:
        raise click.UsageError(f"reqs/ has no requirement {', '.join(unknown)}.")
    results = MutationResults(model)
    wanted = _wanted(results.targets, {identity.upper() for identity in identities})
    if changed is not None:
        wanted = _changed(model.root, wanted, changed)
    console = Console(stderr=True)
    with Progress(
        TextColumn("Mutants"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)
            if not console.is_terminal and (done == total or done % _PLAIN_EVERY == 0):
                click.echo(f"{done} of {total} mutants", err=True)

        results.run(wanted, workers, show, None if minutes is None else 60 * minutes)
    found = {target.implementation: results.of(target.implementation.name) or () for target in wanted}
    not_run = [target for target in wanted if results.of(target.implementation.name) is None]
    caught = score(result for each in found.values() for result in each)
    if as_json:
        report = {code.name: [asdict(result) for result in each] for code, each in found.items()}
        answer = {"score": asdict(caught), "not_run": len(not_run), "definitions": report}
        click.echo(json.dumps(answer, indent=1))
    else:
        for code, each in found.items():
            for result in each:
                if result.verdict is Verdict.SURVIVED:
                    click.echo(f"{code.location.path}:{result.line}: survived in {code.name} ({result.id})")
                    click.echo("\n".join(f"    {line}" for line in result.diff.splitlines()))
        rest = f" {len(not_run)} of {len(wanted)} definitions did not run." if not_run else ""
        click.echo(f"{caught}: {caught.percent:.1f} %.{rest}")
    sys.exit(1 if caught.percent < _WANTED_PERCENT else 0)


def _wanted(targets: list[Target], identities: set[str]) -> list[Target]:
    """Return the definitions that claim one of these requirements; all where none is named."""
    if not identities:
        return targets
    return [target for target in targets if identities & set(target.implementation.requirements)]


def _changed(root: Path, targets: list[Target], base: str) -> list[Target]:
    """Return the definitions whose module or whose tests differ from a commit; new files differ."""
    paths: set[str] = set()
    for command_line in (
        ["diff", "--name-only", "--relative", "--end-of-options", base, "--"],
        ["ls-files", "--others", "--exclude-standard"],
    ):
        try:
            done = subprocess.run(
                ["git", "-C", str(root), *command_line], capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise CannotRun(f"git does not know what changed since {base}.") from error
        paths |= set(done.stdout.splitlines())
    return [
        target
        for target in targets
        if target.implementation.location.path in paths
        or paths & {node.partition("::")[0] for node in target.nodes}
    ]
