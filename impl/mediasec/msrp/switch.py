"""The switch of a conference: what one sends goes to all others, and reports go back end to end."""

from dataclasses import dataclass, field

from mediasec.errors import LocalProtocolError
from mediasec.msrp.events import (
    Event,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    MessageSent,
    SessionFailed,
)
from mediasec.msrp.receiving import IncomingMessage
from mediasec.msrp.registry import StatusCode
from mediasec.msrp.session import Session

MAX_PENDING_MESSAGES = 256
"""The most messages that wait for one participant; for a slower one, messages fail."""


@dataclass(slots=True, eq=False)
class _Relayed:
    """A message on its way from one participant to the others."""

    source: Session
    message: IncomingMessage
    waiting: set[Session] = field(default_factory=set)
    delivered: bool = False
    failure: int | None = None


class Switch:
    """Hands on messages between the sessions of a conference.

    It is to be given every event of its sessions, in their order.
    """

    def __init__(self) -> None:
        self._participants: dict[Session, None] = {}
        self._relayed: dict[tuple[Session, str], _Relayed] = {}

    @property
    def participants(self) -> tuple[Session, ...]:
        """The sessions of the conference, in the order in which they joined."""
        return tuple(self._participants)

    def join(self, session: Session) -> None:
        """Add a session to the conference."""
        self._participants[session] = None

    def leave(self, session: Session) -> None:
        """Take a session out of the conference; it neither sends nor gets any more."""
        self._participants.pop(session, None)

    def take(self, event: Event) -> None:
        """Act on an event of one of the sessions."""
        match event:
            case MessageReceived():
                self._relay(event.session, event.message)
            case MessageSent() | MessageDelivered() | MessageFailed():
                self._conclude(event)
            case SessionFailed():
                self.leave(event.session)

    def _relay(self, source: Session, message: IncomingMessage) -> None:
        """Send a message to every other participant.

        Source:
            MSRP_089 (TS 24.247, 9.2.3)
            MSRP_090 (RFC 4975, 5.3)
        """
        if source not in self._participants:
            return
        relayed = _Relayed(source, message)
        for participant in self._participants:
            if participant is not source and not participant.over:
                self._send(relayed, participant)
        self._report(relayed)

    def _send(self, relayed: _Relayed, participant: Session) -> None:
        """Send a message to one participant, with the reports that its sender asked for.

        Source:
            MSRP_089 (TS 24.247, 9.2.3)
            MSRP_090 (RFC 4975, 5.3)
            MSRP_091 (RFC 4975, 5.3)
        """
        message = relayed.message
        if participant.pending >= MAX_PENDING_MESSAGES:
            relayed.failure = StatusCode.TIMEOUT
            return
        try:
            message_id = participant.send(
                message.body,
                message.content_type,
                success_report=message.wants_success_report,
                failure_report=message.wanted_failures,
                headers=tuple(
                    header for header in message.headers if header.name.lower().startswith("content-")
                ),
                message_id=None if participant.is_sending(message.message_id) else message.message_id,
            )
        except LocalProtocolError as error:
            relayed.failure = error.findings[0].reply or StatusCode.NOT_ALLOWED
            return
        relayed.waiting.add(participant)
        self._relayed[participant, message_id] = relayed

    def _conclude(self, event: MessageSent | MessageDelivered | MessageFailed) -> None:
        """Take note of what became of a message at one participant.

        Source:
            MSRP_090 (RFC 4975, 5.3)
        """
        relayed = self._relayed.get((event.session, event.message_id))
        if relayed is None:
            return
        if isinstance(event, MessageSent) and relayed.message.wants_success_report:
            return
        del self._relayed[event.session, event.message_id]
        relayed.waiting.discard(event.session)
        if not isinstance(event, MessageFailed):
            relayed.delivered = True
        elif event.code is not None:
            relayed.failure = event.code
        self._report(relayed)

    def _report(self, relayed: _Relayed) -> None:
        """Report to the sender once nothing is open: success if all have it, failure if none has.

        Source:
            MSRP_090 (RFC 4975, 5.3)
        """
        if relayed.waiting:
            return
        if relayed.delivered and relayed.failure is None:
            relayed.source.report_success(relayed.message)
        elif relayed.failure is not None and not relayed.delivered:
            relayed.source.report_failure(relayed.message, relayed.failure)
