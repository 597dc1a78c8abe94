"""What a node shows of itself: each message that it sends, and each connection that comes about or fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Medium(StrEnum):
    """What carries a message between two nodes.

    Attributes:
        KMS: MIKEY over HTTP, between a node and the KMS.
        SIGNALLING: SDP, as SIP would carry it; the octets are the description.
        MP: A procedure of Mp; the octets are its JSON without the key.
        TCP: The TCP connection itself: it is open, or could not be opened.
        TLS: The TLS session itself: it is established, or could not be.
        MSRP: A request, a response or a report of MSRP.
        BFCP: A message of BFCP.
    """

    KMS = "MIKEY over HTTP"
    SIGNALLING = "SDP"
    MP = "Mp"
    TCP = "TCP"
    TLS = "TLS"
    MSRP = "MSRP"
    BFCP = "BFCP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Something that one node sent to another.

    Attributes:
        time: Seconds since 1970, UTC, by the clock of the node that sent it.
        sender: Name of the node.
        receiver: Name of the other node; its address where the name is not known.
        medium: What carries it.
        name: What it is: `REQUEST_INIT`, `SDP offer`, `Reserve IMS Resources`, `FloorRequest`; for a
            connection what became of it.
        octets: The message; empty for a connection.
    """

    time: float
    sender: str
    receiver: str
    medium: Medium
    name: str
    octets: bytes = field(default=b"", repr=False)


Observer = Callable[[Sent], None]
"""Is told of everything that a node sends, in order."""
