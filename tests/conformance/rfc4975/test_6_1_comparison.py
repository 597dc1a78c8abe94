import pytest

from mediasec.msrp.uri import Uri

BASE = "msrp://host.example.com:8493/asfd34;tcp"


def match(one: str, other: str) -> bool:
    first, second = Uri.parse(one), Uri.parse(other)
    assert first.matches(second) == second.matches(first)
    return first.matches(second)


def test_msrp_005__schemes_without_regard_to_case():
    """The scheme is compared without regard to case."""
    assert match(BASE, "MSRP://host.example.com:8493/asfd34;tcp")


def test_msrp_005__another_scheme_does_not_match():
    """URIs of msrp and msrps do not match."""
    assert not match(BASE, "msrps://host.example.com:8493/asfd34;tcp")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("host.example.com", "HOST.Example.COM"),
        ("host.example.com", "%68ost.example%2Ecom"),
        ("host.example.com", "alice@host.example.com"),
        ("192.0.2.7", "%3192.0.2.7"),
        ("[2001:db8::7]", "[2001:DB8:0:0:0:0:0:7]"),
    ],
)
def test_msrp_006__the_same_host(one, other):
    """Hosts match by address or by name, after decoding, and userinfo does not count."""
    assert match(f"msrp://{one}:8493/asfd34;tcp", f"msrp://{other}:8493/asfd34;tcp")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("host.example.com", "host.example.org"),
        ("192.0.2.7", "192.0.2.8"),
        ("[2001:db8::7]", "[2001:db8::8]"),
        ("a,b.example.com", "a%2Cb.example.com"),
    ],
)
def test_msrp_006__another_host_does_not_match(one, other):
    """Hosts that differ do not match, nor does a reserved character match its percent-encoded form."""
    assert not match(f"msrp://{one}:8493/asfd34;tcp", f"msrp://{other}:8493/asfd34;tcp")


def test_msrp_007__equal_ports():
    """Equal ports match, and so do two URIs without one."""
    assert match(BASE, BASE)
    assert match("msrp://host.example.com/asfd34;tcp", "msrp://host.example.com/asfd34;tcp")


@pytest.mark.parametrize("port", [":8494", "", ":2855"])
def test_msrp_007__another_port_does_not_match(port):
    """A port matches no other port, nor a URI without one, though that be the recommended port."""
    assert not match(BASE, f"msrp://host.example.com{port}/asfd34;tcp")
    if port:
        assert not match(f"msrp://host.example.com{port}/asfd34;tcp", "msrp://host.example.com/asfd34;tcp")


def test_msrp_008__equal_session_ids():
    """Equal session-ids match, and so do two URIs without one."""
    assert match(BASE, f"{BASE};name=value")
    assert match("msrp://host.example.com:8493;tcp", "msrp://host.example.com:8493;tcp")


@pytest.mark.parametrize("session", ["/ASFD34", "/asfd35", ""])
def test_msrp_008__another_session_id_does_not_match(session):
    """A session-id is compared with regard to case, and matches no URI without one."""
    assert not match(BASE, f"msrp://host.example.com:8493{session};tcp")


def test_msrp_009__transports_without_regard_to_case():
    """The transport is compared without regard to case."""
    assert match(BASE, "msrp://host.example.com:8493/asfd34;TCP")


def test_msrp_009__another_transport_does_not_match():
    """URIs that differ in nothing but the transport do not match."""
    assert not Uri.parse(BASE).matches(Uri.read("msrp://host.example.com:8493/asfd34;sctp"))
