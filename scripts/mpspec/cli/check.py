"""`mpspec check`: what breaks a rule."""

import json
import sys

import click

from mpspec.cli.options import json_option
from mpspec.protocol import mikey_check
from mpspec.protocol.mikey_input import read_message


@click.group()
def command() -> None:
    """Check an SDP offer or answer, a MIKEY message or a capture against the rules."""


@command.command()
@json_option
@click.argument("message")
@click.argument("response", required=False)
def mikey(as_json: bool, message: str, response: str | None) -> None:
    """Check a MIKEY message, or an initial message and its response, against the rules.

    MESSAGE and RESPONSE are as in `mpspec decode mikey`. It exits 0 where no rule is broken, 1 with each
    finding, 2 where there is no message.
    """
    findings = mikey_check.check(read_message(message), None if response is None else read_message(response))
    if as_json:
        click.echo(json.dumps(mikey_check.as_json(findings), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(mikey_check.as_lines(findings)) or "No rule is broken.")
    sys.exit(1 if findings else 0)
