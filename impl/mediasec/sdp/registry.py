"""Names and values of SDP that have a meaning here, each list in the order of its source.

SDP is open: a name that is not listed is no error in itself, and stays text.
"""

from enum import Enum, IntEnum, StrEnum
from typing import TypeVar

_Value = TypeVar("_Value", bound=Enum)


def known(values: type[_Value], value: str | int) -> _Value | None:
    """Return the member of an enumeration with this value, or None where it has none."""
    try:
        return values(value)
    except ValueError:
        return None


class LineType(StrEnum):
    """Letter that begins a line (RFC 8866, 5)."""

    VERSION = "v"
    ORIGIN = "o"
    NAME = "s"
    INFORMATION = "i"
    URI = "u"
    EMAIL = "e"
    PHONE = "p"
    CONNECTION = "c"
    BANDWIDTH = "b"
    TIMING = "t"
    REPEAT = "r"
    ZONE = "z"
    KEY = "k"
    ATTRIBUTE = "a"
    MEDIA = "m"


class MediaType(StrEnum):
    """Media types of the two streams (RFC 8866, 5.14)."""

    APPLICATION = "application"
    MESSAGE = "message"


class Transport(StrEnum):
    """Value of `<proto>` in a media line (RFC 4975, 8.1; RFC 8856, 4; RFC 8866, 5.14)."""

    TCP_MSRP = "TCP/MSRP"
    TCP_TLS_MSRP = "TCP/TLS/MSRP"
    TCP_BFCP = "TCP/BFCP"
    TCP_TLS_BFCP = "TCP/TLS/BFCP"
    RTP_SAVP = "RTP/SAVP"
    RTP_SAVPF = "RTP/SAVPF"


class AttributeName(StrEnum):
    """Attributes that are understood here; every other one is passed over."""

    GROUP = "group"
    MID = "mid"
    LABEL = "label"
    SETUP = "setup"
    CONNECTION = "connection"
    KEY_MANAGEMENT = "key-mgmt"
    CRYPTO = "crypto"
    FINGERPRINT = "fingerprint"
    PATH = "path"
    ACCEPT_TYPES = "accept-types"
    MSRP_CEMA = "msrp-cema"
    FLOOR_CONTROL = "floorctrl"
    CONFERENCE_ID = "confid"
    USER_ID = "userid"
    FLOOR_ID = "floorid"
    BFCP_VERSION = "bfcpver"


BOTH_LEVELS = frozenset(
    {
        AttributeName.SETUP,
        AttributeName.CONNECTION,
        AttributeName.KEY_MANAGEMENT,
        AttributeName.FINGERPRINT,
    }
)
"""Attributes of the session that apply to every stream without one of its own."""


class Setup(StrEnum):
    """Role in setting up the TCP connection (RFC 4145, 4)."""

    ACTIVE = "active"
    PASSIVE = "passive"
    ACTPASS = "actpass"
    HOLDCONN = "holdconn"


class ConnectionState(StrEnum):
    """Whether a stream is to have a new TCP connection (RFC 4145, 5)."""

    NEW = "new"
    EXISTING = "existing"


class FloorControl(StrEnum):
    """Role in floor control that a side is willing to take (RFC 8856, 5.1)."""

    CLIENT = "c-only"
    SERVER = "s-only"
    EITHER = "c-s"


class HashFunction(StrEnum):
    """Hash function of a certificate's fingerprint (RFC 8122, 5)."""

    SHA_1 = "sha-1"
    SHA_224 = "sha-224"
    SHA_256 = "sha-256"
    SHA_384 = "sha-384"
    SHA_512 = "sha-512"
    MD5 = "md5"
    MD2 = "md2"


class MikeyDataType(IntEnum):
    """Second octet of a MIKEY message, as far as an offer or answer may hold one (RFC 6043, 6.1)."""

    ERROR = 6
    TRANSFER_INIT = 14
    TRANSFER_RESP = 15


MIKEY = "mikey"
"""Identifier of MIKEY as a key management protocol (RFC 4567, 7)."""

DISCARD_PORT = 9
"""Port of a side that nobody connects to (RFC 4145, 4.1)."""

BFCP_VERSION_OVER_TCP = 1
"""Version of BFCP on a reliable transport (RFC 8856, 5.5)."""


class Role(Enum):
    """What an end of a session is."""

    UE = "IMS UE"
    CONFERENCE = "conference"


class Solution(Enum):
    """Conference security solution of TS 33.328 Annex G that a session is checked against."""

    G2 = "SDES on RTP"
    G3 = "MIKEY-TICKET for all media"
