"""What a session tells its user."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediasec.msrp.receiving import IncomingMessage

if TYPE_CHECKING:
    from mediasec.msrp.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEstablished:
    """The session is bound to a connection, and both sides know it."""

    session: "Session"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFailed:
    """The session is over, and not because this side closed it.

    Attributes:
        session: The session.
        code: Status code that ended it; None where the connection was lost.
    """

    session: "Session"
    code: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """A whole message came."""

    session: "Session"
    message: IncomingMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAborted:
    """The sender of a message gave it up; what came of it is dropped."""

    session: "Session"
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """The next hop has the whole message: it said so, or was not asked to."""

    session: "Session"
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDelivered:
    """Success reports cover the whole message."""

    session: "Session"
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFailed:
    """A message was refused or not answered, or the session ended before its fate was known.

    Attributes:
        session: The session.
        message_id: The message.
        code: Why; a status code, `TIMEOUT` where no response came. None where the session ended first: the
            message may have arrived.
    """

    session: "Session"
    message_id: str
    code: int | None


Event = (
    SessionEstablished
    | SessionFailed
    | MessageReceived
    | MessageAborted
    | MessageSent
    | MessageDelivered
    | MessageFailed
)
