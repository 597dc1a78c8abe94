"""`mpspec flow`: call flows that run."""

import difflib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from mpspec.cli.options import json_option
from mpspec.flows.catalog import FLOWS
from mpspec.flows.flow import Flow
from mpspec.flows.folder import OPENS, check_is_ours, record
from mpspec.flows.ladder import Ladder, write
from mpspec.flows.playing import play
from mpspec.flows.recording import Arrow, Recording
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
    console = _console()
    for flow in FLOWS:
        write(console, flow.name, style="bold")
        write(console, f"{flow.title} ({'; '.join(flow.clauses)})", "    ")


@command.command()
@json_option
@click.option("--decode", is_flag=True, help="Show each message field by field.")
@click.option("--step", is_flag=True, help="Wait after each message, in virtual time.")
@click.argument("name")
def run(as_json: bool, decode: bool, step: bool, name: str) -> None:
    """Run a flow and show each message as it is sent.

    It runs on loopback. With --step, and where a host stands behind a NAT, it runs on a network in memory,
    whose time stands still while it waits. It exits 0 where the flow ended as it should, 1 where it did not,
    2 where it could not run.
    """
    flow = _flow(name)
    in_memory = step or any(each.hidden for each in flow.participants)
    if as_json:
        if step:
            raise CannotRun("--step is for people and --json for machines; say one of them.")
        recording = _perform(flow, in_memory, lambda arrow: _put("arrow", arrow.as_json(decoded=decode)))
        _put("end", recording.end_as_json())
    else:
        ladder = Ladder(_console(), flow, decode=decode)
        ladder.begin("It runs on a network in memory." if in_memory else "It runs on loopback.")

        def show(arrow: Arrow) -> None:
            ladder.show(arrow)
            while step and _asked_to_decode():
                ladder.show_decoded(arrow)

        recording = _perform(flow, in_memory, show)
        ladder.end(recording)
    sys.exit(1 if recording.problems else 0)


@command.command(name="record")
@json_option
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="Folder to write.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Decides all octets.")
@click.argument("name", metavar="NAME|all")
def record_command(as_json: bool, output: Path, seed: int, name: str) -> None:
    """Record a flow: the messages, a drawing, a capture, and the keys that open it.

    It runs on a network in memory, in virtual time, and the same seed gives the same files. The folder is
    that of the recording; with `all` it has a folder for each flow. A folder that holds something else than
    an earlier recording is left alone. It exits 0 where each flow ended as it should, 1 where one did not, 2
    where nothing could be recorded.
    """
    flows = {flow.name: output / flow.name for flow in FLOWS} if name == "all" else {_flow(name).name: output}
    for folder in flows.values():
        check_is_ours(folder)
    described, failed = [], False
    for each, folder in flows.items():
        recording = record(_flow(each), folder, seed)
        failed = failed or bool(recording.problems)
        described.append(
            {
                "name": each,
                "folder": str(folder),
                "messages": len(recording.arrows),
                "problems": recording.problems,
            }
        )
        if not as_json:
            click.echo(f"{folder}: {recording.flow.title}, {len(recording.arrows)} messages.")
            click.echo("".join(f"    {problem}\n" for problem in recording.problems), nl=False)
    if as_json:
        click.echo(json.dumps(described, indent=1, ensure_ascii=False))
    else:
        click.echo(f"To read a capture, in its folder: {OPENS}")
    sys.exit(1 if failed else 0)


def _perform(flow: Flow, in_memory: bool, observer: Callable[[Arrow], None]) -> Recording:
    return play(flow, observer=observer) if in_memory else run_flow(flow, observer=observer)


def _put(kind: str, described: dict[str, Any]) -> None:
    click.echo(json.dumps({"kind": kind, **described}, ensure_ascii=False))


def _asked_to_decode() -> bool:
    """Wait for a line of the user, and return whether it asks for the message."""
    click.echo("Enter goes on, d shows the message: ", nl=False, err=True)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return sys.stdin.readline().strip().lower() == "d"
    finally:
        signal.signal(signal.SIGINT, handler)


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
