"""RFC 9257, 6.1.1: encoding and comparison of identities."""

import unicodedata

import pytest

from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer
from mediasec.errors import LocalProtocolError

KEY = bytes(range(16))


@pytest.mark.parametrize("identity", ["", "\0", "al\0ice", "alice\0"])
def test_tls_015__empty_and_nul_are_refused(identity):
    """A client with an empty identity, or one that holds a NUL, cannot be made."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsClient(identity, KEY)
    assert [finding.requirement for finding in caught.value.findings] == ["TLS_015"]


def test_tls_015__a_server_knows_no_empty_identity(join):
    """A client that names no identity is unknown, whatever the lookup would say."""
    client, server = TlsClient("a", KEY).start(), TlsServer(lambda _: KEY).start()
    assert not client.handshake()
    server.receive(client.take_output())
    assert not server.handshake()
    client.receive(server.take_output())
    assert not client.handshake()
    flight = client.take_output()
    # ClientKeyExchange: record, type 16, identity "a", public value; the identity is taken out.
    length = int.from_bytes(flight[3:5], "big")
    body = flight[5 + 4 + 3 : 5 + length]
    exchange = b"\0\0" + body
    message = b"\x10" + len(exchange).to_bytes(3, "big") + exchange
    server.receive(flight[:3] + len(message).to_bytes(2, "big") + message + flight[5 + length :])
    with pytest.raises(TlsFailed) as caught:
        server.handshake()
    assert caught.value.detail == "PSK_IDENTITY_NOT_FOUND"


@pytest.mark.parametrize("other", ["Alice", "alice ", unicodedata.normalize("NFD", "alicé"), "alic"])
def test_tls_016__what_looks_alike_is_another_identity(join, other):
    """An identity that differs by case, by white space or by composition only is another one."""
    asked = []

    def lookup(identity):
        asked.append(identity)
        return {"alice": KEY, "alicé": KEY}.get(identity)

    joined = join(TlsClient(other, KEY), TlsServer(lookup))
    assert asked == [other]
    assert joined.failures[1].failure is TlsFailure.UNKNOWN_IDENTITY


def test_tls_016__the_same_octets_are_the_same_identity(join):
    """An identity is found by its own octets."""
    joined = join(TlsClient("alicé", KEY), TlsServer({"alicé": KEY}.get))
    assert joined.server.identity == "alicé"
