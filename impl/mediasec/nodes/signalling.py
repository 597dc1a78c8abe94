"""In place of SIP: an offer, its answer or its refusal, and the end of the session, from node to node."""

from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from typing import Protocol


class Status(IntEnum):
    """Status of a response, as SIP has it.

    Attributes:
        OK: The offer is answered.
        NOT_FOUND: Nobody has that URI.
        NOT_ACCEPTABLE_HERE: The offer breaks a rule, or its key management failed.
        SERVICE_UNAVAILABLE: The media plane cannot serve it now.
    """

    OK = 200
    NOT_FOUND = 404
    NOT_ACCEPTABLE_HERE = 488
    SERVICE_UNAVAILABLE = 503

    @property
    def phrase(self) -> str:
        """Status and reason phrase."""
        return f"{self.value} {'OK' if self is Status.OK else self.name.replace('_', ' ').title()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An offer with what SIP says around it.

    Attributes:
        call_id: What tells the session apart.
        from_header: Value of From; it has the URI of the caller.
        to_header: Value of To; it has the URI of the called.
        offer: The SDP offer. It may hold secrets.
        from_conference: Whether the caller says that it is a conference (the feature parameter `isfocus`).
    """

    call_id: str
    from_header: str
    to_header: str
    offer: bytes = field(repr=False)
    from_conference: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the called side says to an invitation.

    Attributes:
        status: Whether it is accepted.
        answer: The SDP answer; empty where there is none. It may hold secrets.
        warnings: SIP warnings of a refusal.
        error_message: MIKEY Error message that goes with a refusal; None without one.
    """

    status: Status
    answer: bytes = field(default=b"", repr=False)
    warnings: tuple[int, ...] = ()
    error_message: bytes | None = None

    @property
    def shown(self) -> tuple[str, bytes]:
        """What it is called where it is shown, and the octets that it carries."""
        name = "SDP answer" if self.status is Status.OK else self.status.phrase
        return name, self.answer or self.error_message or b""


class Party(Protocol):
    """A node that can be called."""

    @property
    def name(self) -> str:
        """Name of the node, for people."""

    async def invited(self, invitation: Invitation, caller: "Party") -> Response:
        """Take an invitation and answer it."""

    async def ended(self, call_id: str) -> None:
        """Take note that the other side has ended a session."""


class CallState(Enum):
    """How far a session is, at either of its ends.

    Attributes:
        INVITING: The offer is on its way.
        ANSWERED: Offer and answer agree. It stays so at the MRFC, which is told of failures alone.
        ESTABLISHED: The media is there.
        REFUSED: There was no answer, or none that does.
        FAILED: The media did not come about, or broke.
        ENDED: One side has ended it.
    """

    INVITING = auto()
    ANSWERED = auto()
    ESTABLISHED = auto()
    REFUSED = auto()
    FAILED = auto()
    ENDED = auto()


class CallEvent(Enum):
    """What moves a session on."""

    OFFER_ANSWERED = auto()
    OFFER_REFUSED = auto()
    MEDIA_ESTABLISHED = auto()
    MEDIA_FAILED = auto()
    SESSION_ENDED = auto()


CALL_TRANSITIONS = {
    (CallState.INVITING, CallEvent.OFFER_ANSWERED): CallState.ANSWERED,
    (CallState.INVITING, CallEvent.OFFER_REFUSED): CallState.REFUSED,
    (CallState.INVITING, CallEvent.SESSION_ENDED): CallState.ENDED,
    (CallState.ANSWERED, CallEvent.MEDIA_ESTABLISHED): CallState.ESTABLISHED,
    (CallState.ANSWERED, CallEvent.MEDIA_FAILED): CallState.FAILED,
    (CallState.ANSWERED, CallEvent.SESSION_ENDED): CallState.ENDED,
    (CallState.ESTABLISHED, CallEvent.MEDIA_FAILED): CallState.FAILED,
    (CallState.ESTABLISHED, CallEvent.SESSION_ENDED): CallState.ENDED,
}
"""What a session does next; one that is over stays as it is."""
