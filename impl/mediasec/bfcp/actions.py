"""What the floor control server asks its endpoint to do, and what it reports."""

from collections.abc import Hashable
from dataclasses import dataclass

from mediasec.bfcp.message import Message
from mediasec.bfcp.registry import RequestStatus

Connection = Hashable
"""Whatever the endpoint tells its connections apart by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send a message.

    Attributes:
        connection: To whom.
        message: The message.
    """

    connection: Connection
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Close a connection gracefully, after what was sent on it.

    Attributes:
        connection: Which one; the server has forgotten it already.
        reason: Why, in one plain sentence.
    """

    connection: Connection
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged:
    """A floor request has a new status: what a MRFP reports to its MRFC.

    Attributes:
        conference_id: Conference; uint32.
        floor_request_id: The request; uint16.
        beneficiary: User who has, gets or loses the floors; uint16.
        floors: The floors that it asks for.
        status: The new status.
    """

    conference_id: int
    floor_request_id: int
    beneficiary: int
    floors: tuple[int, ...]
    status: RequestStatus


Action = Send | Close | StatusChanged
