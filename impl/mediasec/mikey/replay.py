"""Protection against replay: a window for timestamps and a bounded memory of what was accepted."""

from mediasec.errors import Finding
from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.registry import ErrorNumber, TimestampType

WINDOW_SECONDS = 120.0
"""Default for how far a timestamp may differ from the receiver's clock."""

CAPACITY = 4096
"""Default for how many messages, and how many senders with counters, are remembered."""


class ReplayGuard:
    """Remembers what was accepted, so that nothing is accepted twice.

    A message is checked before its authentication, and remembered after it. What is remembered of it is its
    MAC or signature: that covers everything that counts, and no other part of a message can be changed to
    make an old one look new. When the memory is full every message is refused until the oldest ones have
    left the window: forgetting one would let it be replayed.
    """

    def __init__(self, *, window_seconds: float = WINDOW_SECONDS, capacity: int = CAPACITY) -> None:
        """Start with an empty memory.

        Args:
            window_seconds: How far a timestamp may differ from the receiver's clock.
            capacity: How many messages, and how many senders with counters, are remembered at most.
        """
        self._window = window_seconds
        self._capacity = capacity
        self._accepted: dict[bytes, float] = {}
        self._counters: dict[bytes, int] = {}

    def check(self, timestamp: Timestamp, authenticator: bytes, sender: bytes, now: float) -> list[Finding]:
        """Return why a message is not accepted as new; it is not authenticated yet.

        Args:
            timestamp: Its timestamp.
            authenticator: Its MAC or signature.
            sender: Identity data of its sender.
            now: Seconds since 1970, UTC.
        """
        if timestamp.kind is TimestampType.COUNTER:
            return self._check_counter(timestamp.value, sender)
        return self._check_window(timestamp, now) or self._check_memory(authenticator, now)

    def remember(self, timestamp: Timestamp, authenticator: bytes, sender: bytes) -> None:
        """Keep a message that was checked and is authentic.

        Args:
            timestamp: Its timestamp.
            authenticator: Its MAC or signature.
            sender: Identity data of its sender.

        Source:
            MKY_172 (RFC 3830, 5.3)
        """
        if timestamp.kind is TimestampType.COUNTER:
            self._counters[sender] = timestamp.value
        else:
            self._accepted[authenticator] = timestamp.unix_time + self._window

    def _check_window(self, timestamp: Timestamp, now: float) -> list[Finding]:
        """Return a finding where a timestamp is outside of the window.

        Source:
            MKY_170 (RFC 3830, 5.3)
            MKY_175 (RFC 3830, 4.2.8)
        """
        if abs(timestamp.unix_time - now) <= self._window:
            return []
        return [_finding("MKY_170", "the timestamp is outside of the window")]

    def _check_memory(self, authenticator: bytes, now: float) -> list[Finding]:
        """Return a finding where a message was accepted before, or could not be remembered.

        Source:
            MKY_171 (RFC 3830, 5.4)
            MKY_173 (RFC 3830, 5.4)
        """
        if authenticator in self._accepted:
            return [_finding("MKY_171", "the message was accepted before")]
        if len(self._accepted) >= self._capacity:
            self._accepted = {seen: until for seen, until in self._accepted.items() if until >= now}
        if len(self._accepted) >= self._capacity:
            return [_finding("MKY_173", "the memory of accepted messages is full")]
        return []

    def _check_counter(self, value: int, sender: bytes) -> list[Finding]:
        """Return a finding where a counter does not rise, or its sender could not be remembered.

        Source:
            MKY_173 (RFC 3830, 5.4)
            MKY_174 (RFC 3830, 5.4)
        """
        last = self._counters.get(sender)
        if last is not None:
            return [] if value > last else [_finding("MKY_174", "the counter does not rise")]
        if len(self._counters) >= self._capacity:
            return [_finding("MKY_173", "the memory of senders is full")]
        return []


def _finding(requirement: str, message: str) -> Finding:
    return Finding(
        requirement=requirement, where="payload.timestamp", message=message, reply=ErrorNumber.INVALID_TS
    )
