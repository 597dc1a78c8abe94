"""When a lost connection may be established again (RFC 8855, 6.1)."""

from typing import Final

from mediasec.errors import Finding, LocalProtocolError

MIN_INTERVAL_SECONDS: Final = 30.0
"""Shortest time between two attempts."""

MAX_SAME_FAULT: Final = 3
"""How often in a row the same fault may end a connection; RFC 8855 leaves the number open."""


class Reconnection:
    """Says when the next attempt may begin, and when there is to be none any more."""

    def __init__(self) -> None:
        self._last_attempt: float | None = None
        self._fault = ""
        self._times = 0

    def attempt(self, now: float) -> None:
        """Note that an attempt begins.

        Args:
            now: Time in seconds, by any clock that does not go back.

        Raises:
            LocalProtocolError: It is too early, or the same fault has ended too many connections.

        Source:
            BFCP_033 (RFC 8855, 6.1)
        """
        if now < self.earliest(now):
            message = f"The last attempt was less than {MIN_INTERVAL_SECONDS:g} seconds ago."
            raise LocalProtocolError(Finding(requirement="BFCP_033", where="connection", message=message))
        if self._times >= MAX_SAME_FAULT:
            message = f"The same fault has ended {self._times} connections: {self._fault}"
            raise LocalProtocolError(Finding(requirement="BFCP_033", where="connection", message=message))
        self._last_attempt = now

    def earliest(self, now: float) -> float:
        """Return when the next attempt may begin, in seconds of the same clock; `now` if at once.

        Source:
            BFCP_033 (RFC 8855, 6.1)
        """
        if self._last_attempt is None:
            return now
        return max(now, self._last_attempt + MIN_INTERVAL_SECONDS)

    def failed(self, fault: str) -> None:
        """Note by which protocol error a connection has ended.

        Source:
            BFCP_033 (RFC 8855, 6.1)
        """
        self._times = self._times + 1 if fault == self._fault else 1
        self._fault = fault
