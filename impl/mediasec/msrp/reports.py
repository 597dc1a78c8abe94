"""REPORT requests, and what the reports on a sent message add up to."""

from bisect import bisect_left

from mediasec.msrp.fields import ByteRange, Status
from mediasec.msrp.message import Request
from mediasec.msrp.receiving import IncomingMessage
from mediasec.msrp.registry import FailureReport, Method, StatusCode
from mediasec.msrp.uri import Uri

MAX_REPORTED_RANGES = 1024
"""The most separate ranges that are kept of the success reports on one message."""


def success_report(message: IncomingMessage, *, local: Uri, transaction_id: str) -> Request | None:
    """Make the REPORT that says a message was delivered; None where its sender does not want it.

    Args:
        message: The message.
        local: URI of this side of the session.
        transaction_id: Identifier for the REPORT.

    Source:
        MSRP_072 (RFC 4975, 7.1.3)
        MSRP_073 (RFC 4975, 7.1.3)
    """
    if not message.wants_success_report:
        return None
    return _report(message, StatusCode.OK, local, transaction_id)


def failure_report(message: IncomingMessage, code: int, *, local: Uri, transaction_id: str) -> Request | None:
    """Make the REPORT that says a message was not delivered; None where its sender does not want it.

    Args:
        message: The message.
        code: Why; a status code.
        local: URI of this side of the session.
        transaction_id: Identifier for the REPORT.

    Source:
        MSRP_074 (RFC 4975, 7.1.4)
        MSRP_075 (RFC 4975, 7.1.4)
    """
    if message.wanted_failures is FailureReport.NO:
        return None
    return _report(message, code, local, transaction_id)


def _report(message: IncomingMessage, code: int, local: Uri, transaction_id: str) -> Request:
    octets = len(message.body)
    return Request(
        transaction_id=transaction_id,
        method=Method.REPORT,
        to_path=message.from_path,
        from_path=(local,),
        message_id=message.message_id,
        byte_range=ByteRange(start=1, end=octets, total=octets),
        status=Status(code=code),
    )


class Coverage:
    """Which octets of a message were reported as received."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        """Add a range; an empty one and one past the limit on their number are left out.

        Args:
            start: Its first octet, from 1.
            end: Its last octet.
        """
        if end < start:
            return
        first = bisect_left(self._ranges, start - 1, key=lambda known: known[1])
        last = first
        while last < len(self._ranges) and self._ranges[last][0] <= end + 1:
            start = min(start, self._ranges[last][0])
            end = max(end, self._ranges[last][1])
            last += 1
        if last > first or len(self._ranges) < MAX_REPORTED_RANGES:
            self._ranges[first:last] = [(start, end)]

    def covers(self, octets: int) -> bool:
        """Return whether every octet of a message of that length was reported."""
        return octets == 0 or (bool(self._ranges) and self._covers_from_one(octets))

    def _covers_from_one(self, octets: int) -> bool:
        start, end = self._ranges[0]
        return start <= 1 and end >= octets
