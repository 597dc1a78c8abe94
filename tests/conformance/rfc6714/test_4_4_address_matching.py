from ipaddress import ip_address

import pytest

from mediasec.msrp.addressing import MediaAddress, matches
from mediasec.msrp.uri import Uri

DNS = {
    "bob.example.com": {ip_address("192.0.2.7"), ip_address("192.0.2.8"), ip_address("2001:db8::7")},
    "carol.example.com": {ip_address("192.0.2.9")},
}


def same(host: str, port: int, authority: str) -> bool:
    uri = Uri.parse(f"msrp://{authority}/9di4eae923wzd;tcp")
    return matches(MediaAddress(host=host, port=port), uri, DNS)


@pytest.mark.parametrize(
    ("host", "authority"),
    [
        ("192.0.2.7", "192.0.2.7:8888"),
        ("192.0.2.8", "bob.example.com:8888"),
        ("bob.example.com", "192.0.2.7:8888"),
        ("BOB.example.com", "bob.EXAMPLE.com:8888"),
        ("2001:DB8:0:0:0:0:0:7", "[2001:db8::7]:8888"),
        ("bob.example.com", "[2001:db8::7]:8888"),
    ],
)
def test_msrp_087__an_address_in_common(host, authority):
    """A c/m-line and a URI match by an address that they have in common, whatever its form."""
    assert same(host, 8888, authority)


@pytest.mark.parametrize(
    ("host", "port", "authority"),
    [
        ("192.0.2.7", 8889, "192.0.2.7:8888"),
        ("192.0.2.7", 8888, "192.0.2.8:8888"),
        ("192.0.2.9", 8888, "bob.example.com:8888"),
        ("carol.example.com", 8888, "bob.example.com:8888"),
        ("unknown.example.com", 8888, "unknown.example.com:8888"),
    ],
)
def test_msrp_087__no_address_in_common(host, port, authority):
    """Another port, another address, and a name without an address do not match."""
    assert not same(host, port, authority)
