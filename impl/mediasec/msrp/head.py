"""What every MSRP message is made of: start line, header fields, end-line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from mediasec.errors import Finding, MalformedMessage
from mediasec.msrp.fields import HEADER_NAME, IDENTIFIER, TEXT, Header
from mediasec.msrp.registry import Flag, HeaderName, Method, StatusCode
from mediasec.msrp.uri import Uri

MAX_PATH_URIS = 16
"""The most URIs accepted in a path; without relays there is one."""

_IDENTIFIER = IDENTIFIER.pattern.encode()
_REQUEST_START = re.compile(rb"MSRP (" + _IDENTIFIER + rb") ([A-Z]+)")
_RESPONSE_START = re.compile(rb"MSRP (" + _IDENTIFIER + rb") ([0-9]{3})(?: (.*))?", re.DOTALL)
_METHOD = re.compile(r"[A-Z]+")
_RESERVED = {name.lower() for name in HeaderName}
_HYPHENS = b"-------"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartLine:
    """First line of a request or a response.

    Attributes:
        transaction_id: Identifier of the transaction; 4 to 32 octets of US-ASCII.
        method: Method of a request; None in a response.
        code: Status code of a response, 0 to 999; None in a request.
        comment: Text for people in a response; UTF-8; None if none.
    """

    transaction_id: str
    method: Method | str | None = None
    code: int | None = None
    comment: str | None = None

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Read a start line.

        Args:
            line: The line without its CRLF.

        Raises:
            MalformedMessage: It is neither a request's nor a response's.

        Source:
            MSRP_013 (RFC 4975, 9)
            MSRP_014 (RFC 4975, 9)
            MSRP_015 (RFC 4975, 9)
        """
        if request := _REQUEST_START.fullmatch(line):
            method = request[2].decode()
            known = Method(method) if method in Method.__members__ else method
            return cls(transaction_id=request[1].decode(), method=known)
        if response := _RESPONSE_START.fullmatch(line):
            comment = None if response[3] is None else text_of(response[3])
            return cls(transaction_id=response[1].decode(), code=int(response[2]), comment=comment)
        raise MalformedMessage("the start line is not one of MSRP")

    def serialize(self) -> bytes:
        """Write the line with its CRLF."""
        if self.code is None:
            return f"MSRP {self.transaction_id} {self.method}\r\n".encode()
        comment = "" if self.comment is None else f" {self.comment}"
        return f"MSRP {self.transaction_id} {self.code:03d}{comment}\r\n".encode()

    def check(self) -> list[Finding]:
        """Return every requirement that the line breaks.

        Source:
            MSRP_013 (RFC 4975, 9)
            MSRP_014 (RFC 4975, 9)
        """
        findings = check_identifier(self.transaction_id, "transaction_id")
        if self.method is not None and not _METHOD.fullmatch(self.method):
            findings.append(finding("MSRP_013", "method", "The method is not made of capital letters."))
        if self.code is not None and not 0 <= self.code <= 999:
            findings.append(finding("MSRP_014", "code", "The status code does not have three digits."))
        if self.comment is not None and not TEXT.fullmatch(self.comment):
            findings.append(finding("MSRP_014", "comment", "The comment holds control characters."))
        return findings


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderFields:
    """Header fields of a message, in the order of the wire.

    Attributes:
        to_path: Value of To-Path.
        from_path: Value of From-Path.
        others: Every other header field.
    """

    to_path: tuple[Uri, ...]
    from_path: tuple[Uri, ...]
    others: tuple[Header, ...] = ()

    @classmethod
    def parse(cls, lines: Sequence[bytes]) -> Self:
        """Read the header fields of a message.

        Args:
            lines: The lines between start line and end-line or blank line, each without its CRLF.

        Raises:
            MalformedMessage: A line is no header field, a path is missing, or Content-Type is not the last.

        Source:
            MSRP_016 (RFC 4975, 9)
            MSRP_017 (RFC 4975, 7.1)
        """
        headers = [_header(line) for line in lines]
        names = [header.name.lower() for header in headers]
        if names[:2] != [HeaderName.TO_PATH.lower(), HeaderName.FROM_PATH.lower()]:
            raise MalformedMessage("the first header fields are not To-Path and From-Path")
        if HeaderName.CONTENT_TYPE.lower() in names[:-1]:
            raise MalformedMessage("Content-Type is not the last header field")
        known = [name for name in names if name in _RESERVED]
        if len(known) > len(set(known)):
            raise MalformedMessage("a header field stands twice that may stand once")
        return cls(
            to_path=_path(headers[0].value),
            from_path=_path(headers[1].value),
            others=tuple(headers[2:]),
        )

    def serialize(self) -> bytes:
        """Write the header fields, each with its CRLF."""
        to_path = " ".join(uri.serialize() for uri in self.to_path)
        from_path = " ".join(uri.serialize() for uri in self.from_path)
        others = "".join(f"{header.name}: {header.value}\r\n" for header in self.others)
        return f"To-Path: {to_path}\r\nFrom-Path: {from_path}\r\n{others}".encode()

    def values(self) -> dict[str, str]:
        """Return the value of each header field that RFC 4975 defines, by its name in small letters."""
        named = ((header.name.lower(), header.value) for header in self.others)
        return {name: value for name, value in named if name in _RESERVED}

    @property
    def unreserved(self) -> tuple[Header, ...]:
        """Header fields that RFC 4975 does not define: of MIME and of extensions.

        Source:
            MSRP_032 (RFC 4975, 12)
        """
        return tuple(header for header in self.others if header.name.lower() not in _RESERVED)

    def check(self) -> list[Finding]:
        """Return every requirement that the header fields break.

        Source:
            MSRP_016 (RFC 4975, 9)
        """
        findings = []
        for where, path in (("to_path", self.to_path), ("from_path", self.from_path)):
            if not path:
                findings.append(finding("MSRP_016", where, "The path holds no URI."))
        for number, header in enumerate(self.others):
            if not HEADER_NAME.fullmatch(header.name) or not TEXT.fullmatch(header.value):
                message = "A header field holds a character that it may not hold."
                findings.append(finding("MSRP_016", f"headers[{number}]", message))
        return findings


