"""Decoding MSRP messages for a person: line by line, with each rule that they break."""

import re
from collections.abc import Iterator
from dataclasses import replace

from mediasec.errors import Finding, MalformedMessage
from mediasec.msrp.head import StartLine, split
from mediasec.msrp.message import Request, Response
from mediasec.msrp.registry import Flag, HeaderName, StatusCode
from mpspec.model import CannotRun
from mpspec.protocol.octets import read_source
from mpspec.protocol.parts import DecodedMessages, Part

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


def read_stream(source: str) -> bytes:
    """Return the octets of one message or more.

    Text whose lines all end with LF is taken as if they ended with CRLF, as editors leave it.

    Args:
        source: The name of a file, `-` for standard input, or the messages themselves.

    Raises:
        CannotRun: There are no messages in it.
    """
    data, name = read_source(source)
    if name == "the argument" and not data.startswith(b"MSRP "):
        raise CannotRun(f"{source} cannot be read: it is no file.")
    return data if b"\r\n" in data else data.replace(b"\n", b"\r\n")


def decode(octets: bytes) -> DecodedMessages:
    """Take messages apart, one after the other; one without a start line or an end-line is the last.

    Args:
        octets: The messages, of one direction or of both, without anything between them.
    """
    messages: list[Part] = []
    findings: list[Finding] = []
    fault = None
    offset = 0
    while offset < len(octets) and fault is None:
        try:
            one = _next_message(octets, offset)
            part, found = _decode_one(one)
            findings += (replace(each, where=f"message[{len(messages)}].{each.where}") for each in found)
        except MalformedMessage as error:
            fault = MalformedMessage(error.reason, offset=offset)
            part = Part(name="not understood", octets=octets[offset:])
        messages.append(part)
        offset += part.length
    return DecodedMessages(messages=tuple(messages), findings=tuple(findings), fault=fault)


def _next_message(octets: bytes, offset: int) -> bytes:
    """Return the octets of the message at an offset.

    Raises:
        MalformedMessage: It has no start line or no end-line.
    """
    end = octets.find(b"\r\n", offset)
    start = StartLine.parse(octets[offset : end if end >= 0 else len(octets)])
    ending = re.compile(rb"\r\n-------" + re.escape(start.transaction_id.encode()) + rb"[+$#]\r\n")
    match = ending.search(octets, max(end, offset))
    if match is None:
        raise MalformedMessage("there is no end-line")
    return octets[offset : match.end()]


def _decode_one(octets: bytes) -> tuple[Part, list[Finding]]:
    start, lines, body, flag = split(octets)
    parts = [_start_part(start), *map(_header_part, lines), *_body_parts(body)]
    end = f"{start.transaction_id} {flag} ({_FLAGS[flag]})"
    length = len(octets) - sum(part.length for part in parts)
    parts.append(Part(name="end-line", value=end, size=length, section="RFC 4975, 7.1"))
    name = f"MSRP {start.method or f'response {start.code:03d}'}"
    return Part(name=name, parts=tuple(parts)), _findings(start, lines, body, flag)


def _findings(start: StartLine, lines: list[bytes], body: bytes | None, flag: Flag) -> list[Finding]:
    try:
        if start.method is not None:
            return Request.parse_head(start, lines, body=body, flag=flag).check()
        if body is not None:
            raise MalformedMessage("the response has a body")
        return Response.parse_head(start, lines, flag=flag).check()
    except MalformedMessage as error:
        return [
            Finding(
                requirement="MSRP_036",
                where="head",
                message=f"The message does not parse: {error.reason}.",
                reply=StatusCode.UNINTELLIGIBLE,
            )
        ]


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
