import pytest

from mediasec.errors import LocalProtocolError, RequirementViolated
from mediasec.msrp.events import SessionEstablished
from mediasec.msrp.terms import Terms
from mediasec.msrp.uri import Uri


def broken(text: str) -> list[str]:
    with pytest.raises(RequirementViolated) as caught:
        Uri.parse(text)
    return [finding.requirement for finding in caught.value.findings]


@pytest.mark.parametrize("transport", ["tcp", "TCP"])
def test_msrp_002__tcp_is_the_transport(transport):
    """A URI over TCP names the transport, in any case."""
    assert Uri.parse(f"msrp://host.example.com:8493/asfd34;{transport}").transport == transport


def test_msrp_002__another_transport_is_caught():
    """A URI with another transport than TCP is refused."""
    assert broken("msrp://host.example.com:8493/asfd34;sctp") == ["MSRP_002"]


@pytest.mark.parametrize("host", ["192.0.2.7", "[2001:db8::7]"])
def test_msrp_003__an_address_with_a_port(host):
    """An IP address may stand with a port."""
    assert Uri.parse(f"msrp://{host}:8493/asfd34;tcp").port == 8493


@pytest.mark.parametrize("host", ["192.0.2.7", "[2001:db8::7]", "%31%39%32.0.2.7"])
def test_msrp_003__an_address_without_a_port_is_caught(host):
    """An IP address without a port is refused; a name may stand without."""
    assert broken(f"msrp://{host}/asfd34;tcp") == ["MSRP_003"]
    assert Uri.parse("msrp://host.example.com/asfd34;tcp").port is None


def test_msrp_004__userinfo_without_a_password():
    """Userinfo may name an account."""
    assert Uri.parse("msrp://alice@host.example.com:8493/asfd34;tcp").userinfo == "alice"


def test_msrp_004__a_password_is_caught_both_ways():
    """Userinfo with a password is refused, and never written."""
    assert broken("msrp://alice:secret@host.example.com:8493/asfd34;tcp") == ["MSRP_004"]
    with pytest.raises(LocalProtocolError) as caught:
        Uri(host="host.example.com", port=8493, session_id="asfd34", userinfo="alice:secret").serialize()
    assert [finding.requirement for finding in caught.value.findings] == ["MSRP_004"]


ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")
SECURE_ALICE = Uri.parse("msrps://alice.example.com:7777/iau39soe2843z;tcp")
SECURE_BOB = Uri.parse("msrps://bob.example.com:8888/9di4eae923wzd;tcp")


def test_msrp_011__msrps_over_tls(msrp_side, send):
    """A session of msrps is bound by a connection with TLS."""
    bob = msrp_side("bob", secure=True)
    bob.session(SECURE_BOB, SECURE_ALICE)
    first = send(None, to=SECURE_BOB.serialize(), sender=SECURE_ALICE.serialize())
    assert [type(news) for news in bob.receive(first)] == [SessionEstablished]
    assert [answer.code for answer in bob.messages()] == [200]


@pytest.mark.parametrize(
    ("active", "local", "remote", "wanted"),
    [(True, ALICE, SECURE_BOB, True), (True, SECURE_ALICE, BOB, False), (False, SECURE_BOB, ALICE, True)],
)
def test_msrp_011__the_uri_that_is_connected_to_counts(active, local, remote, wanted):
    """TLS is wanted where the URI of the next hop, or the own one of the side that waits, is msrps."""
    terms = Terms(local=local, remote=(remote,), active=active)
    assert bool(terms.check_connection(secure=False)) is wanted
    assert terms.check_connection(secure=True) == []


def test_msrp_011__msrps_without_tls_is_caught_on_both_sides(msrp_side, send):
    """A session of msrps is neither bound by a connection without TLS nor opened over one."""
    bob = msrp_side("bob")
    bob.session(SECURE_BOB, SECURE_ALICE)
    assert bob.receive(send(None, to=SECURE_BOB.serialize(), sender=SECURE_ALICE.serialize())) == []
    assert [answer.code for answer in bob.messages()] == [481]
    with pytest.raises(LocalProtocolError, match="MSRP_011"):
        msrp_side("alice").session(SECURE_ALICE, SECURE_BOB, active=True)
