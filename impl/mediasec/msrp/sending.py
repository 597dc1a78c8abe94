"""Whole messages into chunks that can be interrupted, and the order in which a connection sends them.

Responses and reports go first, and interrupt a long chunk. Sessions take turns; within a session, messages go
in their order.
"""

import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

from mediasec.msrp.fields import ByteRange
from mediasec.msrp.head import end_line, holds_end_line
from mediasec.msrp.message import MAX_UNINTERRUPTED_OCTETS, Request
from mediasec.msrp.registry import Flag

FAIR_SHARE_OCTETS = 65536
"""How much of a message goes out before another session that waits has its turn, in octets."""

NewIdentifier = Callable[[], str]
"""Gives a transaction ID or Message-ID that it never gave before, with at least 64 bits of randomness."""


@dataclass(slots=True, eq=False, kw_only=True)
class Outgoing:
    """A message on its way out.

    Attributes:
        session: Whose message it is; sessions take turns.
        template: Its SEND: paths, Message-ID, wanted reports, content type; neither range nor body.
        body: The whole body; None for a SEND without one.
        sent: Octets of the body that are out.
        begun: Whether a chunk of it went out or is under way.
        aborted: Whether the rest of it is not to be sent.
    """

    session: Hashable
    template: Request
    body: bytes | None = field(default=None, repr=False)
    sent: int = 0
    begun: bool = False
    aborted: bool = False

    @property
    def octets(self) -> int:
        """Octets of the whole body."""
        return len(self.body or b"")

    @property
    def left(self) -> int:
        """Octets that are still to be sent."""
        return self.octets - self.sent


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkSent:
    """A chunk went out to its end-line.

    Attributes:
        outgoing: Its message.
        transaction_id: Its transaction.
        flag: Its continuation flag.
    """

    outgoing: Outgoing
    transaction_id: str
    flag: Flag


class _Chunk:
    """One chunk while it goes out."""

    def __init__(self, outgoing: Outgoing, transaction_id: str) -> None:
        self.outgoing = outgoing
        self.transaction_id = transaction_id
        self.start = outgoing.sent
        self.interruptible = outgoing.aborted or outgoing.left > MAX_UNINTERRUPTED_OCTETS
        outgoing.begun = True

    @property
    def octets(self) -> int:
        """Octets of the body that went out in this chunk."""
        return self.outgoing.sent - self.start

    def head(self) -> bytes:
        """Write everything up to the body.

        Source:
            MSRP_026 (RFC 4975, 7.1.1)
            MSRP_027 (RFC 4975, 7.1.1)
            MSRP_028 (RFC 4975, 7.1.1)
            MSRP_038 (RFC 4975, 7.1.1)
            MSRP_039 (RFC 4975, 7.1.1)
        """
        total = self.outgoing.octets
        end = None if self.interruptible else total
        request = replace(
            self.outgoing.template,
            transaction_id=self.transaction_id,
            byte_range=ByteRange(start=self.start + 1, end=end, total=total),
        )
        return request.head() + (b"" if self.outgoing.body is None else b"\r\n")

    def piece(self, limit: int) -> bytes:
        """Take the next octets of the body."""
        outgoing = self.outgoing
        data = (outgoing.body or b"")[outgoing.sent : outgoing.sent + limit]
        outgoing.sent += len(data)
        return data

    def is_over(self, share: int) -> bool:
        """Return whether the chunk is to be ended now, at the end of the message or before it.

        Args:
            share: Octets after which an interruptible chunk makes room for others.

        Source:
            MSRP_041 (RFC 4975, 7.1.1)
        """
        if self.outgoing.left == 0:
            return True
        full = self.octets >= max(share, MAX_UNINTERRUPTED_OCTETS)
        return self.interruptible and (full or self.outgoing.aborted)

    def end(self) -> tuple[bytes, Flag]:
        """Write the end of the chunk, wherever in the message it comes.

        Source:
            MSRP_021 (RFC 4975, 7.1)
        """
        if self.outgoing.left == 0:
            flag = Flag.COMPLETE
        else:
            flag = Flag.ABORTED if self.outgoing.aborted else Flag.MORE
        separator = b"" if self.outgoing.body is None else b"\r\n"
        return separator + end_line(self.transaction_id, flag), flag


