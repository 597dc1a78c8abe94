"""Decoding MSRP for a person: the messages in a stream of octets, line by line, and the rules they break."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediasec.errors import Finding, MalformedMessage
from mediasec.msrp.head import StartLine, split
from mediasec.msrp.message import Request, Response
from mediasec.msrp.registry import Flag, HeaderName
from mpspec.model import CannotRun
from mpspec.protocol.parts import Part

_MAX_OCTETS = 64 << 20
_SHOWN_CHARACTERS = 60

_SECTIONS = {
    HeaderName.TO_PATH: "RFC 4975, 7.1",
    HeaderName.FROM_PATH: "RFC 4975, 7.1",
    HeaderName.MESSAGE_ID: "RFC 4975, 7.1.1",
    HeaderName.SUCCESS_REPORT: "RFC 4975, 7.1.1",
    HeaderName.FAILURE_REPORT: "RFC 4975, 7.1.1",
    HeaderName.BYTE_RANGE: "RFC 4975, 7.1.1",
    HeaderName.STATUS: "RFC 4975, 7.1.2",
    HeaderName.CONTENT_TYPE: "RFC 4975, 7.1",
}
_SECTION_OF = {name.lower(): section for name, section in _SECTIONS.items()}
_FLAGS = {Flag.COMPLETE: "complete", Flag.MORE: "more follows", Flag.ABORTED: "given up"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """One message taken apart.

    Attributes:
        offset: Where it begins in the stream.
        part: The message and its fields.
        findings: The requirements that it breaks.
        fault: Why it does not parse; None if it does.
    """

    offset: int
    part: Part
    findings: tuple[Finding, ...] = ()
    fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the message for a machine."""
        described = self.part.as_json(self.offset)
        described["findings"] = [
            {"requirement": found.requirement, "where": found.where, "message": found.message}
            for found in self.findings
        ]
        if self.fault is not None:
            described["fault"] = self.fault
        return described


def read_stream(source: str) -> bytes:
    """Return the octets of a file or, for `-`, of standard input.

    Text whose lines all end with LF is taken as if they ended with CRLF, as editors leave it.

    Raises:
        CannotRun: They cannot be read, or are too many.
    """
    try:
        if source == "-":
            data = sys.stdin.buffer.read(_MAX_OCTETS + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(_MAX_OCTETS + 1)
    except (OSError, ValueError) as error:
        raise CannotRun(f"{source} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if not data or len(data) > _MAX_OCTETS:
        raise CannotRun(
            f"{source} is empty." if not data else f"{source} holds more than {_MAX_OCTETS} octets."
        )
    return data if b"\r\n" in data else data.replace(b"\n", b"\r\n")


def decode(octets: bytes) -> Iterator[Decoded]:
    """Take a stream of messages apart; one without a start line or an end-line is the last.

    Args:
        octets: The messages, one after the other, of one direction or of both.
    """
    offset = 0
    while offset < len(octets):
        message = _next_message(octets, offset)
        if isinstance(message, str):
            rest = Part(name="not understood", octets=octets[offset:])
            yield Decoded(offset=offset, part=Part(name="MSRP", parts=(rest,)), fault=message)
            return
        yield _decode_one(message, offset)
        offset += len(message)


def _next_message(octets: bytes, offset: int) -> bytes | str:
    """Return the octets of the message at an offset, or why there is none."""
    end = octets.find(b"\r\n", offset)
    try:
        start = StartLine.parse(octets[offset : end if end >= 0 else len(octets)])
    except MalformedMessage as error:
        return error.reason
    ending = re.compile(rb"\r\n-------" + re.escape(start.transaction_id.encode()) + rb"[+$#]\r\n")
    match = ending.search(octets, max(end, offset))
    return octets[offset : match.end()] if match else "there is no end-line"


def _decode_one(octets: bytes, offset: int) -> Decoded:
    start, lines, body, flag = split(octets)
    parts = [_start_part(start), *map(_header_part, lines), *_body_parts(body)]
    end = f"{start.transaction_id} {flag} ({_FLAGS[flag]})"
    length = len(octets) - sum(part.length for part in parts)
    parts.append(Part(name="end-line", value=end, size=length, section="RFC 4975, 7.1"))
    name = f"MSRP {start.method or f'response {start.code:03d}'}"
    part = Part(name=name, parts=tuple(parts))
    try:
        message: Request | Response
        if start.method is not None:
            message = Request.parse_head(start, lines, body=body, flag=flag)
        elif body is None:
            message = Response.parse_head(start, lines, flag=flag)
        else:
            raise MalformedMessage("the response has a body")
    except MalformedMessage as error:
        return Decoded(offset=offset, part=part, fault=error.reason)
    return Decoded(offset=offset, part=part, findings=tuple(message.check()))


def _start_part(start: StartLine) -> Part:
    octets = start.serialize()
    return Part(name="start line", value=octets[:-2].decode(), size=len(octets), section="RFC 4975, 9")


def _header_part(line: bytes) -> Part:
    name, separator, value = line.decode(errors="backslashreplace").partition(": ")
    if not separator:
        return Part(name="not understood", octets=line + b"\r\n")
    section = _SECTION_OF.get(name.lower(), "RFC 4975, 12")
    return Part(name=name, value=value, size=len(line) + 2, section=section)


def _body_parts(body: bytes | None) -> Iterator[Part]:
    if body is None:
        return
    yield Part(name="empty line", value="\\r\\n", size=2, section="RFC 4975, 7.1")
    yield Part(name="body", value=_text(body), octets=body, section="RFC 4975, 7.1")
    yield Part(name="line end", value="\\r\\n", size=2, section="RFC 4975, 7.1")


def _text(body: bytes) -> str:
    """Return the beginning of a body that is printable text; nothing for any other."""
    try:
        text = body.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        return ""
    first, _, rest = text.partition("\n")
    first = first.rstrip("\r")
    if not first.isprintable():
        return ""
    shown = first[:_SHOWN_CHARACTERS]
    return shown if shown == first and not rest else f"{shown}... ({len(body)} octets)"
