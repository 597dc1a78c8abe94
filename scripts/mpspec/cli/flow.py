"""`mpspec flow`: call flows that run."""

import difflib
import json
import os
import sys
from typing import Any

import click
from rich.console import Console

from mpspec.cli.options import json_option
from mpspec.flows.catalog import FLOWS
from mpspec.flows.flow import Flow
from mpspec.flows.ladder import Ladder
from mpspec.flows.recording import Arrow
from mpspec.flows.running import run_flow
from mpspec.model import CannotRun


@click.group()
def command() -> None:
    """Run the flows of the clause between KMS, UE, MRFC and MRFP, and show each message."""


@command.command(name="list")
@json_option
def list_command(as_json: bool) -> None:
    """List the flows: name, title and where each comes from."""
    if as_json:
        described = [{"name": flow.name, "title": flow.title, "clauses": flow.clauses} for flow in FLOWS]
        click.echo(json.dumps(described, indent=1, ensure_ascii=False))
        return
    for flow in FLOWS:
        click.echo(f"{flow.name}\n    {flow.title} ({'; '.join(flow.clauses)})")


@command.command()
@json_option
@click.option("--decode", is_flag=True, help="Show each message field by field.")
@click.argument("name")
def run(as_json: bool, decode: bool, name: str) -> None:
    """Run a flow on loopback and show each message as it is sent.

    It exits 0 where the flow ended as it should, 1 where it did not, 2 where it could not run.
    """
    flow = _flow(name)
    if as_json:

        def put(described: dict[str, Any]) -> None:
            click.echo(json.dumps(described, ensure_ascii=False))

        def told(arrow: Arrow) -> None:
            put({"kind": "arrow", **arrow.as_json(decoded=decode)})

        recording = run_flow(flow, observer=told)
        put({"kind": "end", **recording.end_as_json()})
    else:
        ladder = Ladder(_console(), flow, decode=decode)
        ladder.begin()
        recording = run_flow(flow, observer=ladder.show)
        ladder.end(recording)
    sys.exit(1 if recording.problems else 0)


def _console() -> Console:
    return Console(color_system=None if os.environ.get("NO_COLOR") else "auto", soft_wrap=True)


def _flow(name: str) -> Flow:
    """Return the flow of a name.

    Raises:
        CannotRun: There is none.
    """
    flows = {flow.name: flow for flow in FLOWS}
    if name not in flows:
        near = [each for each in flows if name in each][:3] or difflib.get_close_matches(name, flows)
        hint = f"Did you mean {' or '.join(near)}?" if near else "See `mpspec flow list`."
        raise CannotRun(f"There is no flow {name!r}. {hint}")
    return flows[name]
