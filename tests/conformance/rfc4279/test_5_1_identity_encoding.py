"""RFC 4279, 5.1: how an identity is encoded."""

import ssl

import pytest

from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsServer
from mediasec.errors import LocalProtocolError

KEY = bytes(range(32))
CLIENT_KEY_EXCHANGE = 16


@pytest.mark.parametrize(
    ("identity", "octets"),
    [
        ("192.0.2.1", b"192.0.2.1"),
        ("sip:ünï@example.com", b"sip:\xc3\xbcn\xc3\xaf@example.com"),
        ("\N{OLD ITALIC LETTER A}", b"\xf0\x90\x8c\x80"),
    ],
)
def test_tls_013__an_identity_is_sent_as_utf_8(join, handshake_messages, identity, octets):
    """The identity stands in ClientKeyExchange as UTF-8 behind its length, and arrives as the same text."""
    joined = join(TlsClient(identity, KEY), TlsServer({identity: KEY}.get))
    sent = dict(handshake_messages(bytes(joined.to_server)))[CLIENT_KEY_EXCHANGE]
    assert sent.startswith(len(octets).to_bytes(2, "big") + octets)
    assert joined.server.identity == identity


def test_tls_013__the_same_in_tls_1_3(join):
    """In TLS 1.3 the identity stands in ClientHello as the same octets."""
    profile = TlsProfile(versions=frozenset({ssl.TLSVersion.TLSv1_3}))
    joined = join(TlsClient("ünï", KEY, profile=profile), TlsServer({"ünï": KEY}.get, profile=profile))
    assert b"\x00\x05\xc3\xbcn\xc3\xaf" in joined.to_server
    assert joined.server.identity == "ünï"


def test_tls_013__half_a_surrogate_pair_is_no_identity():
    """Text that UTF-8 cannot encode is refused."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsClient("\ud800", KEY)
    assert [finding.requirement for finding in caught.value.findings] == ["TLS_013"]


def test_tls_013__octets_that_are_not_utf_8_are_no_identity(join):
    """An identity that is not UTF-8 on the wire is refused before anybody is asked for its key."""
    asked = []
    client, server = TlsClient("aÿz", KEY).start(), TlsServer(asked.append).start()
    assert not client.handshake()
    server.receive(client.take_output())
    assert not server.handshake()
    client.receive(server.take_output())
    assert not client.handshake()
    server.receive(client.take_output().replace("aÿz".encode(), b"a\xff\xffz"))
    with pytest.raises(TlsFailed):
        server.handshake()
    assert asked == []
