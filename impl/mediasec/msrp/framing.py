"""A stream of octets into the pieces of MSRP messages, with bounded memory.

A request comes as `RequestBegun`, any number of `BodyReceived`, and `RequestEnded`, so that a chunk of any
size passes through without being held; a response comes whole. A head that does not parse comes as
`Unintelligible`, and its body is skipped; a start line that does not parse leaves nothing to go by, and ends
the stream.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from mediasec.errors import MalformedMessage
from mediasec.msrp.head import HeaderFields, StartLine, end_line_start
from mediasec.msrp.message import Request, Response
from mediasec.msrp.registry import Flag

MAX_LINE_OCTETS = 8192
"""The longest line of a head accepted, in octets, its CRLF not counted."""

MAX_HEAD_OCTETS = 32768
"""The longest head accepted, in octets: start line and header fields."""

_CRLF = b"\r\n"
_FLAGS = {flag.encode() + _CRLF: flag for flag in Flag}
_AFTER_MARKER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBegun:
    """The head of a request.

    Attributes:
        request: The request with neither body nor flag.
        has_body: Whether a body follows.
    """

    request: Request
    has_body: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyReceived:
    """The next octets of the request's body.

    Attributes:
        data: At least one octet.
    """

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEnded:
    """The end-line of the request.

    Attributes:
        flag: Its continuation flag.
    """

    flag: Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Unintelligible:
    """A message whose start line can be read and whose rest cannot; what follows of it is skipped.

    Attributes:
        start: The start line.
        paths: The header fields up to the paths; None where these cannot be read either.
        reason: What is wrong, in one plain sentence.
    """

    start: StartLine
    paths: HeaderFields | None
    reason: str


Event = RequestBegun | BodyReceived | RequestEnded | Response | Unintelligible


class _State(Enum):
    """What the next octets are."""

    START = auto()
    HEAD = auto()
    BODY = auto()
    SKIPPED = auto()


class Framing:
    """Finds the messages in a stream, whatever pieces it comes in."""

    def __init__(self) -> None:
        self._buffer = b""
        self._taken = 0
        self._state = _State.START
        self._start = StartLine(transaction_id="")
        self._marker = b""
        self._lines: list[bytes] = []
        self._head_octets = 0
        self._searched = 0

    @property
    def at_boundary(self) -> bool:
        """Whether no message is under way."""
        return self._state is _State.START and not self._buffer

    def receive(self, data: bytes) -> Iterator[Event]:
        """Take the next octets and yield what they complete.

        The iterator is to be run to its end before the next call.

        Raises:
            MalformedMessage: A start line does not parse; the stream cannot be followed any further.

        Source:
            MSRP_062 (RFC 4975, 7.1.1)
        """
        self._buffer += data
        while (events := self._advance()) is not None:
            yield from events
        self._buffer = self._buffer[self._taken :]
        self._searched = max(self._searched - self._taken, 0)
        self._taken = 0

    def _advance(self) -> tuple[Event, ...] | None:
        """Take one more line or piece of a body; None where it takes more octets."""
        match self._state:
            case _State.START:
                return self._take_start_line()
            case _State.HEAD:
                return self._take_head()
            case _:
                return self._take_body()

    def _take_start_line(self) -> tuple[Event, ...] | None:
        line = self._take_line()
        if line is None:
            return None
        self._start = StartLine.parse(line)
        self._marker = _CRLF + end_line_start(self._start.transaction_id)
        self._lines = []
        self._head_octets = len(line)
        self._state = _State.HEAD
        return ()

    def _take_head(self) -> tuple[Event, ...] | None:
        """Take the rest of a head, line by line."""
        try:
            while (line := self._take_line()) is not None:
                if not line:
                    return self._begin_body()
                flag = self._flag_of(line)
                if flag is not None:
                    return self._end_without_body(flag)
                self._lines.append(line)
                self._head_octets += len(line)
                if self._head_octets > MAX_HEAD_OCTETS:
                    raise MalformedMessage(f"the head is longer than {MAX_HEAD_OCTETS} octets")
        except MalformedMessage as error:
            return self._skip(error.reason)
        return None

    def _take_line(self) -> bytes | None:
        """Take a line without its CRLF; None where it is not whole yet.

        Raises:
            MalformedMessage: The line is too long; nothing is taken.
        """
        at = self._find(_CRLF)
        length = (at if at >= 0 else len(self._buffer) - 1) - self._taken
        if length > MAX_LINE_OCTETS:
            raise MalformedMessage(f"a line is longer than {MAX_LINE_OCTETS} octets")
        if at < 0:
            self._searched = max(len(self._buffer) - 1, 0)
            return None
        return self._take(at, skip=len(_CRLF))

    def _find(self, octets: bytes) -> int:
        return self._buffer.find(octets, max(self._taken, self._searched))

    def _take(self, end: int, *, skip: int = 0) -> bytes:
        """Take what is left of the buffer up to a place, and skip some octets after it."""
        data = self._buffer[self._taken : end]
        self._taken = end + skip
        return data

    def _flag_of(self, line: bytes) -> Flag | None:
        """Return the flag of a line that is this message's end-line."""
        beginning = self._marker[len(_CRLF) :]
        return _FLAGS.get(line[len(beginning) :] + _CRLF) if line.startswith(beginning) else None

    def _begin_body(self) -> tuple[Event, ...]:
        if self._start.method is None:
            raise MalformedMessage("the response has a body")
        request = Request.parse_head(self._start, self._lines)
        self._state = _State.BODY
        return (RequestBegun(request=request, has_body=True),)

    def _end_without_body(self, flag: Flag) -> tuple[Event, ...]:
        self._state = _State.START
        try:
            if self._start.method is None:
                return (Response.parse_head(self._start, self._lines, flag=flag),)
            request = Request.parse_head(self._start, self._lines)
        except MalformedMessage as error:
            return (self._unintelligible(error.reason),)
        return RequestBegun(request=request, has_body=False), RequestEnded(flag=flag)

    def _skip(self, reason: str) -> tuple[Event, ...]:
        """Skip what follows up to the end-line, which may come at once: the line before it is read."""
        self._buffer = _CRLF + self._buffer[self._taken :]
        self._taken = self._searched = 0
        self._state = _State.SKIPPED
        return (self._unintelligible(reason),)

    def _unintelligible(self, reason: str) -> Unintelligible:
        try:
            paths = HeaderFields.parse(self._lines[:2])
        except MalformedMessage:
            paths = None
        return Unintelligible(start=self._start, paths=paths, reason=reason)

    def _take_body(self) -> tuple[Event, ...] | None:
        at = self._find(self._marker)
        if at < 0:
            return self._take_data(self._end_of_data())
        end = at + len(self._marker)
        last = self._buffer[end : end + _AFTER_MARKER]
        if flag := _FLAGS.get(last):
            ended = () if self._state is _State.SKIPPED else (RequestEnded(flag=flag),)
            events = self._take_data(at) or ()
            self._take(end + _AFTER_MARKER)
            self._state = _State.START
            return *events, *ended
        if any(ending.startswith(last) for ending in _FLAGS):
            return self._take_data(at)
        self._searched = at + len(_CRLF)
        return ()

    def _end_of_data(self) -> int:
        """Return where the buffer ends without what may be the beginning of the end-line."""
        tail = max(len(self._buffer) - len(self._marker) + 1, self._taken)
        at = self._buffer.rfind(self._marker[:1], tail)
        return at if at >= 0 and self._marker.startswith(self._buffer[at:]) else len(self._buffer)

    def _take_data(self, end: int) -> tuple[Event, ...] | None:
        """Take octets of a body up to a place; None where there are none to take."""
        if end <= self._taken:
            return None
        data = self._take(end)
        return () if self._state is _State.SKIPPED else (BodyReceived(data=data),)
