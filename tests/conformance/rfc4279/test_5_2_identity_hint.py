"""RFC 4279, 5.2: the identity hint."""

import pytest

from mediasec.endpoints.tls_profile import CipherSuite, TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsServer

KEY = bytes(range(32))
SERVER_KEY_EXCHANGE = 12


@pytest.mark.parametrize(
    "suite",
    [
        CipherSuite.PSK_WITH_AES_128_GCM_SHA256,
        CipherSuite.ECDHE_PSK_WITH_AES_128_CBC_SHA256,
        CipherSuite.DHE_PSK_WITH_AES_128_GCM_SHA256,
    ],
    ids=lambda suite: suite.name,
)
def test_tls_020__a_server_sends_no_hint(join, handshake_messages, suite):
    """Without a hint ServerKeyExchange is left out, or holds an empty one before the parameters."""
    profile = TlsProfile(suites=(suite,))
    joined = join(TlsClient("alice", KEY, profile=profile), TlsServer({"alice": KEY}.get, profile=profile))
    assert joined.established
    messages = dict(handshake_messages(bytes(joined.to_client)))
    if suite.forward_secret:
        assert messages[SERVER_KEY_EXCHANGE].startswith(b"\0\0")
    else:
        assert SERVER_KEY_EXCHANGE not in messages


def test_tls_020__a_client_ignores_a_hint(handshake_messages):
    """A client that gets a hint sends the identity that it was given."""
    profile = TlsProfile(suites=(CipherSuite.PSK_WITH_AES_128_CBC_SHA,))
    client = TlsClient("alice", KEY, profile=profile).start()
    assert not client.handshake()
    hello = dict(handshake_messages(client.take_output()))
    assert hello.keys() == {1}
    client.receive(_flight_with_hint(b"bob"))
    assert not client.handshake()
    sent = dict(handshake_messages(client.take_output()))
    assert sent[16] == b"\x00\x05alice"


def _flight_with_hint(hint: bytes) -> bytes:
    """ServerHello for PSK_WITH_AES_128_CBC_SHA, ServerKeyExchange with a hint, ServerHelloDone."""
    hello = b"\x03\x03" + bytes(range(32)) + b"\0" + b"\x00\x8c" + b"\0"
    hello += b"\x00\x05" + b"\xff\x01\x00\x01\x00"  # renegotiation_info, which clients ask for
    exchange = len(hint).to_bytes(2, "big") + hint
    messages = b"".join(
        bytes([kind]) + len(body).to_bytes(3, "big") + body
        for kind, body in ((2, hello), (12, exchange), (14, b""))
    )
    return b"\x16\x03\x03" + len(messages).to_bytes(2, "big") + messages
