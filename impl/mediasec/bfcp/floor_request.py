"""A floor request at the floor control server: its states, and what moves it from one to the next."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from mediasec.bfcp.message import Message
from mediasec.bfcp.registry import Priority, RequestStatus
from mediasec.errors import Finding, LocalProtocolError


class RequestEvent(Enum):
    """What moves a floor request."""

    ACCEPT = "accept"
    """Every chair whose floor it asks for has taken it into the queue, or no floor has a chair."""

    GRANT = "grant"
    """Every chair has agreed, every floor has room, and it is its turn on each of them."""

    DENY = "deny"
    """A chair, or the server, refuses it."""

    RELEASE = "release"
    """Its participant gives it up."""

    REVOKE = "revoke"
    """A chair, or the server, takes the floors back."""

    WITHDRAW = "withdraw"
    """Its participant is gone: the connection was lost for too long, or the user was removed."""


TRANSITIONS: Final[Mapping[tuple[RequestStatus, RequestEvent], RequestStatus]] = {
    (RequestStatus.PENDING, RequestEvent.ACCEPT): RequestStatus.ACCEPTED,
    (RequestStatus.PENDING, RequestEvent.DENY): RequestStatus.DENIED,
    (RequestStatus.PENDING, RequestEvent.RELEASE): RequestStatus.CANCELLED,
    (RequestStatus.PENDING, RequestEvent.WITHDRAW): RequestStatus.CANCELLED,
    (RequestStatus.ACCEPTED, RequestEvent.GRANT): RequestStatus.GRANTED,
    (RequestStatus.ACCEPTED, RequestEvent.DENY): RequestStatus.DENIED,
    (RequestStatus.ACCEPTED, RequestEvent.RELEASE): RequestStatus.CANCELLED,
    (RequestStatus.ACCEPTED, RequestEvent.WITHDRAW): RequestStatus.CANCELLED,
    (RequestStatus.GRANTED, RequestEvent.RELEASE): RequestStatus.RELEASED,
    (RequestStatus.GRANTED, RequestEvent.REVOKE): RequestStatus.REVOKED,
    (RequestStatus.GRANTED, RequestEvent.WITHDRAW): RequestStatus.REVOKED,
}
"""The state after each event; what is not here cannot happen. Every request begins as Pending."""

ONGOING: Final = frozenset({RequestStatus.PENDING, RequestStatus.ACCEPTED, RequestStatus.GRANTED})
"""States of a request that is not at its end."""


class Consent(Enum):
    """What the chair of a floor has said to a request that asks for it."""

    AWAITED = "awaited"
    """Nothing yet."""

    QUEUED = "queued"
    """It may wait in the queue; the chair says when it is granted."""

    GIVEN = "given"
    """It is granted as soon as there is room; a floor without a chair says so by itself."""


@dataclass(slots=True, kw_only=True)
class FloorRequest:
    """One floor request, for one floor or for several as a whole.

    Attributes:
        identifier: Floor request ID, unique within the conference; uint16.
        requester: User who asks; uint16.
        beneficiary: User who is to get the floors; uint16.
        consents: What each floor's chair has said, by floor ID, in the order of the request.
        priority: Priority by which it is queued.
        asked_priority: Priority that the participant asked for, if any.
        info: Why the participant asks, for people.
        status_info: Why it was decided so, for people.
        status: Its state.
        reported: The state that was last reported; None for none yet.
        origin: The connection and the message that it came with.
    """

    identifier: int
    requester: int
    beneficiary: int
    consents: dict[int, Consent]
    priority: Priority = Priority.NORMAL
    asked_priority: Priority | None = None
    info: str = ""
    status_info: str = ""
    status: RequestStatus = RequestStatus.PENDING
    reported: RequestStatus | None = None
    origin: tuple[Hashable, Message] | None = None

    @property
    def floors(self) -> tuple[int, ...]:
        """Floors that it asks for, in the order of the request."""
        return tuple(self.consents)

    @property
    def is_agreed(self) -> bool:
        """Whether every floor's chair has agreed that it be granted.

        Source:
            BFCP_048 (RFC 8855, 11.1)
        """
        return all(consent is Consent.GIVEN for consent in self.consents.values())

    @property
    def is_accepted(self) -> bool:
        """Whether every floor's chair has taken it into the queue at least."""
        return Consent.AWAITED not in self.consents.values()

    def apply(self, event: RequestEvent) -> None:
        """Move to the next state.

        Raises:
            LocalProtocolError: The event cannot happen in this state.

        Source:
            BFCP_047 (RFC 8855, 11.1)
            BFCP_063 (RFC 8855, 13.4)
        """
        following = TRANSITIONS.get((self.status, event))
        if following is None:
            raise LocalProtocolError(
                Finding(
                    requirement="BFCP_047",
                    where=f"floor_request[{self.identifier}]",
                    message=f"A request in the state {self.status.name.title()} cannot {event.value}.",
                )
            )
        self.status = following
