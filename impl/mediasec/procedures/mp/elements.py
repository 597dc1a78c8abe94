"""Information elements of the Mp procedures, with their status."""

from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Presence(StrEnum):
    """Whether a procedure carries an element (TS 23.333, 8).

    Attributes:
        MANDATORY: It is there.
        OPTIONAL: It may be there.
        UNVERIFIED: It is used, and its status could not be read; here it may be there.
    """

    MANDATORY = "M"
    OPTIONAL = "O"
    UNVERIFIED = "unverified"


class Transport(StrEnum):
    """Transport of a stream, as SDP writes it."""

    TCP_MSRP = "TCP/MSRP"
    TCP_TLS_MSRP = "TCP/TLS/MSRP"
    TCP_BFCP = "TCP/BFCP"
    TCP_TLS_BFCP = "TCP/TLS/BFCP"

    @property
    def has_tls(self) -> bool:
        """Whether TLS lies between TCP and the protocol."""
        return "/TLS/" in self

    @property
    def is_bfcp(self) -> bool:
        """Whether the protocol is BFCP; else it is MSRP."""
        return self.endswith("/BFCP")


class TcpEstablishment(StrEnum):
    """What the MRFP does for the TCP connection; from the `a=setup` that the MRFC answers or is answered."""

    ACTIVE = "active"
    PASSIVE = "passive"


class TlsSide(StrEnum):
    """Side of TLS that the MRFP takes; apart from the TCP role."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Address of one end of a connection.

    Attributes:
        host: IPv4 or IPv6 address, as text.
        port: TCP port, 0 to 65535.
    """

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreSharedKey:
    """The key that the MRFP uses in the TLS handshake: the TEK of the Crypto Session.

    Attributes:
        identity: Identity that names the key in TLS; UTF-8.
        key: Octets of the key. Secret.
    """

    identity: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A floor with the streams that it controls.

    Attributes:
        floor_id: BFCP floor ID; uint16.
        streams: Labels of the media streams that it controls.
        max_holders: How many users may hold it at a time.
    """

    floor_id: int
    streams: tuple[str, ...] = ()
    max_holders: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MsrpSide:
    """What SDP says of one side of an MSRP session.

    Attributes:
        path: Its URIs, the next hop first. Each holds a session-id, which is secret.
        accept_types: Media types that it accepts.
    """

    path: tuple[str, ...] = field(repr=False)
    accept_types: tuple[str, ...] = ("*",)


def element(name: str, presence: Presence, **more: Any) -> Any:
    """Declare a field that is an information element of this name and status.

    A field without a default is one that the procedure cannot do without, whatever its status.
    """
    return field(metadata={"element": name, "presence": presence}, **more)


def elements(message: Any) -> Iterator[tuple[Field[Any], str, Presence]]:
    """Yield each field of a message that is an information element, with its name and status."""
    for each in fields(message):
        if "element" in each.metadata:
            yield each, each.metadata["element"], each.metadata["presence"]
