"""Text lines in octets: bounded, each with the line ending that it came with."""

from dataclasses import dataclass
from typing import Literal

from mediasec.errors import MalformedMessage

LineEnding = Literal[b"\r\n", b"\n", b""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line.

    Attributes:
        octets: The line without its ending.
        ending: CRLF, LF, or nothing at the end of the data.
    """

    octets: bytes
    ending: LineEnding


def split_lines(data: bytes, *, max_length: int, max_lines: int) -> list[Line]:
    """Split octets into lines at LF, with the CR before it.

    Args:
        data: Octets; any content.
        max_length: The longest line accepted, in octets, its ending not counted.
        max_lines: The largest number of lines accepted.

    Raises:
        MalformedMessage: A limit is passed.
    """
    lines: list[Line] = []
    start = 0
    while start < len(data):
        newline = data.find(b"\n", start, start + max_length + 2)
        end = len(data) if newline < 0 else newline
        ending: LineEnding = b"" if newline < 0 else b"\n"
        if newline > start and data[newline - 1 : newline] == b"\r":
            end, ending = newline - 1, b"\r\n"
        if end - start > max_length:
            raise MalformedMessage(f"a line is longer than {max_length} octets", offset=start)
        if len(lines) == max_lines:
            raise MalformedMessage(f"there are more than {max_lines} lines", offset=start)
        lines.append(Line(octets=data[start:end], ending=ending))
        start = end + len(ending)
    return lines
