"""TS 23.333, 6.2.19.1: pre-shared key suites of RFC 4279."""

import ssl

import pytest

from mediasec.endpoints.tls_profile import CipherSuite, TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsServer

KEY = bytes(range(32))
WITH_AES = [0x008C, 0x008D, 0x0090, 0x0091]


@pytest.mark.parametrize("code", WITH_AES, ids=hex)
def test_tls_002__a_suite_of_rfc_4279_establishes(join, code):
    """Each suite of RFC 4279 with AES, and without a certificate, can carry a connection."""
    profile = TlsProfile(suites=(CipherSuite(code),))
    joined = join(TlsClient("alice", KEY, profile=profile), TlsServer({"alice": KEY}.get, profile=profile))
    assert joined.established
    # ServerHello: record 5, handshake 4, version 2, random 32, then the session ID, then the suite.
    hello = bytes(joined.to_client)
    after_session = 44 + hello[43]
    assert hello[after_session : after_session + 2] == code.to_bytes(2, "big")


def test_tls_002__a_peer_with_nothing_else_is_served_by_default(join):
    """A client that knows TLS_PSK_WITH_AES_128_CBC_SHA only gets a connection from the default profile."""
    client = TlsProfile(suites=(CipherSuite.PSK_WITH_AES_128_CBC_SHA,))
    joined = join(TlsClient("alice", KEY, profile=client), TlsServer({"alice": KEY}.get))
    assert joined.server.suite == "PSK-AES128-CBC-SHA"


def test_tls_009__the_default_is_tls_1_2(join):
    """Two endpoints that are told nothing use TLS 1.2, which the suites of RFC 4279 belong to."""
    joined = join(TlsClient("alice", KEY), TlsServer({"alice": KEY}.get))
    assert joined.client.version == joined.server.version == "TLSv1.2"
    assert TlsProfile().versions == {ssl.TLSVersion.TLSv1_2}