class Outbox:
    """Everything that one connection is to send.

    Args:
        new_identifier: Gives transaction IDs.
        ready: Called whenever there is something new to send.

    Attributes:
        transactions: Message of each transaction that was begun and not forgotten since.
    """

    def __init__(self, new_identifier: NewIdentifier, ready: Callable[[], None]) -> None:
        self.transactions: dict[str, Outgoing] = {}
        self._ready = ready
        self._new_identifier = new_identifier
        self._control: deque[bytes] = deque()
        self._queues: OrderedDict[Hashable, deque[Outgoing]] = OrderedDict()
        self._chunk: _Chunk | None = None

    @property
    def waiting_control(self) -> int:
        """How many responses and reports wait to be sent."""
        return len(self._control)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to send."""
        return not (self._control or self._queues)

    def add_control(self, message: bytes) -> None:
        """Queue a response or report, before anything that can wait."""
        self._control.append(message)
        self._ready()

    def add(self, outgoing: Outgoing) -> None:
        """Queue a message behind those of its session."""
        self._queues.setdefault(outgoing.session, deque()).append(outgoing)
        self._ready()

    def abort(self, outgoing: Outgoing) -> None:
        """Send nothing more of a message but the news that it is aborted, if any of it went out.

        Source:
            MSRP_043 (RFC 4975, 7.1)
        """
        outgoing.aborted = True
        if not outgoing.begun:
            self._remove(outgoing)

    def stop(self, outgoing: Outgoing) -> None:
        """Send no further chunk of a message; one under way is interrupted and ends with `#`.

        Source:
            MSRP_046 (RFC 4975, 10.5)
        """
        outgoing.aborted = True
        if self._chunk is None or self._chunk.outgoing is not outgoing:
            self._remove(outgoing)
        self._forget_transactions(lambda one: one is outgoing)

    def drop(self, session: Hashable) -> None:
        """Stop every message of a session, and forget its transactions."""
        for outgoing in list(self._queues.get(session, ())):
            self.stop(outgoing)
        self._forget_transactions(lambda one: one.session is session)

    def new_transaction_id(self) -> str:
        """Return an identifier that no transaction under way has.

        Source:
            MSRP_023 (RFC 4975, 7.1)
        """
        transaction_id = self._new_identifier()
        while transaction_id in self.transactions:
            transaction_id = self._new_identifier()
        return transaction_id

    def take(self, limit: int) -> tuple[bytes, list[ChunkSent]]:
        """Take the next octets for the wire.

        Args:
            limit: About how many octets; heads, end-lines, responses and reports are never split.

        Returns:
            The octets, none where there is nothing to send, and the chunks that they complete.
        """
        pieces: list[bytes] = []
        sent: list[ChunkSent] = []
        octets = 0
        while octets < limit and not self.empty:
            piece = self._step(limit - octets, sent)
            pieces.append(piece)
            octets += len(piece)
        return b"".join(pieces), sent

    def _step(self, limit: int, sent: list[ChunkSent]) -> bytes:
        """Take the next piece: a response or report, or the head, a part or the end of a chunk.

        Source:
            MSRP_040 (RFC 4975, 7.1.1)
        """
        chunk = self._chunk
        if chunk is None:
            return self._control.popleft() if self._control else self._begin_chunk()
        share = self._share()
        if not chunk.is_over(share):
            return chunk.piece(min(limit, share - chunk.octets) if chunk.interruptible else limit)
        piece, flag = self._end_chunk(chunk)
        sent.append(ChunkSent(outgoing=chunk.outgoing, transaction_id=chunk.transaction_id, flag=flag))
        return piece

    def _share(self) -> int:
        """Return after how many octets the chunk under way is to make room for others.

        Source:
            MSRP_040 (RFC 4975, 7.1.1)
            MSRP_042 (RFC 4975, 7.1.1)
        """
        if self._control:
            return MAX_UNINTERRUPTED_OCTETS
        return FAIR_SHARE_OCTETS if len(self._queues) > 1 else sys.maxsize

    def _begin_chunk(self) -> bytes:
        """Begin a chunk of the session whose turn it is.

        Source:
            MSRP_022 (RFC 4975, 7.1)
        """
        outgoing = next(iter(self._queues.values()))[0]
        transaction_id = self.new_transaction_id()
        while holds_end_line(outgoing.body or b"", transaction_id, outgoing.sent):
            transaction_id = self.new_transaction_id()
        self.transactions[transaction_id] = outgoing
        self._chunk = _Chunk(outgoing, transaction_id)
        return self._chunk.head()

    def _end_chunk(self, chunk: _Chunk) -> tuple[bytes, Flag]:
        """End the chunk under way; the next session has its turn.

        Source:
            MSRP_042 (RFC 4975, 7.1.1)
        """
        piece, flag = chunk.end()
        self._chunk = None
        if flag is not Flag.MORE:
            self._remove(chunk.outgoing)
        if chunk.outgoing.session in self._queues:
            self._queues.move_to_end(chunk.outgoing.session)
        return piece, flag

    def _forget_transactions(self, belongs: Callable[[Outgoing], bool]) -> None:
        for transaction_id in [name for name, one in self.transactions.items() if belongs(one)]:
            del self.transactions[transaction_id]

    def _remove(self, outgoing: Outgoing) -> None:
        queue = self._queues.get(outgoing.session)
        if queue is None or outgoing not in queue:
            return
        queue.remove(outgoing)
        if not queue:
            del self._queues[outgoing.session]
