"""The receiving side of a session: SEND requests into whole messages, or the code that refuses them."""

from collections import deque
from dataclasses import dataclass, field

from mediasec.msrp.fields import Header, accepts
from mediasec.msrp.message import Request
from mediasec.msrp.reassembly import Assembly, Memory
from mediasec.msrp.registry import FailureReport, Flag, StatusCode
from mediasec.msrp.uri import Uri

MAX_MESSAGE_OCTETS = 10 * 2**20
"""The longest message accepted unless the session says otherwise, in octets."""

MAX_OPEN_MESSAGES = 16
"""The most messages that one session may have under way at one time."""

MAX_REMEMBERED_MESSAGES = 1024
"""How many Message-IDs are remembered, to tell a duplicate or a refused message."""

MANDATORY_MEDIA_TYPES = (
    "message/cpim",
    "multipart/alternative",
    "multipart/mixed",
    "multipart/signed",
)
"""Media types that every endpoint is able to receive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """A whole message.

    Attributes:
        message_id: Its identifier; US-ASCII.
        from_path: Where it came from; a report goes there.
        content_type: Value of its Content-Type.
        headers: Header fields of MIME and of extensions that came with its first chunk.
        body: Its content, of any length.
        wants_success_report: Whether its sender wants to hear that it was delivered.
        wanted_failures: Which failures its sender wants to hear of.
        duplicate: Whether a message with this identifier came before.
    """

    message_id: str
    from_path: tuple[Uri, ...]
    content_type: str
    headers: tuple[Header, ...]
    body: bytes = field(repr=False)
    wants_success_report: bool
    wanted_failures: FailureReport
    duplicate: bool


class RecentMessages:
    """Identifiers of the messages that came last; the oldest are forgotten."""

    def __init__(self, limit: int = MAX_REMEMBERED_MESSAGES) -> None:
        self._order: deque[str] = deque()
        self._known: set[str] = set()
        self._limit = limit

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._known

    def add(self, message_id: str) -> None:
        """Remember an identifier."""
        if message_id in self._known:
            return
        self._known.add(message_id)
        self._order.append(message_id)
        if len(self._order) > self._limit:
            self._known.discard(self._order.popleft())


@dataclass(slots=True)
class _Open:
    """A message under way, with the first of its requests."""

    first: Request
    assembly: Assembly


class Receiver:
    """Takes the SEND requests of one session, one at a time.

    Args:
        accept_types: Media types that this side signalled; the mandatory ones are accepted in any case.
        max_octets: The longest message accepted, in octets.
        memory: Allowance for messages under way.
        recent: Identifiers of messages that came before, on this session or one that it replaces.
    """

    def __init__(
        self,
        *,
        accept_types: tuple[str, ...],
        max_octets: int,
        memory: Memory,
        recent: RecentMessages,
    ) -> None:
        self._accept_types = accept_types + MANDATORY_MEDIA_TYPES
        self._max_octets = max_octets
        self._memory = memory
        self._recent = recent
        self._refused = RecentMessages()
        self._open: dict[str, _Open] = {}
        self._current: _Open | None = None
        self._position = 0

    def begin(self, request: Request, *, has_body: bool) -> StatusCode:
        """Take the head of a SEND.

        Returns:
            `OK`, or the code to refuse it with; then neither its body nor its end is wanted.

        Source:
            MSRP_063 (RFC 4975, 14.5)
            MSRP_065 (RFC 4975, 7.3.1)
            MSRP_066 (RFC 4975, 7.3.1)
        """
        self._current = None
        if not has_body:
            return StatusCode.OK
        assert request.message_id is not None
        assert request.content_type is not None
        if not accepts(self._accept_types, request.content_type):
            return StatusCode.UNSUPPORTED_MEDIA_TYPE
        if request.message_id in self._refused or not self._is_sane(request):
            return StatusCode.STOP_SENDING
        message = self._open.get(request.message_id)
        if message is None:
            if len(self._open) >= MAX_OPEN_MESSAGES:
                return StatusCode.STOP_SENDING
            assembly = Assembly(max_octets=self._max_octets, memory=self._memory)
            message = self._open[request.message_id] = _Open(request, assembly)
        self._current = message
        self._position = request.byte_range.start - 1 if request.byte_range else 0
        return StatusCode.OK

    def _is_sane(self, request: Request) -> bool:
        """Return whether a message of the announced size would be accepted.

        Source:
            MSRP_063 (RFC 4975, 14.5)
        """
        announced = request.byte_range
        if announced is None:
            return True
        return max(announced.start - 1, announced.end or 0, announced.total or 0) <= self._max_octets

    def receive(self, data: bytes) -> StatusCode:
        """Take the next octets of the body.

        Returns:
            `OK`, or the code to refuse the message with.

        Source:
            MSRP_059 (RFC 4975, 7.3.1)
            MSRP_063 (RFC 4975, 14.5)
        """
        if self._current is None:
            return StatusCode.OK
        if not self._current.assembly.add(self._position, data):
            assert self._current.first.message_id is not None
            self._refused.add(self._current.first.message_id)
            self._forget(self._current)
            return StatusCode.STOP_SENDING
        self._position += len(data)
        return StatusCode.OK

    def end(self, flag: Flag) -> IncomingMessage | str | None:
        """Take the end of a SEND.

        Returns:
            The message if it is whole; its Message-ID if its sender aborted it; else None.

        Source:
            MSRP_057 (RFC 4975, 7.3.1)
            MSRP_058 (RFC 4975, 7.3.1)
            MSRP_060 (RFC 4975, 7.3.1)
            MSRP_064 (RFC 4975, 7.1)
        """
        message, self._current = self._current, None
        if message is None:
            return None
        if flag is Flag.ABORTED:
            self._forget(message)
            return message.first.message_id
        if flag is Flag.COMPLETE:
            message.assembly.finish(self._position)
        body = message.assembly.whole()
        if body is None:
            return None
        self._forget(message)
        return self._incoming(message.first, body)

    def _incoming(self, request: Request, body: bytes) -> IncomingMessage:
        """Make a message of its first request and its whole body.

        Source:
            MSRP_067 (RFC 4975, 5.4)
        """
        assert request.message_id is not None
        assert request.content_type is not None
        duplicate = request.message_id in self._recent
        self._recent.add(request.message_id)
        return IncomingMessage(
            message_id=request.message_id,
            from_path=request.from_path,
            content_type=request.content_type,
            headers=request.headers,
            body=body,
            wants_success_report=request.wants_success_report,
            wanted_failures=request.wanted_failures,
            duplicate=duplicate,
        )

    def _forget(self, message: _Open) -> None:
        message.assembly.drop()
        assert message.first.message_id is not None
        self._open.pop(message.first.message_id, None)
        self._current = None

    def close(self) -> None:
        """Drop every message under way and give its memory back."""
        for message in list(self._open.values()):
            self._forget(message)
