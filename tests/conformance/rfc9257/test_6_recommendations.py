"""RFC 9257, 6: how external keys are used."""

import ssl

import pytest

from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer
from mediasec.errors import LocalProtocolError

ONE_THREE = TlsProfile(versions=frozenset({ssl.TLSVersion.TLSv1_3}))
PSK_KEY_EXCHANGE_MODES, PSK_DHE_KE = b"\x00\x2d", b"\x01"
KEY = bytes(range(16))


def test_tls_011__a_client_offers_the_mode_with_an_exchange_only():
    """The extension psk_key_exchange_modes lists psk_dhe_ke alone."""
    client = TlsClient("alice", KEY, profile=ONE_THREE).start()
    assert not client.handshake()
    assert PSK_KEY_EXCHANGE_MODES + b"\x00\x02" + b"\x01" + PSK_DHE_KE in client.take_output()


def test_tls_011__a_server_refuses_the_mode_without_one():
    """A client that lists psk_ke(0) alone gets no connection."""
    client, server = (
        TlsClient("alice", KEY, profile=ONE_THREE).start(),
        TlsServer({"alice": KEY}.get, profile=ONE_THREE).start(),
    )
    assert not client.handshake()
    modes = PSK_KEY_EXCHANGE_MODES + b"\x00\x02" + b"\x01"
    server.receive(client.take_output().replace(modes + PSK_DHE_KE, modes + b"\x00"))
    with pytest.raises(TlsFailed):
        server.handshake()


@pytest.mark.parametrize("length", [0, 1, 15])
def test_tls_018__a_client_refuses_a_short_key(length):
    """A client with a key of fewer than 16 octets cannot be made."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsClient("alice", bytes(length))
    assert [finding.requirement for finding in caught.value.findings] == ["TLS_018"]


def test_tls_018__a_server_refuses_a_short_key(join):
    """A server treats an identity whose key is too short as unknown."""
    joined = join(TlsClient("alice", KEY), TlsServer({"alice": KEY[:15]}.get))
    assert joined.failures[1].failure is TlsFailure.UNKNOWN_IDENTITY


def test_tls_018__a_key_of_16_octets_serves(join):
    """A key of 16 octets is long enough."""
    assert join(TlsClient("alice", KEY), TlsServer({"alice": KEY}.get)).established
