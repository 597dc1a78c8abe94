"""`mpspec decode`: a message, field by field."""

import json
import sys

import click

from mpspec.cli.options import json_option
from mpspec.protocol.mikey_decode import decode
from mpspec.protocol.mikey_input import read_message


@click.group()
def command() -> None:
    """Show a MIKEY, BFCP or MSRP message field by field."""


@command.command()
@json_option
@click.option("--show-keys", is_flag=True, help="Show key material; without it only its length.")
@click.argument("message")
def mikey(as_json: bool, show_keys: bool, message: str) -> None:
    """Show a MIKEY message with the place, name and defining section of each field.

    MESSAGE is a file, `-` for standard input, or the message itself: in base64, in hex, or in a line
    a=key-mgmt:mikey. A file holds the message in octets or in one of these forms, or is an SDP description.
    """
    decoded = decode(read_message(message), show_keys=show_keys)
    if as_json:
        click.echo(json.dumps(decoded.as_json(), indent=1, ensure_ascii=False))
    else:
        click.echo("offset length  field")
        click.echo("\n".join(decoded.part.lines()))
    if decoded.fault is not None:
        click.echo(f"mpspec: The message does not parse: {decoded.fault}.", err=True)
        sys.exit(1)
