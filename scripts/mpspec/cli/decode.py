"""`mpspec decode`: a message, field by field."""

import json
import sys

import click

from mpspec.cli.options import json_option
from mpspec.protocol import bfcp_decode, msrp_decode
from mpspec.protocol.mikey_decode import decode
from mpspec.protocol.mikey_input import read_message
from mpspec.protocol.mikey_open import key_of, open_message


@click.group()
def command() -> None:
    """Show a MIKEY, BFCP or MSRP message field by field."""


@command.command()
@json_option
@click.option("--psk", metavar="HEX", help="Verify the MAC with this key, and open the KEMAC.")
@click.option("--initial", metavar="MESSAGE", help="The message that a response or an error answers.")
@click.option("--show-keys", is_flag=True, help="Show key material; without it only its length.")
@click.argument("message")
def mikey(as_json: bool, psk: str | None, initial: str | None, show_keys: bool, message: str) -> None:
    """Show a MIKEY message with the place, name and defining section of each field.

    MESSAGE is a file, `-` for standard input, or the message itself: in base64, in hex, or in a line
    a=key-mgmt:mikey. A file holds the message in octets or in one of these forms, or is an SDP description.

    The key after --psk is the one that protects the message: a pre-shared key or envelope key with the KMS,
    MPKi, or MPKr' of a forked TRANSFER_RESP.
    """
    octets = read_message(message)
    decoded = decode(octets, show_keys=show_keys)
    opened = None
    if psk is not None and decoded.fault is None:
        answered = None if initial is None else read_message(initial)
        opened = open_message(octets, key_of(psk), answered, show_keys=show_keys)
    if as_json:
        described = decoded.as_json()
        if opened is not None:
            described["opened"] = opened.as_json()
        click.echo(json.dumps(described, indent=1, ensure_ascii=False))
    else:
        click.echo("offset length  field")
        click.echo("\n".join(decoded.part.lines()))
        if opened is not None and opened.verified:
            click.echo("\n".join([*(opened.keys.lines() if opened.keys is not None else ()), opened.note]))
    if decoded.fault is not None:
        click.echo(f"mpspec: The message does not parse: {decoded.fault}.", err=True)
        sys.exit(1)
    if opened is not None and not opened.verified:
        click.echo(f"mpspec: {opened.note}", err=True)
        sys.exit(2 if opened.verified is None else 1)


@command.command()
@json_option
@click.argument("messages")
def bfcp(as_json: bool, messages: str) -> None:
    """Show BFCP messages field by field, and each rule that they break.

    MESSAGES is a file, `-` for standard input, or the messages themselves in hex or base64. A file holds
    them in octets or in one of these forms, one after the other as TCP carries them.
    """
    decoded = bfcp_decode.decode(bfcp_decode.read_stream(messages))
    if as_json:
        click.echo(json.dumps(decoded.as_json(), indent=1, ensure_ascii=False))
    else:
        click.echo("offset length  field")
        click.echo("\n".join(decoded.lines()))
        for finding in decoded.findings:
            click.echo(str(finding))
    if decoded.fault is not None:
        click.echo(f"mpspec: The message does not parse: {decoded.fault}.", err=True)
    if decoded.fault is not None or decoded.findings:
        sys.exit(1)


@command.command()
@json_option
@click.argument("messages")
def msrp(as_json: bool, messages: str) -> None:
    """Show MSRP messages line by line, and each rule that they break.

    MESSAGES is a file, or `-` for standard input. It holds messages one after the other, as TCP carries
    them; lines may end with LF alone, as editors leave them, if all of them do.
    """
    decoded = msrp_decode.decode(msrp_decode.read_stream(messages))
    if as_json:
        click.echo(json.dumps(decoded.as_json(), indent=1, ensure_ascii=False))
    else:
        click.echo("offset length  field")
        click.echo("\n".join(decoded.lines()))
        for finding in decoded.findings:
            click.echo(str(finding))
    if decoded.fault is not None:
        click.echo(f"mpspec: The message does not parse: {decoded.fault}.", err=True)
    if decoded.fault is not None or decoded.findings:
        sys.exit(1)
