"""RFC 4279, 7: the key is protected."""

import traceback

import pytest

from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import LocalProtocolError

KEY = b"never to be seen 0123456789"
SHOWN = (KEY.decode(), KEY.hex(), str(KEY)[2:-1])


def assert_hidden(text: str) -> None:
    assert not any(secret in text for secret in SHOWN)


def test_tls_021__no_representation_holds_the_key():
    """Client, server, session and context show no key."""
    client, server = TlsClient("alice", KEY), TlsServer({"alice": KEY}.get)
    for thing in (client, server, client.start(), server.start()):
        assert_hidden(repr(thing) + str(thing))
    assert "alice" in repr(client)


def test_tls_021__no_failure_holds_the_key(join):
    """Neither a failed handshake nor a key that is refused shows one."""
    joined = join(TlsClient("alice", KEY), TlsServer({"alice": KEY[::-1]}.get))
    for failure in joined.failures:
        assert failure is not None
        assert_hidden("".join(traceback.format_exception(failure)))
    with pytest.raises(LocalProtocolError) as caught:
        TlsClient("alice", KEY * 20)
    assert_hidden(str(caught.value))
