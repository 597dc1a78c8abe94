"""`mpspec decode`: a message, field by field."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import click

from mpspec.cli.options import json_option
from mpspec.protocol import bfcp_decode, msrp_decode
from mpspec.protocol.mikey_decode import Decoded, decode
from mpspec.protocol.mikey_input import read_message, read_messages
from mpspec.protocol.mikey_open import Opened, key_of, open_message
from mpspec.protocol.parts import DecodedMessages


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
    a=key-mgmt:mikey. A file holds the message in octets or in one of these forms, or is an SDP description;
    where that has a message for each stream, all are shown, and in JSON they are a list.

    The key after --psk is the one that protects the message: a pre-shared key or envelope key with the KMS,
    MPKi, or MPKr' of a forked TRANSFER_RESP.
    """
    key = None if psk is None else key_of(psk)
    answered = None if initial is None else read_message(initial)
    shown = [_Shown.of(octets, key, answered, show_keys=show_keys) for octets in read_messages(message)]
    if as_json:
        described = [each.as_json() for each in shown]
        click.echo(json.dumps(described if len(shown) > 1 else described[0], indent=1, ensure_ascii=False))
    for number, each in enumerate(shown, 1):
        which = f"Message {number} of {len(shown)}" if len(shown) > 1 else ""
        if not as_json:
            click.echo("\n".join([*filter(None, [which]), *each.lines()]))
        if each.complaint:
            click.echo(f"mpspec: {which}{': ' if which else ''}{each.complaint}", err=True)
    sys.exit(max(each.code for each in shown))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A MIKEY message as it is shown: its fields, and what the key says about it."""

    decoded: Decoded
    opened: Opened | None

    @classmethod
    def of(cls, octets: bytes, key: bytes | None, initial: bytes | None, *, show_keys: bool) -> Self:
        decoded = decode(octets, show_keys=show_keys)
        opened = None
        if key is not None and decoded.fault is None:
            opened = open_message(octets, key, initial, show_keys=show_keys)
        return cls(decoded=decoded, opened=opened)

    def as_json(self) -> dict[str, Any]:
        described = self.decoded.as_json()
        if self.opened is not None:
            described["opened"] = self.opened.as_json()
        return described

    def lines(self) -> Iterator[str]:
        yield "offset length  field"
        yield from self.decoded.part.lines()
        if self.opened is not None and self.opened.verified:
            yield from self.opened.keys.lines() if self.opened.keys is not None else ()
            yield self.opened.note

    @property
    def complaint(self) -> str:
        if self.decoded.fault is not None:
            return f"The message does not parse: {self.decoded.fault}."
        return self.opened.note if self.opened is not None and not self.opened.verified else ""

    @property
    def code(self) -> int:
        """The exit code: 2 where the key says nothing about the message, 1 where something is wrong."""
        if self.opened is not None and self.opened.verified is None:
            return 2
        return 1 if self.complaint else 0


@command.command()
@json_option
@click.argument("messages")
def bfcp(as_json: bool, messages: str) -> None:
    """Show BFCP messages field by field, and each rule that they break.

    MESSAGES is a file, `-` for standard input, or the messages themselves in hex or base64. A file holds
    them in octets or in one of these forms, one after the other as TCP carries them.
    """
    _show_messages(bfcp_decode.decode(bfcp_decode.read_stream(messages)), as_json)


@command.command()
@json_option
@click.argument("messages")
def msrp(as_json: bool, messages: str) -> None:
    """Show MSRP messages line by line, and each rule that they break.

    MESSAGES is a file, or `-` for standard input. It holds messages one after the other, as TCP carries
    them; lines may end with LF alone, as editors leave them, if all of them do.
    """
    _show_messages(msrp_decode.decode(msrp_decode.read_stream(messages)), as_json)


def _show_messages(decoded: DecodedMessages, as_json: bool) -> None:
    """Show the messages of a stream with each rule that they break, and exit by what was found."""
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
