"""BFCP code points, in the order of RFC 8855; an unknown one stays an int."""

from enum import IntEnum
from typing import Final

VERSION_RELIABLE: Final = 1
"""Version of every message over a reliable transport, such as TCP."""

VERSION_UNRELIABLE: Final = 2
"""Version of every message over an unreliable transport, such as UDP."""


class Primitive(IntEnum):
    """What a message is for; uint8 (RFC 8855, table 1)."""

    FLOOR_REQUEST = 1
    FLOOR_RELEASE = 2
    FLOOR_REQUEST_QUERY = 3
    FLOOR_REQUEST_STATUS = 4
    USER_QUERY = 5
    USER_STATUS = 6
    FLOOR_QUERY = 7
    FLOOR_STATUS = 8
    CHAIR_ACTION = 9
    CHAIR_ACTION_ACK = 10
    HELLO = 11
    HELLO_ACK = 12
    ERROR = 13
    FLOOR_REQUEST_STATUS_ACK = 14
    FLOOR_STATUS_ACK = 15
    GOODBYE = 16
    GOODBYE_ACK = 17

    @property
    def label(self) -> str:
        """Name of the message in the source, such as `FloorRequest`."""
        return self.name.title().replace("_", "")


class AttributeType(IntEnum):
    """What an attribute is; 7 bits (RFC 8855, table 2)."""

    BENEFICIARY_ID = 1
    FLOOR_ID = 2
    FLOOR_REQUEST_ID = 3
    PRIORITY = 4
    REQUEST_STATUS = 5
    ERROR_CODE = 6
    ERROR_INFO = 7
    PARTICIPANT_PROVIDED_INFO = 8
    STATUS_INFO = 9
    SUPPORTED_ATTRIBUTES = 10
    SUPPORTED_PRIMITIVES = 11
    USER_DISPLAY_NAME = 12
    USER_URI = 13
    BENEFICIARY_INFORMATION = 14
    FLOOR_REQUEST_INFORMATION = 15
    REQUESTED_BY_INFORMATION = 16
    FLOOR_REQUEST_STATUS = 17
    OVERALL_REQUEST_STATUS = 18

    @property
    def label(self) -> str:
        """Name of the attribute in the source, such as `FLOOR-ID`."""
        return self.name.replace("_", "-")


class Priority(IntEnum):
    """How urgent a floor request is; 3 bits (RFC 8855, table 3)."""

    LOWEST = 0
    LOW = 1
    NORMAL = 2
    HIGH = 3
    HIGHEST = 4


class RequestStatus(IntEnum):
    """Where a floor request stands; uint8 (RFC 8855, table 4)."""

    PENDING = 1
    ACCEPTED = 2
    GRANTED = 3
    DENIED = 4
    CANCELLED = 5
    RELEASED = 6
    REVOKED = 7


class ErrorCode(IntEnum):
    """Why a request was not processed; uint8 (RFC 8855, table 5)."""

    CONFERENCE_DOES_NOT_EXIST = 1
    USER_DOES_NOT_EXIST = 2
    UNKNOWN_PRIMITIVE = 3
    UNKNOWN_MANDATORY_ATTRIBUTE = 4
    UNAUTHORIZED_OPERATION = 5
    INVALID_FLOOR_ID = 6
    FLOOR_REQUEST_ID_DOES_NOT_EXIST = 7
    TOO_MANY_FLOOR_REQUESTS = 8
    USE_TLS = 9
    UNABLE_TO_PARSE_MESSAGE = 10
    USE_DTLS = 11
    UNSUPPORTED_VERSION = 12
    INCORRECT_MESSAGE_LENGTH = 13
    GENERIC_ERROR = 14


SUBSET_PRIMITIVES: Final = frozenset(Primitive(value) for value in range(1, 14))
"""Primitives that RFC 4582 has too: all that are used over a reliable transport."""


def known(kind: type[IntEnum], value: int) -> int:
    """Return a value as a code point of its kind; one that the kind does not have stays an int."""
    try:
        return kind(value)
    except ValueError:
        return value
