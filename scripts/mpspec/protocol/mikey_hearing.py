"""Hearing MIKEY in SDP and in HTTP."""

from collections.abc import Iterator

from mediasec.errors import MalformedMessage
from mediasec.mikey.composition import COMPOSITIONS
from mediasec.mikey.message import Message
from mediasec.mikey.registry import DataType
from mpspec.model import CannotRun
from mpspec.protocol import mikey_check
from mpspec.protocol.hearing import Heard, unfinished
from mpspec.protocol.mikey_input import message_in

_MAX_LINE = 1 << 16
_MOST_DIGITS = 10


class MikeyHearing:
    """Hears MIKEY in SDP and in HTTP.

    In SDP it is wherever a line has a=key-mgmt, and a response is checked with its initial message. In HTTP
    it is a body of a known length whose media type is that of MIKEY (RFC 3830, 10.1).

    Args:
        initial: The initial messages heard so far, by CSB ID, on this and other connections.
    """

    def __init__(self, initial: dict[int, bytes]) -> None:
        self._initial = initial
        self._waiting = b""
        self._is_mikey = False
        self._length = 0
        self._body = 0

    def opposite(self) -> "MikeyHearing":
        """Return what hears the other direction of the connection."""
        return MikeyHearing(self._initial)

    def take(self, octets: bytes) -> Iterator[Heard]:
        """Take the next octets and yield the messages that they complete."""
        self._waiting += octets
        start = 0
        while True:
            end = start + self._body if self._body else self._waiting.find(b"\n", start) + 1
            if end > len(self._waiting) or not end:
                break
            piece, start = self._waiting[start:end], end
            if self._body:
                self._body = 0
                yield self.hear(piece)
            else:
                yield from self._in_line(piece)
                self._in_header(piece.strip().lower())
        self._waiting = self._waiting[start:] if self._body else self._waiting[start:][-_MAX_LINE:]

    def end(self) -> Iterator[Heard]:
        """Take note of the end, and yield the message in a last line without an end of its own."""
        if self._body:
            yield unfinished("MIKEY", "MKY_004", len(self._waiting))
        else:
            yield from self._in_line(self._waiting)

    def _in_header(self, line: bytes) -> None:
        """Take a line of the header of HTTP; after the empty one comes the body."""
        name, _, value = line.partition(b":")
        if name == b"content-type":
            self._is_mikey = value.strip() == b"application/mikey"
        elif name == b"content-length" and value.strip().isdigit() and len(value) < _MOST_DIGITS:
            self._length = int(value)
        elif not line:
            if self._is_mikey and self._length <= _MAX_LINE:
                self._body = self._length
            self._is_mikey, self._length = False, 0

    def _in_line(self, line: bytes) -> Iterator[Heard]:
        if b"key-mgmt:" not in line:
            return
        try:
            octets = message_in(line, "a=key-mgmt")
        except CannotRun:
            # Another protocol than MIKEY, or base64 that is broken: the check of SDP is what tells of it.
            return
        yield self.hear(octets)

    def hear(self, octets: bytes) -> Heard:
        """Return what one message is, and the rules that it breaks."""
        try:
            header = Message.parse_unchecked(octets).header
        except MalformedMessage:
            findings = mikey_check.check(octets)
            return Heard(
                protocol="MIKEY", name="message", rule="MKY_004", findings=tuple(f for _, f in findings)
            )
        kind = header.data_type
        before = self._initial.get(header.csb_id)
        if kind == DataType.TRANSFER_RESP and before is not None:
            found = [finding for place, finding in mikey_check.check(before, octets) if place == "response"]
        else:
            found = [finding for _, finding in mikey_check.check(octets)]
        if kind == DataType.TRANSFER_INIT:
            self._initial[header.csb_id] = octets
        return Heard(
            protocol="MIKEY",
            name=kind.name if isinstance(kind, DataType) else f"data type {kind}",
            fields={"csb": f"{header.csb_id:08x}"},
            rule=COMPOSITIONS[kind].requirement if kind in COMPOSITIONS else "MKY_004",
            findings=tuple(found),
        )
