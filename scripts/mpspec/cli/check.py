"""`mpspec check`: what breaks a rule."""

import json
import os
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from mpspec.cli.options import json_option
from mpspec.model import CannotRun
from mpspec.protocol import mikey_check, sdp_check
from mpspec.protocol.capture_check import CaptureCheck
from mpspec.protocol.mikey_input import read_messages
from mpspec.protocol.sdp_input import read_sdp

_STYLES = {"head": "bold", "shall": "red", "should": "yellow", "text": ""}


@click.group()
def command() -> None:
    """Check an SDP offer or answer, a MIKEY message or a capture against the rules."""


@command.command()
@json_option
@click.argument("message")
@click.argument("response", required=False)
def mikey(as_json: bool, message: str, response: str | None) -> None:
    """Check a MIKEY message, or an initial message and its response, against the rules.

    MESSAGE and RESPONSE are as in `mpspec decode mikey`; where they have a message for each stream, the
    messages belong together in their order. It exits 0 where no rule is broken, 1 with each finding, 2 where
    there is no message.
    """
    messages = read_messages(message)
    responses = None if response is None else read_messages(response)
    findings = mikey_check.check_all(messages, responses)
    notes = mikey_check.notes([*messages, *(responses or ())])
    if as_json:
        click.echo(json.dumps(mikey_check.as_json(findings), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(mikey_check.as_lines(findings)) or "No rule is broken.")
    click.echo("\n".join(notes), nl=bool(notes), err=True)
    sys.exit(1 if findings else 0)


@command.command()
@json_option
@click.option(
    "--role",
    type=click.Choice(sorted(sdp_check.ROLES)),
    default="ue",
    show_default=True,
    help="Who made OFFER: the conference (mrfc), a UE for the conference (ue), or a UE for another UE.",
)
@click.option("--previous", metavar="FILE", help="What the same side sent before, if OFFER is a later offer.")
@click.argument("offer")
@click.argument("answer", required=False)
def sdp(as_json: bool, role: str, previous: str | None, offer: str, answer: str | None) -> None:
    """Check an SDP offer, or an offer and its answer, against the rules.

    OFFER and ANSWER are files, or `-` for standard input: of SDP, or of a SIP message with it in its body.
    With both, and no rule broken, it says for each stream who opens TCP and who starts TLS. It exits 0 where
    no rule is broken, 1 with each finding, 2 where there is no SDP to check.
    """
    if [offer, answer, previous].count("-") > 1:
        raise CannotRun("Standard input can be read once; name files for the others.")
    report = sdp_check.check(
        read_sdp(offer),
        None if answer is None else read_sdp(answer),
        None if previous is None else read_sdp(previous),
        role,
    )
    if as_json:
        click.echo(json.dumps(sdp_check.as_json(report), indent=1))
    else:
        console = Console(color_system=None if os.environ.get("NO_COLOR") else "auto", soft_wrap=True)
        for kind, line in sdp_check.as_lines(report):
            console.print(Text(line, style=_STYLES[kind]))
    sys.exit(1 if report.findings else 0)


@command.command()
@json_option
@click.option("--keylog", metavar="FILE", type=Path, help="Secrets of TLS connections, as SSLKEYLOGFILE.")
@click.argument("capture", type=Path)
def pcap(as_json: bool, keylog: Path | None, capture: Path) -> None:
    """Check every MIKEY, MSRP and BFCP message in a capture against the rules.

    CAPTURE is a file in the pcap or pcapng format. MIKEY is found in SDP and in HTTP, MSRP and BFCP on any
    TCP port. With a key log, or keys in the capture, tshark decrypts what TLS carries. It exits 0 where no
    rule is broken, 1 with each finding, 2 where there is no message.
    """
    check = CaptureCheck(capture, keylog)
    described, broken, found = [], False, False
    for message in check.messages():
        found, broken = True, broken or bool(message.heard.findings)
        if as_json:
            described.append(message.as_json())
        else:
            click.echo("\n".join(message.lines()))
    if not found:
        raise CannotRun(" ".join([f"{capture} holds no message of MIKEY, MSRP or BFCP.", *check.notes]))
    if as_json:
        click.echo(json.dumps({"messages": described, "notes": check.notes}, indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(check.notes), nl=bool(check.notes), err=True)
    sys.exit(1 if broken else 0)
