"""Values of single lines: read from text, written to the same text."""

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Self

from mediasec.errors import MalformedMessage

TCHARS = r"[A-Za-z0-9!#$%&'*+\-.^_`{|}~]+"
"""The characters of a token of RFC 8866, 9, as a regular expression."""

_IS_TOKEN = re.compile(TCHARS)
_DOMAIN_NAME = re.compile(r"[A-Za-z0-9.\-]{4,}")
_MOST_DIGITS = 4000
_LONGEST_SHOWN = 60

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_token(text: str) -> bool:
    """Tell whether a text is a token of RFC 8866, 9."""
    return _IS_TOKEN.fullmatch(text) is not None


def seen(text: str) -> str:
    """Return text of the peer, fit to be shown: in quotes, printable ASCII alone, at most 60 characters."""
    plain = text[: _LONGEST_SHOWN + 1].encode("ascii", "backslashreplace").decode()
    plain = "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in plain)
    return f"'{plain[: _LONGEST_SHOWN - 3]}...'" if len(plain) > _LONGEST_SHOWN else f"'{plain}'"


def decimal(text: str, *, bits: int | None = None) -> int:
    """Read a decimal number of one digit or more.

    Args:
        text: The digits; leading zeros are allowed.
        bits: How many bits the number fits in; None for no limit but that of this reader.

    Raises:
        MalformedMessage: It is no decimal number, or too large.
    """
    if not (text.isascii() and text.isdigit()):
        raise MalformedMessage(f"{seen(text)} is not a decimal number")
    if len(text) > _MOST_DIGITS:
        raise MalformedMessage(f"a number has more than {_MOST_DIGITS} digits")
    number = int(text)
    if bits is not None and number.bit_length() > bits:
        raise MalformedMessage(f"{seen(text)} does not fit in {bits} bits")
    return number


