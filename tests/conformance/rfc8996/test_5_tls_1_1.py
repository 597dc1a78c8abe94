"""RFC 8996, 5: TLS 1.1 is not used."""

import ssl
import warnings

import pytest

from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer
from mediasec.errors import LocalProtocolError

KEY = bytes(range(32))


def test_tls_008__a_client_offers_tls_1_2():
    """The version of ClientHello is that of TLS 1.2, and no other is listed."""
    client = TlsClient("alice", KEY).start()
    assert not client.handshake()
    hello = client.take_output()
    assert hello[9:11] == b"\x03\x03"
    assert b"\x00\x2b" not in hello[44:] or b"\x03\x02" not in hello[44:]


def test_tls_008__a_server_refuses_tls_1_1():
    """A ClientHello of TLS 1.1 is answered by the alert protocol_version(70)."""
    client = TlsClient("alice", KEY).start()
    assert not client.handshake()
    hello = bytearray(client.take_output())
    hello[9:11] = b"\x03\x02"
    server = TlsServer({"alice": KEY}.get).start()
    server.receive(bytes(hello))
    with pytest.raises(TlsFailed) as caught:
        server.handshake()
    assert caught.value.failure is TlsFailure.NOTHING_IN_COMMON
    assert server.take_output()[-2:] == b"\x02\x46"


def test_tls_008__a_profile_with_tls_1_1_is_refused():
    """A profile with TLS 1.1, and one with no version, cannot be made."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old = ssl.TLSVersion.TLSv1_1
    for versions in (frozenset({old, ssl.TLSVersion.TLSv1_2}), frozenset()):
        with pytest.raises(LocalProtocolError) as caught:
            TlsProfile(versions=versions)
        assert [finding.requirement for finding in caught.value.findings] == ["TLS_008"]
