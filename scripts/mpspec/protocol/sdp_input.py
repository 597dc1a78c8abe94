"""Finding a session description in what a person has at hand: a file or standard input, of SDP or of SIP."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from mpspec.model import CannotRun

_MAX_OCTETS = 4 << 20
_MAX_DEPTH = 3
_MAX_PARTS = 64
_START_LINE = re.compile(rb"[\r\n]*(?:[A-Z]+ [^ \r\n]+ SIP/2\.0|SIP/2\.0 [0-9]{3}[^\r\n]*)\r?\n")
_EMPTY_LINE = re.compile(rb"^\r?\n", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]+")
_BOUNDARY = re.compile(r";\s*boundary\s*=\s*(?:\"(?P<quoted>[^\"]+)\"|(?P<plain>[^\s;\"]+))", re.IGNORECASE)
_SHORT_NAMES = {"c": "content-type", "l": "content-length", "e": "content-encoding"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSdp:
    """A session description and where it was found.

    Attributes:
        name: What its source is called.
        octets: The description.
        first_line: Line of the source at which it begins, from 1.
    """

    name: str
    octets: bytes
    first_line: int = 1


def read_sdp(source: str) -> FoundSdp:
    """Return the description in a source.

    Args:
        source: The name of a file of SDP, or of a SIP message with it; `-` for standard input.

    Raises:
        CannotRun: It cannot be read, or holds no description.
    """
    if source == "-":
        return sdp_in(sys.stdin.buffer.read(_MAX_OCTETS + 1), "standard input")
    try:
        with open(source, "rb") as file:
            return sdp_in(file.read(_MAX_OCTETS + 1), source)
    except OSError as error:
        raise CannotRun(f"{source} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CannotRun(f"{source!r} is not the name of a file.") from error


def sdp_in(data: bytes, name: str) -> FoundSdp:
    """Return the description in octets of SDP or of a SIP message.

    Args:
        data: The octets.
        name: What they are called in an error.

    Raises:
        CannotRun: They hold no description.
    """
    if len(data) > _MAX_OCTETS:
        raise CannotRun(f"{name} holds more than {_MAX_OCTETS} octets.")
    if not data.strip():
        raise CannotRun(f"{name} is empty.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"v\0", b"\0v")):
        raise CannotRun(f"{name} is text in UTF-16; SDP is in octets of UTF-8.")
    if data.startswith(b"\xef\xbb\xbf"):
        raise CannotRun(f"{name} begins with a byte order mark; SDP begins with 'v=0'.")
    if data.startswith(b"v="):
        return FoundSdp(name=name, octets=data)
    start = _START_LINE.match(data)
    if start is None:
        raise CannotRun(f"{name} is neither SDP, which begins with 'v=0', nor a SIP message.")
    return _in_entity(data, start.end(), len(data), name)


def _in_entity(data: bytes, start: int, end: int, name: str) -> FoundSdp:
    """Find the description in headers and a body: the body itself, or the first such part of a multipart.

    Args:
        data: All octets.
        start: Where the headers begin.
        end: Where the body ends.
        name: What the octets are called in an error.
    """
    for headers, first, last in _leaves(data, start, end, depth=0):
        if not headers.get("content-type", "").lower().startswith("application/sdp"):
            continue
        coding = headers.get("content-encoding") or headers.get("content-transfer-encoding", "")
        if coding.lower() not in ("", "identity", "binary", "7bit", "8bit"):
            raise CannotRun(f"{name} holds SDP in a coding that is not read here: {coding[:40]!a}.")
        octets = data[first:last]
        if not octets.strip():
            raise CannotRun(f"{name} is a SIP message whose SDP body is empty.")
        return FoundSdp(name=name, octets=octets, first_line=data.count(b"\n", 0, first) + 1)
    raise CannotRun(f"{name} is a SIP message without a body of application/sdp.")


def _leaves(data: bytes, start: int, end: int, depth: int) -> Iterator[tuple[dict[str, str], int, int]]:
    """Yield headers, begin and end of each body that is no multipart, in their order."""
    empty = _EMPTY_LINE.search(data, start, end)
    if empty is None:
        return
    headers = _headers(data[start : empty.start()])
    first = empty.end()
    last = _body_end(data, first, end, headers.get("content-length", ""))
    content_type = headers.get("content-type", "")
    boundary = _BOUNDARY.search(content_type)
    if content_type.lower().startswith("multipart/") and boundary is not None and depth < _MAX_DEPTH:
        text = boundary["quoted"] or boundary["plain"]
        for part_start, part_end in _parts(data, first, last, text):
            yield from _leaves(data, part_start, part_end, depth + 1)
    else:
        yield headers, first, last


def _headers(octets: bytes) -> dict[str, str]:
    """Return the header fields, by their full names in lower case; of two with one name the first."""
    headers: dict[str, str] = {}
    for line in _FOLD.sub(b" ", octets).splitlines():
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            name = name.strip().lower()
            headers.setdefault(_SHORT_NAMES.get(name, name), value.strip())
    return headers


def _body_end(data: bytes, first: int, end: int, length: str) -> int:
    """Return where a body ends: where its Content-Length says, if that is the end of a line.

    Where line endings were changed when the message was saved it does not fit, and is passed over.
    """
    if not (length.isascii() and length.isdigit() and len(length) < 10):
        return end
    last = first + int(length)
    return last if first < last < end and data[last - 1 : last] == b"\n" else end


def _parts(data: bytes, first: int, last: int, boundary: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each part of a multipart body."""
    escaped = re.escape(boundary.encode())
    delimiter = re.compile(rb"^--" + escaped + rb"(?P<close>--)?[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
    begin = None
    for count, match in enumerate(delimiter.finditer(data, first, last)):
        if begin is not None:
            end = match.start()
            # The line ending before a delimiter belongs to the delimiter (RFC 2046, 5.1.1).
            end -= 2 if data[end - 2 : end] == b"\r\n" else 1
            yield begin, max(begin, end)
        if match["close"] or count == _MAX_PARTS:
            return
        begin = match.end()
    if begin is not None:
        yield begin, last
