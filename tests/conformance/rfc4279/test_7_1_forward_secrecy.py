"""RFC 4279, 7.1: forward secrecy."""

import pytest

from mediasec.endpoints.tls_profile import CipherSuite, TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import LocalProtocolError

KEY = bytes(range(32))
PLAIN = CipherSuite.PSK_WITH_AES_128_GCM_SHA256
SECRET = CipherSuite.ECDHE_PSK_WITH_AES_128_CBC_SHA256
DHE = CipherSuite.DHE_PSK_WITH_AES_128_GCM_SHA256
SERVER_KEY_EXCHANGE = 12


def test_tls_003__the_default_has_forward_secrecy_first():
    """In the default no suite without an ephemeral exchange stands before one with it."""
    exchanges = [suite.name.partition("_PSK")[0] for suite in TlsProfile().suites]
    assert exchanges == sorted(exchanges, key=lambda exchange: exchange not in ("DHE", "ECDHE"))
    assert exchanges[0] == "ECDHE"


def test_tls_003__another_order_is_refused():
    """A profile that prefers a suite without forward secrecy cannot be made."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsProfile(suites=(PLAIN, SECRET))
    assert [finding.requirement for finding in caught.value.findings] == ["TLS_003"]


def test_tls_003__the_preference_of_the_server_decides(join):
    """A server selects its own first suite, also where the client lists another one first."""
    client = TlsProfile(suites=(SECRET, DHE))
    server = TlsProfile(suites=(DHE, SECRET))
    joined = join(TlsClient("alice", KEY, profile=client), TlsServer({"alice": KEY}.get, profile=server))
    assert joined.client.suite == joined.server.suite == "DHE-PSK-AES128-GCM-SHA256"


def test_tls_012__each_handshake_has_a_fresh_private_value(join, handshake_messages):
    """The public value of a DHE_PSK server differs from handshake to handshake."""
    profile = TlsProfile(suites=(DHE,))
    values = set()
    for _ in range(2):
        joined = join(
            TlsClient("alice", KEY, profile=profile), TlsServer({"alice": KEY}.get, profile=profile)
        )
        assert joined.established
        values.add(dict(handshake_messages(bytes(joined.to_client)))[SERVER_KEY_EXCHANGE][-256:])
    assert len(values) == 2
