"""One MSRP session: its states, what it sends and what it makes of what it receives."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from mediasec.errors import Finding, LocalProtocolError
from mediasec.msrp.deliveries import Deliveries, Outcome
from mediasec.msrp.events import (
    Event,
    MessageAborted,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    MessageSent,
    SessionEstablished,
    SessionFailed,
)
from mediasec.msrp.fields import Header, media_type_of
from mediasec.msrp.message import Request
from mediasec.msrp.reassembly import Memory
from mediasec.msrp.receiving import IncomingMessage, Receiver, RecentMessages
from mediasec.msrp.registry import FailureReport, Flag, Method, StatusCode
from mediasec.msrp.reports import failure_report, success_report
from mediasec.msrp.sending import ChunkSent, NewIdentifier, Outbox, Outgoing
from mediasec.msrp.states import TRANSITIONS, State, Trigger
from mediasec.msrp.terms import Terms

_UNWANTED = {StatusCode.STOP_SENDING, StatusCode.UNSUPPORTED_MEDIA_TYPE}
_NO_SESSION = {StatusCode.NO_SUCH_SESSION, StatusCode.SESSION_IN_USE}


class Carrier(Protocol):
    """What a session needs of the connection that it is bound to."""

    @property
    def outbox(self) -> Outbox:
        """Where the session puts what it sends."""

    def release(self, session: "Session") -> None:
        """Forget a session that is over."""


class Session:
    """One session.

    Args:
        terms: What offer and answer settled.
        events: Where it puts its news.
        new_identifier: Gives Message-IDs.
        memory: Allowance for messages under way.
        recent: Identifiers of messages that came before.
        forget: Called once, when the session is over.

    Attributes:
        terms: What offer and answer settled.
        state: Where it stands.
        carrier: The connection that it is bound to; None before and after.
    """

    def __init__(
        self,
        terms: Terms,
        *,
        events: deque[Event],
        new_identifier: NewIdentifier,
        memory: Memory,
        recent: RecentMessages,
        forget: Callable[["Session"], None],
    ) -> None:
        self.terms = terms
        self.state = State.UNBOUND
        self.carrier: Carrier | None = None
        self._events = events
        self._new_identifier = new_identifier
        self._forget = forget
        self._receiver = Receiver(
            accept_types=terms.accept_types, max_octets=terms.max_octets, memory=memory, recent=recent
        )
        self._deliveries = Deliveries()
        self._binding: Outgoing | None = None
        self._held: list[Outgoing] = []
        self._refused_types: set[str] = set()

    @property
    def over(self) -> bool:
        """Whether nothing more comes of the session."""
        return self.state in (State.FAILED, State.CLOSED)

    def is_sending(self, message_id: str) -> bool:
        """Return whether a message is sent or to be sent and has no outcome yet."""
        return message_id in self._deliveries

    @property
    def pending(self) -> int:
        """How many messages are sent or to be sent and have no outcome yet."""
        return len(self._deliveries)

    def send(
        self,
        body: bytes,
        content_type: str,
        *,
        success_report: bool = False,
        failure_report: FailureReport = FailureReport.YES,
        headers: tuple[Header, ...] = (),
        message_id: str | None = None,
    ) -> str:
        """Send a message; it waits where there is no connection yet.

        Args:
            body: Its content, of any length.
            content_type: Value of its Content-Type.
            success_report: Whether to ask for success reports.
            failure_report: Which failures to ask for.
            headers: Further header fields, of MIME or of extensions.
            message_id: Identifier of a message that is sent again after its session failed; else None.

        Returns:
            Its Message-ID.

        Raises:
            LocalProtocolError: The session is over, or the message breaks a requirement.
        """
        template = replace(
            self._template(message_id),
            success_report=True if success_report else None,
            failure_report=None if failure_report is FailureReport.YES else failure_report,
            headers=headers,
            content_type=content_type,
        )
        if findings := self._check(template, body):
            raise LocalProtocolError(*findings)
        assert template.message_id is not None
        self._add(Outgoing(session=self, template=template, body=body))
        return template.message_id

    def _template(self, message_id: str | None) -> Request:
        """Make a SEND without content; a new Message-ID where none is given.

        Source:
            MSRP_037 (RFC 4975, 7.1.1)
            MSRP_083 (RFC 4975, 5.4)
        """
        message_id = message_id or self._new_identifier()
        return Request(
            transaction_id=message_id,
            method=Method.SEND,
            to_path=self.terms.remote,
            from_path=(self.terms.local,),
            message_id=message_id,
        )

    def _check(self, template: Request, body: bytes) -> list[Finding]:
        """Return every requirement that sending a message would break.

        Source:
            MSRP_037 (RFC 4975, 7.1.1)
            MSRP_048 (RFC 4975, 10.6)
            MSRP_080 (RFC 4975, 5.4)
        """
        content_type = template.content_type or ""
        findings = template.check_head(has_body=True) + self.terms.check_message(content_type, len(body))
        if self.over:
            findings.append(
                _finding("MSRP_080", "session", "The session is over.", StatusCode.NO_SUCH_SESSION)
            )
        assert template.message_id is not None
        if template.message_id in self._deliveries:
            findings.append(
                _finding("MSRP_037", "message_id", "A message with this Message-ID is under way.")
            )
        if media_type_of(content_type) in self._refused_types:
            findings.append(
                _finding(
                    "MSRP_048",
                    "content_type",
                    "The peer refused this media type before.",
                    StatusCode.UNSUPPORTED_MEDIA_TYPE,
                )
            )
        return findings

    def _add(self, outgoing: Outgoing) -> None:
        """Send a message, or hold it until the session is bound.

        Source:
            MSRP_078 (RFC 4975, 5.4)
            MSRP_079 (RFC 4975, 5.4)
        """
        self._news_of(self._deliveries.add(outgoing))
        if self.carrier is None:
            self._held.append(outgoing)
        else:
            self.carrier.outbox.add(outgoing)

    def abort(self, message_id: str) -> None:
        """Give up a message that is being sent; one that is out, or not known, stays as it is."""
        outgoing = self._deliveries.get(message_id)
        if outgoing is None or (outgoing.begun and outgoing.left == 0):
            return
        if self.carrier is None:
            self._held.remove(outgoing)
        else:
            self.carrier.outbox.abort(outgoing)
        if not outgoing.begun:
            self._deliveries.forget(message_id)

    def report_success(self, message: IncomingMessage) -> None:
        """Tell the sender of a message that it was delivered, if the sender asked to be told.

        Source:
            MSRP_076 (RFC 4975, 7.1.2)
        """
        if self.carrier is not None:
            transaction_id = self.carrier.outbox.new_transaction_id()
            report = success_report(message, local=self.terms.local, transaction_id=transaction_id)
            if report is not None:
                self.carrier.outbox.add_control(report.serialize())

    def report_failure(self, message: IncomingMessage, code: int) -> None:
        """Tell the sender of a message that it was not delivered, if the sender did not ask otherwise.

        Args:
            message: The message.
            code: Why; a status code.

        Source:
            MSRP_076 (RFC 4975, 7.1.2)
        """
        if self.carrier is not None:
            transaction_id = self.carrier.outbox.new_transaction_id()
            report = failure_report(message, code, local=self.terms.local, transaction_id=transaction_id)
            if report is not None:
                self.carrier.outbox.add_control(report.serialize())

    def close(self) -> None:
        """End the session; what it still had to send is dropped."""
        self._end(Trigger.CLOSED)

    def open(self, carrier: Carrier) -> None:
        """Take the connection that this side opened, and send at once.

        Raises:
            LocalProtocolError: The session has a connection already, or is over.

        Source:
            MSRP_078 (RFC 4975, 5.4)
        """
        if not self._move(Trigger.CONNECTED):
            raise LocalProtocolError(
                _finding("MSRP_080", "session", f"A session that is {self.state.value} is not opened again.")
            )
        self.carrier = carrier
        self._binding = Outgoing(session=self, template=self._template(None))
        self._deliveries.add(self._binding)
        carrier.outbox.add(self._binding)
        self._release_held(carrier)

    def bind(self, carrier: Carrier) -> None:
        """Take the connection on which the other side sent its first request."""
        self._move(Trigger.BOUND)
        self.carrier = carrier
        self._events.append(SessionEstablished(session=self))
        self._release_held(carrier)

    def _release_held(self, carrier: Carrier) -> None:
        for outgoing in self._held:
            carrier.outbox.add(outgoing)
        self._held.clear()

    def begin(self, request: Request, *, has_body: bool) -> StatusCode:
        """Take the head of a SEND; return `OK` or the code to refuse it with."""
        return self._receiver.begin(request, has_body=has_body)

    def receive(self, data: bytes) -> StatusCode:
        """Take octets of the body of a SEND; return `OK` or the code to refuse it with."""
        return self._receiver.receive(data)

    def end(self, flag: Flag) -> None:
        """Take the end of a SEND."""
        message = self._receiver.end(flag)
        if isinstance(message, IncomingMessage):
            self._events.append(MessageReceived(session=self, message=message))
        elif message is not None:
            self._events.append(MessageAborted(session=self, message_id=message))

    def chunk_sent(self, chunk: ChunkSent, now: float) -> None:
        """Take note that a chunk is out.

        Args:
            chunk: The chunk.
            now: Time in seconds.
        """
        if self.carrier is None:
            return
        transactions = self.carrier.outbox.transactions
        answered = chunk.transaction_id not in transactions
        if chunk.outgoing.template.wanted_failures is FailureReport.NO:
            transactions.pop(chunk.transaction_id, None)
        self._news_of(self._deliveries.chunk_sent(chunk, now, answered=answered))

    def answered(self, transaction_id: str, outgoing: Outgoing, code: int) -> None:
        """Take the response to a transaction of this session."""
        self._news_of(self._deliveries.answered(transaction_id, outgoing, code))

    def reported(self, report: Request) -> None:
        """Take a REPORT."""
        self._news_of(self._deliveries.reported(report))

    @property
    def next_timer(self) -> float | None:
        """When `handle_timer` is to be called, in seconds; None where nothing is waited for."""
        return self._deliveries.next_deadline

    def handle_timer(self, now: float) -> None:
        """Give up what is overdue.

        Args:
            now: Time in seconds.
        """
        if self.carrier is None:
            return
        for transaction_id in self._deliveries.overdue(now):
            self.carrier.outbox.transactions.pop(transaction_id, None)
        self._news_of(self._deliveries.expire(now))

    def lost(self) -> None:
        """Fail: the connection is gone.

        Source:
            MSRP_080 (RFC 4975, 5.4)
        """
        self._end(Trigger.DISCONNECTED)

    def _news_of(self, outcomes: list[Outcome]) -> None:
        """Pass on what became of messages, and draw the conclusions for the session."""
        for outcome in outcomes:
            if outcome.outgoing is self._binding:
                self._answer_to_binding(outcome.code)
            elif outcome.code == StatusCode.OK:
                self._accepted(outcome)
            else:
                self._failed(outcome)

    def _answer_to_binding(self, code: int | None) -> None:
        if code == StatusCode.OK:
            self._move(Trigger.ANSWERED)
            self._events.append(SessionEstablished(session=self))
        else:
            self._end(Trigger.REFUSED if code in _NO_SESSION else Trigger.UNANSWERED, code)

    def _accepted(self, outcome: Outcome) -> None:
        assert outcome.outgoing.template.message_id is not None
        news = MessageDelivered if outcome.end_to_end else MessageSent
        self._events.append(news(session=self, message_id=outcome.outgoing.template.message_id))

    def _failed(self, outcome: Outcome) -> None:
        """Stop a message that failed; some failures end the session.

        Source:
            MSRP_045 (RFC 4975, 7.1.1)
            MSRP_046 (RFC 4975, 10.5)
            MSRP_048 (RFC 4975, 10.6)
            MSRP_049 (RFC 4975, 10.8)
            MSRP_052 (RFC 4975, 7.3.2)
            MSRP_071 (RFC 4975, 7.3.2)
        """
        template = outcome.outgoing.template
        assert template.message_id is not None
        if self.carrier is not None:
            self.carrier.outbox.stop(outcome.outgoing)
        self._events.append(MessageFailed(session=self, message_id=template.message_id, code=outcome.code))
        if outcome.code == StatusCode.UNSUPPORTED_MEDIA_TYPE and template.content_type is not None:
            self._refused_types.add(media_type_of(template.content_type))
        if outcome.code in _NO_SESSION:
            self._end(Trigger.REFUSED, outcome.code)
        elif outcome.end_to_end and outcome.code not in _UNWANTED:
            self._end(Trigger.RANGE_LOST, outcome.code)

    def _move(self, trigger: Trigger) -> bool:
        """Make the move of a trigger; return whether there is one."""
        state = TRANSITIONS.get((self.state, trigger))
        if state is None:
            return False
        self.state = state
        return True

    def _end(self, trigger: Trigger, code: int | None = None) -> None:
        """Be over: drop what is under way, and tell what is left unknown."""
        if not self._move(trigger):
            return
        carrier, self.carrier = self.carrier, None
        self._receiver.close()
        self._held.clear()
        if carrier is not None:
            carrier.outbox.drop(self)
            carrier.release(self)
        if self.state is State.FAILED:
            self._events.append(SessionFailed(session=self, code=code))
        for outcome in self._deliveries.end():
            if outcome.outgoing is not self._binding:
                self._failed(outcome)
        self._forget(self)


def _finding(requirement: str, where: str, message: str, reply: int | None = None) -> Finding:
    return Finding(requirement=requirement, where=where, message=message, reply=reply)
