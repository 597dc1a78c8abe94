"""One MSRP session for coroutines: messages wait for `receive`, and `send` waits for what became of one."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from mediasec.errors import EndpointError
from mediasec.msrp.events import (
    Event,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    MessageSent,
    SessionEstablished,
    SessionFailed,
)
from mediasec.msrp.fields import Header
from mediasec.msrp.receiving import IncomingMessage
from mediasec.msrp.registry import FailureReport
from mediasec.msrp.session import Carrier, Session
from mediasec.msrp.states import State
from mediasec.msrp.terms import Terms

MAX_INBOX_OCTETS = 16 * 2**20
"""How much a session may hold that its user has not taken, before its connection is not read any further."""

MAX_INBOX_MESSAGES = 1024
"""How many messages a session may hold that its user has not taken, before the same happens."""


class MessageRefused(EndpointError):
    """A message was refused, or not answered, or its fate is not known.

    Attributes:
        code: Status code; None where the session ended before there was news.
    """

    def __init__(self, code: int | None) -> None:
        why = "the session ended first" if code is None else f"status {code}"
        super().__init__(f"The message was not delivered: {why}.")
        self.code = code


class SessionEnded(EndpointError):
    """The session is over.

    Attributes:
        code: Status code that ended it; None where it was closed or its connection was lost.
    """

    def __init__(self, code: int | None) -> None:
        super().__init__("The session is over." if code is None else f"The session is over: status {code}.")
        self.code = code


class MsrpSession:
    """A session, used by coroutines.

    Args:
        core: The session without I/O.
        on_event: Is given each event, and messages do not wait for `receive`; None to keep them for it.
        changed: Called with session and connection when the user took a message or closed the session.

    Attributes:
        core: The session without I/O.
    """

    def __init__(
        self,
        core: Session,
        *,
        on_event: Callable[[Event], None] | None,
        changed: Callable[[Session, Carrier | None], None],
    ) -> None:
        self.core = core
        self._on_event = on_event
        self._changed = changed
        self._established: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._inbox: deque[IncomingMessage] = deque()
        self._inbox_octets = 0
        self._arrived = asyncio.Event()
        self._outcomes: dict[str, tuple[bool, asyncio.Future[Event]]] = {}
        self._code: int | None = None

    def __repr__(self) -> str:
        return f"<MsrpSession {self.core.state.value}>"

    @property
    def terms(self) -> Terms:
        """What offer and answer settled."""
        return self.core.terms

    @property
    def state(self) -> State:
        """Where the session stands."""
        return self.core.state

    async def established(self) -> None:
        """Return when the session is bound to a connection.

        Raises:
            SessionEnded: It is over before that.
        """
        if not self.core.over:
            await asyncio.shield(self._established)
        if self.core.over:
            raise SessionEnded(self._code)

    def post(
        self,
        body: bytes,
        content_type: str,
        *,
        success_report: bool = False,
        failure_report: FailureReport = FailureReport.YES,
        headers: tuple[Header, ...] = (),
        message_id: str | None = None,
    ) -> str:
        """Send a message and do not wait; the arguments are those of `Session.send`.

        Raises:
            LocalProtocolError: The session is over, or the message breaks a requirement.
        """
        return self.core.send(
            body,
            content_type,
            success_report=success_report,
            failure_report=failure_report,
            headers=headers,
            message_id=message_id,
        )

    async def send(
        self,
        body: bytes,
        content_type: str,
        *,
        success_report: bool = False,
        headers: tuple[Header, ...] = (),
        message_id: str | None = None,
    ) -> str:
        """Send a message, and return when the next hop has it or, with a success report, the receiver.

        Returns:
            Its Message-ID.

        Raises:
            LocalProtocolError: The session is over, or the message breaks a requirement.
            MessageRefused: It did not arrive.
        """
        name = self.post(
            body, content_type, success_report=success_report, headers=headers, message_id=message_id
        )
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._outcomes[name] = (success_report, future)
        try:
            event = await future
        finally:
            del self._outcomes[name]
        if isinstance(event, MessageFailed):
            raise MessageRefused(event.code)
        return name

    async def receive(self) -> IncomingMessage:
        """Return the next message, and report it as delivered if its sender wants that.

        Raises:
            SessionEnded: The session is over, and there is no message left.
        """
        while not self._inbox:
            if self.core.over:
                raise SessionEnded(self._code)
            self._arrived.clear()
            await self._arrived.wait()
        message = self._inbox.popleft()
        self._inbox_octets -= len(message.body)
        self.core.report_success(message)
        self._changed(self.core, self.core.carrier)
        return message

    async def __aiter__(self) -> AsyncIterator[IncomingMessage]:
        """Yield messages until the session is over."""
        try:
            while True:
                yield await self.receive()
        except SessionEnded:
            return

    def close(self) -> None:
        """End the session; its connection is closed if no other session uses it."""
        carrier = self.core.carrier
        self.core.close()
        self._let_go()
        self._changed(self.core, carrier)

    @property
    def crowded(self) -> bool:
        """Whether so much waits for the user that the connection is not to be read any further."""
        return self._inbox_octets > MAX_INBOX_OCTETS or len(self._inbox) > MAX_INBOX_MESSAGES

    def take(self, event: Event) -> None:
        """Take news of the session."""
        match event:
            case SessionEstablished():
                self._establish()
            case SessionFailed():
                self._code = event.code
            case MessageSent() | MessageDelivered() | MessageFailed():
                self._conclude(event)
            case MessageReceived() if self._on_event is None:
                self._inbox.append(event.message)
                self._inbox_octets += len(event.message.body)
                self._arrived.set()
        if self.core.over:
            self._let_go()
        if self._on_event is not None:
            self._on_event(event)

    def _let_go(self) -> None:
        """Wake whoever waits: the session is over."""
        self._establish()
        self._arrived.set()

    def _establish(self) -> None:
        if not self._established.done():
            self._established.set_result(None)

    def _conclude(self, event: MessageSent | MessageDelivered | MessageFailed) -> None:
        wants_delivery, future = self._outcomes.get(event.message_id, (False, None))
        if future is None or future.done() or (wants_delivery and isinstance(event, MessageSent)):
            return
        future.set_result(event)
