"""Where the active side of an MSRP session connects to: the path, or with CEMA the c/m-line."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from mediasec.errors import Finding, LocalProtocolError
from mediasec.msrp.uri import Uri

Addresses = Mapping[str, Set[IPv4Address | IPv6Address]]
"""What DNS has for names, each in lower case: its addresses, of A and of AAAA records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaAddress:
    """Address in the c-line and port in the m-line of an MSRP stream.

    Attributes:
        host: Name, IPv4 address, or IPv6 address without brackets.
        port: TCP port.
    """

    host: str
    port: int


def connects_to(path: tuple[Uri, ...], *, cema: MediaAddress | None = None) -> MediaAddress:
    """Return where the active side connects to.

    Args:
        path: Path that the other side's SDP gave.
        cema: Address and port in the other side's c-line and m-line, if both sides signalled `msrp-cema`.

    Raises:
        LocalProtocolError: The first URI of the path names no port.

    Source:
        MSRP_085 (RFC 4975, 8.3)
        MSRP_086 (RFC 6714, 4.2)
    """
    if cema is not None:
        return cema
    uri = path[0]
    if uri.port is None:
        raise LocalProtocolError(
            Finding(requirement="MSRP_085", where="path[0]", message="The URI of the next hop has no port.")
        )
    return MediaAddress(host=str(uri.address or uri.host), port=uri.port)


def matches(media: MediaAddress, uri: Uri, addresses: Addresses) -> bool:
    """Return whether a c/m-line and an MSRP URI name the same address and port.

    Args:
        media: Address and port in the c-line and m-line.
        uri: The URI.
        addresses: What DNS has for the names in both.

    Source:
        MSRP_087 (RFC 6714, 4.4)
    """
    own = _addresses_of(media.host, addresses)
    return media.port == uri.port and not own.isdisjoint(_addresses_of(uri.host.strip("[]"), addresses))


def _addresses_of(host: str, addresses: Addresses) -> Set[IPv4Address | IPv6Address]:
    try:
        return {ip_address(host)}
    except ValueError:
        return addresses.get(host.lower(), frozenset())
