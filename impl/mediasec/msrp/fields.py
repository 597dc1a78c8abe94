"""Values of MSRP header fields: identifiers, byte ranges, report status, media types."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self

from mediasec.errors import MalformedMessage
from mediasec.msrp.registry import STATUS_NAMESPACE, StatusCode

MAX_RANGE_DIGITS = 15
"""The longest number accepted in a Byte-Range, in digits: no message is larger."""

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-+%=]{3,31}")
"""Form of transaction IDs and Message-IDs: 4 to 32 octets of US-ASCII."""

TEXT = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*")
"""Form of header values and comments."""

_WORD = r"[!#-'*+\-.0-9A-Z^-~]+"
HEADER_NAME = re.compile(rf"[A-Za-z](?:{_WORD})?")
"""Form of the name of a header field."""

MEDIA_TYPE = re.compile(
    rf"(?P<type>{_WORD}/{_WORD})"
    rf"(?:;{_WORD}(?:=(?:{_WORD}|\"(?:[\t\x20!#-\[\]-~\x80-\U0010ffff]|\\[\\\"])*\"))?)*",
)
"""Form of a media type with its parameters; the group `type` is the media type alone."""

_NUMBER = rf"[0-9]{{1,{MAX_RANGE_DIGITS}}}"
_BYTE_RANGE = re.compile(rf"({_NUMBER})-({_NUMBER}|\*)/({_NUMBER}|\*)")
_STATUS = re.compile(r"([0-9]{3}) ([0-9]{3})(?: (.*))?")


class Header(NamedTuple):
    """A header field that has no attribute of its own: an extension, or one of MIME.

    Attributes:
        name: Its name, as it stood; compared without regard to case.
        value: Its value; UTF-8 text without line ends.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """Where the body of a chunk stands in its message; the first octet of a message is number 1.

    Attributes:
        start: Position of the first octet.
        end: Position of the last octet; None for `*`, unknown or interruptible.
        total: Octets of the whole message; None for `*`, unknown.
    """

    start: int
    end: int | None = None
    total: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value of a Byte-Range header field.

        Raises:
            MalformedMessage: It is not of that form.
        """
        match = _BYTE_RANGE.fullmatch(text)
        if match is None:
            raise MalformedMessage("the Byte-Range is not of the form '1-25/25'")
        start, end, total = match.groups()
        return cls(
            start=int(start),
            end=None if end == "*" else int(end),
            total=None if total == "*" else int(total),
        )

    def serialize(self) -> str:
        """Write the value of the header field."""
        end = "*" if self.end is None else self.end
        total = "*" if self.total is None else self.total
        return f"{self.start}-{end}/{total}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a REPORT says of a message.

    Attributes:
        code: Status code, 0 to 999.
        namespace: Three digits; `000` for the codes of responses.
        comment: Text for people; UTF-8; None if none.
    """

    code: int
    namespace: str = STATUS_NAMESPACE
    comment: str | None = None

    @property
    def tells_failure(self) -> bool:
        """Whether it says that octets were not delivered, as a response with that code would."""
        return self.namespace == STATUS_NAMESPACE and self.code != StatusCode.OK

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value of a Status header field.

        Raises:
            MalformedMessage: It is not of that form.
        """
        match = _STATUS.fullmatch(text)
        if match is None:
            raise MalformedMessage("the Status is not of the form '000 200 OK'")
        return cls(namespace=match[1], code=int(match[2]), comment=match[3])

    def serialize(self) -> str:
        """Write the value of the header field."""
        comment = "" if self.comment is None else f" {self.comment}"
        return f"{self.namespace} {self.code:03d}{comment}"


def media_type_of(content_type: str) -> str:
    """Return the media type of a Content-Type value in lower case, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def accepts(entries: tuple[str, ...], content_type: str) -> bool:
    """Return whether a list such as that of `a=accept-types` admits a Content-Type value.

    Args:
        entries: Media types, each in full, as `text/*`, or `*`; parameters do not count.
        content_type: Value of a Content-Type header field.

    Source:
        MSRP_050 (RFC 4975, 8.6)
    """
    wanted = media_type_of(content_type)
    return not _listed(entries).isdisjoint((wanted, f"{wanted.partition('/')[0]}/*", "*"))


@lru_cache(maxsize=64)
def _listed(entries: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(media_type_of, entries))
