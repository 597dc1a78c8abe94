"""A segment of TCP, as it goes over the network in memory."""

from dataclasses import dataclass, field
from enum import IntFlag

SEGMENT_OCTETS = 1460
"""Octets of the longest segment."""

HostPort = tuple[str, int]
"""IP address and TCP port of one end."""


class Mark(IntFlag):
    """Marks of a segment; the value is the bit of the TCP header (RFC 9293, 3.1)."""

    FIN = 1
    SYN = 2
    RST = 4
    PSH = 8
    ACK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment of TCP, as it was sent.

    Attributes:
        time: When, in seconds since the beginning.
        source: IP address and port of the sender.
        target: IP address and port of the receiver.
        marks: SYN, ACK, FIN, RST, PSH.
        sequence: Sequence number; uint32.
        acknowledgement: Number of the octet that the sender expects next; uint32, 0 without ACK.
        window: Octets that the sender can take.
        octets: Payload.
    """

    time: float
    source: HostPort
    target: HostPort
    marks: Mark
    sequence: int
    acknowledgement: int
    window: int
    octets: bytes = field(default=b"", repr=False)
