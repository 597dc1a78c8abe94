"""What became of the messages that a session sends: responses, reports, and time that ran out."""

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import takewhile

from mediasec.msrp.fields import ByteRange
from mediasec.msrp.message import Request
from mediasec.msrp.registry import STATUS_NAMESPACE, FailureReport, Flag, StatusCode
from mediasec.msrp.reports import Coverage
from mediasec.msrp.sending import ChunkSent, Outgoing

RESPONSE_SECONDS = 30.0
"""How long a response is waited for after the last octet of its request went out, in seconds."""

MAX_OPEN_DELIVERIES = 4096
"""The most messages of a session whose fate is followed; the oldest is given up for a new one."""

MAX_SETTLED_DELIVERIES = 1024
"""How many messages that the next hop has are remembered, for a failure that is reported later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """News of a message.

    Attributes:
        outgoing: The message.
        code: `OK`, or why it failed; a status code. None where the session ended before there was news.
        end_to_end: Whether a report says so, and not the next hop.
    """

    outgoing: Outgoing
    code: int | None
    end_to_end: bool = False


@dataclass(slots=True, eq=False)
class _Delivery:
    """One message and what is still open about it."""

    outgoing: Outgoing
    waiting: set[str] = field(default_factory=set)
    all_out: bool = False
    accepted: bool = False
    confirmed: bool = False
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def message_id(self) -> str:
        assert self.outgoing.template.message_id is not None
        return self.outgoing.template.message_id

    @property
    def settled(self) -> bool:
        return self.accepted and (self.confirmed or not self.outgoing.template.wants_success_report)


class Deliveries:
    """The messages of one session whose fate is open."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, _Delivery] = OrderedDict()
        self._deadlines: OrderedDict[str, tuple[float, _Delivery]] = OrderedDict()
        self._settled: OrderedDict[str, Outgoing] = OrderedDict()

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._open

    def __len__(self) -> int:
        return len(self._open)

    @property
    def next_deadline(self) -> float | None:
        """When `expire` is to be called next; None where nothing is waited for."""
        return next((deadline for deadline, _ in self._deadlines.values()), None)

    def get(self, message_id: str) -> Outgoing | None:
        """Return a message whose fate is open, by its identifier."""
        delivery = self._open.get(message_id)
        return None if delivery is None else delivery.outgoing

    def add(self, outgoing: Outgoing) -> list[Outcome]:
        """Follow a message."""
        delivery = _Delivery(outgoing)
        self._open[delivery.message_id] = delivery
        if len(self._open) <= MAX_OPEN_DELIVERIES:
            return []
        return self._close(next(iter(self._open.values())), None)

    def forget(self, message_id: str) -> None:
        """Stop following a message."""
        if message_id in self._open:
            self._forget(self._open[message_id])

    def chunk_sent(self, chunk: ChunkSent, now: float, *, answered: bool) -> list[Outcome]:
        """Take note that a chunk is out.

        Args:
            chunk: The chunk.
            now: Time in seconds.
            answered: Whether its response came already.

        Source:
            MSRP_044 (RFC 4975, 7.1.1)
            MSRP_045 (RFC 4975, 7.1.1)
        """
        assert chunk.outgoing.template.message_id is not None
        delivery = self._open.get(chunk.outgoing.template.message_id)
        if delivery is None or delivery.outgoing is not chunk.outgoing:
            return []
        if chunk.flag is Flag.ABORTED:
            self._forget(delivery)
            return []
        wanted = chunk.outgoing.template.wanted_failures
        if wanted is not FailureReport.NO and not answered:
            self._deadlines[chunk.transaction_id] = (now + RESPONSE_SECONDS, delivery)
            if wanted is FailureReport.YES:
                delivery.waiting.add(chunk.transaction_id)
        delivery.all_out = chunk.flag is Flag.COMPLETE
        return self._settle(delivery)

    def answered(self, transaction_id: str, outgoing: Outgoing, code: int) -> list[Outcome]:
        """Take a response.

        Args:
            transaction_id: Its transaction.
            outgoing: The message of that transaction.
            code: Its status code.

        Source:
            MSRP_045 (RFC 4975, 7.1.1)
            MSRP_047 (RFC 4975, 10.4)
        """
        _, delivery = self._deadlines.pop(transaction_id, (0.0, None))
        if delivery is None:
            assert outgoing.template.message_id is not None
            delivery = self._open.get(outgoing.template.message_id)
        if delivery is None or delivery.outgoing is not outgoing:
            return []
        delivery.waiting.discard(transaction_id)
        return self._settle(delivery) if code == StatusCode.OK else self._close(delivery, code)

    def reported(self, report: Request) -> list[Outcome]:
        """Take a REPORT; one on a message that is not known, or in another namespace, says nothing.

        Source:
            MSRP_068 (RFC 4975, 7.1.2)
            MSRP_070 (RFC 4975, 7.3.2)
        """
        assert report.message_id is not None
        assert report.status is not None
        if report.status.namespace != STATUS_NAMESPACE:
            return []
        if report.status.code != StatusCode.OK:
            return self._reported_failure(report.message_id, report.status.code)
        delivery = self._open.get(report.message_id)
        return [] if delivery is None else self._reported_success(delivery, report.byte_range)

    def _reported_failure(self, message_id: str, code: int) -> list[Outcome]:
        delivery = self._open.get(message_id)
        if delivery is not None:
            return self._close(delivery, code, end_to_end=True)
        outgoing = self._settled.pop(message_id, None)
        return [] if outgoing is None else [Outcome(outgoing=outgoing, code=code, end_to_end=True)]

    def _reported_success(self, delivery: _Delivery, covered: ByteRange | None) -> list[Outcome]:
        octets = delivery.outgoing.octets
        if covered is None:
            delivery.coverage.add(1, octets)
        elif covered.end is not None:
            delivery.coverage.add(covered.start, covered.end)
        if delivery.confirmed or not delivery.coverage.covers(octets):
            return []
        delivery.confirmed = True
        if not delivery.outgoing.template.wants_success_report:
            return []
        self._forget_settled(delivery)
        return [Outcome(outgoing=delivery.outgoing, code=StatusCode.OK, end_to_end=True)]

    def expire(self, now: float) -> list[Outcome]:
        """Give up waiting for the responses that are overdue.

        Source:
            MSRP_044 (RFC 4975, 7.1.1)
            MSRP_045 (RFC 4975, 7.1.1)
        """
        outcomes: list[Outcome] = []
        while self._deadlines:
            transaction_id, (deadline, delivery) = next(iter(self._deadlines.items()))
            if deadline > now:
                break
            del self._deadlines[transaction_id]
            if transaction_id in delivery.waiting:
                outcomes += self._close(delivery, StatusCode.TIMEOUT)
        return outcomes

    def overdue(self, now: float) -> list[str]:
        """Return the transactions whose response is overdue."""
        return [name for name, _ in takewhile(lambda item: item[1][0] <= now, self._deadlines.items())]

    def end(self) -> list[Outcome]:
        """Give up every message: the session is over.

        Source:
            MSRP_077 (RFC 4975, 7.1.1)
        """
        outcomes: list[Outcome] = []
        for delivery in list(self._open.values()):
            outcomes += self._close(delivery, None)
        return outcomes

    def _settle(self, delivery: _Delivery) -> list[Outcome]:
        """Tell that the next hop has the whole message, once it has."""
        if delivery.accepted or not delivery.all_out or delivery.waiting:
            return []
        delivery.accepted = True
        self._forget_settled(delivery)
        return [Outcome(outgoing=delivery.outgoing, code=StatusCode.OK)]

    def _close(self, delivery: _Delivery, code: int | None, *, end_to_end: bool = False) -> list[Outcome]:
        self._forget(delivery)
        return [Outcome(outgoing=delivery.outgoing, code=code, end_to_end=end_to_end)]

    def _forget_settled(self, delivery: _Delivery) -> None:
        """Follow a message no further that the next hop has and, if that is wanted, the receiver."""
        if not delivery.settled or self._open.get(delivery.message_id) is not delivery:
            return
        del self._open[delivery.message_id]
        outgoing = delivery.outgoing
        if outgoing.template.wanted_failures is not FailureReport.NO:
            # Its body is not kept.
            self._settled[delivery.message_id] = Outgoing(
                session=outgoing.session, template=outgoing.template
            )
            if len(self._settled) > MAX_SETTLED_DELIVERIES:
                self._settled.popitem(last=False)

    def _forget(self, delivery: _Delivery) -> None:
        if self._open.get(delivery.message_id) is delivery:
            del self._open[delivery.message_id]
        for transaction_id in [name for name, (_, one) in self._deadlines.items() if one is delivery]:
            del self._deadlines[transaction_id]