def ip_address(text: str) -> Address | None:
    """Return the IP address that a text is, or None where it is a name."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _subfields(text: str, count: int, names: str) -> list[str]:
    parts = text.split(" ")
    if len(parts) != count or not all(parts):
        raise MalformedMessage(f"{seen(text)} is not '{names}' with single spaces")
    return parts


def _check_address(network: str, kind: str, address: str) -> None:
    """Demand that an address is of its announced kind; of kinds other than IN IP4 and IN IP6 all pass.

    Raises:
        MalformedMessage: It is not.
    """
    if network != "IN" or kind not in ("IP4", "IP6"):
        return
    if kind == "IP6" and ":" in address:
        fits = isinstance(ip_address(address), ipaddress.IPv6Address) and "%" not in address
    elif address.replace(".", "").isdigit():
        fits = kind == "IP4" and ip_address(address) is not None
    else:
        fits = _DOMAIN_NAME.fullmatch(address) is not None
    if not fits:
        raise MalformedMessage(f"{seen(address)} is neither an {kind} address nor a domain name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Originator and identity of a description: the value of `o=`.

    Attributes:
        username: The user's login, or `-`.
        session_id: Identity of the session; decimal.
        version: Version of the description; decimal.
        network_type: `IN`.
        address_type: `IP4` or `IP6`.
        address: Address of the machine that made the session.
    """

    username: str = "-"
    session_id: int
    version: int
    network_type: str = "IN"
    address_type: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value of an origin line.

        Raises:
            MalformedMessage: It is not one.
        """
        parts = _subfields(
            text, 6, "<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>"
        )
        _check_address(*parts[3:])
        return cls(
            username=parts[0],
            session_id=decimal(parts[1]),
            version=decimal(parts[2]),
            network_type=parts[3],
            address_type=parts[4],
            address=parts[5],
        )

    def serialize(self) -> str:
        """Return the value of the line."""
        return (
            f"{self.username} {self.session_id} {self.version} "
            f"{self.network_type} {self.address_type} {self.address}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where media is received: the value of `c=`.

    Attributes:
        network_type: `IN`.
        address_type: `IP4` or `IP6`.
        address: IP address or domain name, without what may follow it after a slash.
        suffix: For multicast the time to live and the number of addresses, with the slash before them.
    """

    network_type: str = "IN"
    address_type: str
    address: str
    suffix: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value of a connection line.

        Raises:
            MalformedMessage: It is not one.
        """
        network, kind, place = _subfields(text, 3, "<nettype> <addrtype> <connection-address>")
        address, slash, rest = place.partition("/")
        if slash:
            for number in rest.split("/", 1):
                decimal(number)
        _check_address(network, kind, address)
        return cls(network_type=network, address_type=kind, address=address, suffix=slash + rest)

    @classmethod
    def to(cls, address: str) -> Self:
        """Return the connection line for an IP address; a domain name is taken to be one of IPv4."""
        kind = "IP6" if isinstance(ip_address(address), ipaddress.IPv6Address) else "IP4"
        return cls(address_type=kind, address=address)

    def serialize(self) -> str:
        """Return the value of the line."""
        return f"{self.network_type} {self.address_type} {self.address}{self.suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLine:
    """Kind and port of a stream: the value of `m=`.

    Attributes:
        media: Media type, such as `application`.
        port: Port; uint16. 0 is a stream that is not wanted.
        port_count: Number of ports, where it is given.
        transport: Transport protocol, such as `TCP/TLS/BFCP`.
        formats: Media formats, at least one.
    """

    media: str
    port: int
    port_count: int | None = None
    transport: str
    formats: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value of a media line.

        Raises:
            MalformedMessage: It is not one.
        """
        parts = text.split(" ")
        if len(parts) < 4 or not all(parts):
            raise MalformedMessage(
                f"{seen(text)} is not '<media> <port> <proto> <fmt> ...' with single spaces"
            )
        media, ports, transport, *formats = parts
        port, slash, count = ports.partition("/")
        if not all(map(is_token, [media, *transport.split("/"), *formats])):
            raise MalformedMessage(f"{seen(text)} has a subfield that is not a token")
        return cls(
            media=media,
            port=decimal(port, bits=16),
            port_count=decimal(count) if slash else None,
            transport=transport,
            formats=tuple(formats),
        )

    def serialize(self) -> str:
        """Return the value of the line."""
        ports = str(self.port) if self.port_count is None else f"{self.port}/{self.port_count}"
        return " ".join([self.media, ports, self.transport, *self.formats])


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute: the value of `a=`.

    Attributes:
        name: Name; a token.
        value: What follows the colon; None for an attribute without a value. Secret where it is a key.
    """

    name: str
    value: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value of an attribute line.

        Raises:
            MalformedMessage: Its name is no token, or its value is announced and missing.
        """
        name, colon, value = text.partition(":")
        if not is_token(name):
            raise MalformedMessage(f"{seen(name)} is not the name of an attribute")
        if colon and not value:
            raise MalformedMessage(f"the attribute {seen(name)} has a colon and no value")
        return cls(name=name, value=value if colon else None)

    def serialize(self) -> str:
        """Return the value of the line."""
        return self.name if self.value is None else f"{self.name}:{self.value}"


def check_timing(text: str) -> None:
    """Demand that a text is the value of a time line: start and stop, in seconds since 1900, or 0.

    Raises:
        MalformedMessage: It is not.
    """
    for time in _subfields(text, 2, "<start-time> <stop-time>"):
        decimal(time)


def check_bandwidth(text: str) -> None:
    """Demand that a text is the value of a bandwidth line: its type, a colon and a number.

    Raises:
        MalformedMessage: It is not.
    """
    kind, colon, bandwidth = text.partition(":")
    if not colon or not is_token(kind):
        raise MalformedMessage(f"{seen(text)} is not '<bwtype>:<bandwidth>'")
    decimal(bandwidth)
