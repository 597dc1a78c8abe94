"""What the floor control server checks of every message before it acts on it (RFC 8855, 13)."""

from collections.abc import Mapping
from typing import Final

from mediasec.bfcp import values
from mediasec.bfcp.conference import Conference, User
from mediasec.bfcp.message import REQUESTS, Header, IncorrectLength, Message
from mediasec.bfcp.registry import VERSION_RELIABLE, VERSION_UNRELIABLE, ErrorCode
from mediasec.errors import MalformedMessage

_CLOSING: Final = frozenset({ErrorCode.UNABLE_TO_PARSE_MESSAGE, ErrorCode.INCORRECT_MESSAGE_LENGTH})
"""Errors after which the rest of the stream cannot be trusted to be messages."""


class Refused(Exception):
    """A request is not processed; it never leaves the server.

    Attributes:
        error: What the client is told.
        info: More about it, for people.
        closes: Whether the connection is closed.
    """

    def __init__(self, error: values.ErrorCode | ErrorCode, info: str = "", *, closes: bool = False) -> None:
        super().__init__(info)
        self.error = error if isinstance(error, values.ErrorCode) else values.ErrorCode(code=error)
        self.info = info
        self.closes = closes or self.error.code in _CLOSING


def admit(
    header: Header, octets: bytes, identity: str | None, conferences: Mapping[int, Conference]
) -> tuple[Message, Conference, User]:
    """Return a request, with its conference and user, that may be processed.

    Args:
        header: Its header.
        octets: One whole message.
        identity: Identity that the connection has authenticated itself with over TLS; None where it has not.
        conferences: Conferences by their ID.

    Raises:
        Refused: It may not.

    Source:
        BFCP_052 (RFC 8855, 13)
        BFCP_053 (RFC 8855, 13)
        BFCP_007 (RFC 8855, 13)
    """
    _check_version(header)
    _check_authenticated(identity)
    message = _parse(header, octets)
    if message.primitive not in REQUESTS:
        raise Refused(ErrorCode.UNKNOWN_PRIMITIVE)
    conference = conferences.get(message.conference_id)
    if conference is None:
        raise Refused(ErrorCode.CONFERENCE_DOES_NOT_EXIST)
    user = _authorize(conference, message.user_id, identity)
    unknown = message.unknown_mandatory()
    if unknown:
        raise Refused(values.ErrorCode.of_unknown(unknown))
    for finding in message.check():
        if finding.reply is not None:
            raise Refused(ErrorCode(finding.reply), finding.message)
    return message, conference, user


def _check_version(header: Header) -> None:
    """Refuse another version than that of a reliable transport; of an unknown one the framing is unknown too.

    Source:
        BFCP_002 (RFC 8855, 5.1)
    """
    if header.version != VERSION_RELIABLE:
        raise Refused(
            ErrorCode.UNSUPPORTED_VERSION,
            f"Over TCP the version is {VERSION_RELIABLE}.",
            closes=header.version != VERSION_UNRELIABLE,
        )


def _check_authenticated(identity: str | None) -> None:
    """Refuse what did not come through TLS.

    Source:
        BFCP_034 (RFC 8855, 9.1)
    """
    if identity is None:
        raise Refused(ErrorCode.USE_TLS)


def _parse(header: Header, octets: bytes) -> Message:
    """Parse the message; what does not parse closes the connection.

    Source:
        BFCP_004 (RFC 8855, 5.1)
        BFCP_028 (RFC 8855, 6.1)
    """
    try:
        return Message.parse(octets, header)
    except IncorrectLength as error:
        raise Refused(ErrorCode.INCORRECT_MESSAGE_LENGTH, str(error)) from error
    except MalformedMessage as error:
        raise Refused(ErrorCode.UNABLE_TO_PARSE_MESSAGE, str(error)) from error


def _authorize(conference: Conference, user_id: int, identity: str | None) -> User:
    """Return the user, whom this connection may speak for.

    Source:
        BFCP_035 (RFC 8855, 9.1)
        BFCP_054 (RFC 8855, 5.2.6)
    """
    user = conference.users.get(user_id)
    if user is None:
        raise Refused(ErrorCode.USER_DOES_NOT_EXIST)
    if user.identity != identity:
        raise Refused(ErrorCode.UNAUTHORIZED_OPERATION)
    return user