def end_line(transaction_id: str, flag: Flag) -> bytes:
    """Write an end-line.

    Source:
        MSRP_020 (RFC 4975, 7.1)
    """
    return _HYPHENS + transaction_id.encode() + flag.encode() + b"\r\n"


def end_line_start(transaction_id: str) -> bytes:
    """Return the end-line up to its flag.

    Source:
        MSRP_020 (RFC 4975, 7.1)
    """
    return _HYPHENS + transaction_id.encode()


def holds_end_line(body: bytes, transaction_id: str, start: int = 0) -> bool:
    """Return whether a body holds what would end its own request.

    Args:
        body: The body.
        transaction_id: Identifier of the transaction.
        start: Octets at the start of the body that do not count.

    Source:
        MSRP_022 (RFC 4975, 7.1)
    """
    beginning = end_line_start(transaction_id)
    at = body.find(beginning, start)
    while at >= 0:
        if body[at + len(beginning) : at + len(beginning) + 1] in (b"+", b"$", b"#"):
            return True
        at = body.find(beginning, at + 1)
    return False


def split(data: bytes) -> tuple[StartLine, list[bytes], bytes | None, Flag]:
    """Split one whole message into start line, header lines, body and flag.

    Args:
        data: The message with its end-line and nothing after it.

    Returns:
        The body is None where there is none.

    Raises:
        MalformedMessage: The octets are not one message.

    Source:
        MSRP_017 (RFC 4975, 7.1)
        MSRP_019 (RFC 4975, 7.1)
        MSRP_020 (RFC 4975, 7.1)
    """
    first, _, rest = data.partition(b"\r\n")
    start = StartLine.parse(first)
    beginning = end_line_start(start.transaction_id)
    rest, end, last = rest.rpartition(beginning)
    if not end or last not in (b"+\r\n", b"$\r\n", b"#\r\n"):
        raise MalformedMessage("the message does not end with its end-line")
    flag = Flag(last[:1].decode())
    head, blank, body = rest.partition(b"\r\n\r\n")
    if not blank:
        if rest and not rest.endswith(b"\r\n"):
            raise MalformedMessage("the end-line does not begin a line")
        return start, rest.split(b"\r\n")[:-1], None, flag
    if not body.endswith(b"\r\n"):
        raise MalformedMessage("the end-line does not begin a line")
    return start, head.split(b"\r\n"), body[:-2], flag


def finding(requirement: str, where: str, message: str) -> Finding:
    """Make a finding whose answer is 400."""
    return Finding(requirement=requirement, where=where, message=message, reply=StatusCode.UNINTELLIGIBLE)


def check_uris(*paths: tuple[Uri, ...]) -> list[Finding]:
    """Return every requirement that the URIs of paths break."""
    return [found for path in paths for uri in path for found in uri.check()]


def check_identifier(identifier: str, where: str) -> list[Finding]:
    """Check the form of a transaction ID or a Message-ID.

    Source:
        MSRP_015 (RFC 4975, 9)
    """
    if IDENTIFIER.fullmatch(identifier):
        return []
    return [finding("MSRP_015", where, "The identifier is not 4 to 32 letters, digits and '.-+%='.")]


def text_of(octets: bytes) -> str:
    """Decode text of a start line or header field.

    Raises:
        MalformedMessage: It is not UTF-8, or holds control characters.
    """
    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        raise MalformedMessage("the text is not UTF-8") from error
    if not TEXT.fullmatch(text):
        raise MalformedMessage("the text holds control characters")
    return text


def _header(line: bytes) -> Header:
    name, separator, value = text_of(line).partition(": ")
    if not separator or not HEADER_NAME.fullmatch(name):
        raise MalformedMessage("a line is not a header field")
    return Header(name, value)


def _path(value: str) -> tuple[Uri, ...]:
    texts = value.split(" ")
    if len(texts) > MAX_PATH_URIS:
        raise MalformedMessage(f"a path holds more than {MAX_PATH_URIS} URIs")
    return tuple(Uri.read(text) for text in texts)
