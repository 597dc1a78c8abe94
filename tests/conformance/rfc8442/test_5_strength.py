"""RFC 8442, 5: strength of keys and tags."""

import pytest

from mediasec.endpoints.tls_profile import DEFAULT_SUITES, CipherSuite, TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailure, TlsServer
from mediasec.errors import LocalProtocolError

LONG = TlsProfile(suites=(CipherSuite.ECDHE_PSK_WITH_AES_256_CBC_SHA384,))


@pytest.mark.parametrize("code", [0xC0A8, 0xC0A9, 0xC0AA, 0xC0AB], ids=hex)
def test_tls_006__a_tag_of_8_octets_is_refused(code):
    """A profile with CCM_8 cannot be made."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsProfile(suites=(*DEFAULT_SUITES, CipherSuite(code)))
    assert "TLS_006" in {finding.requirement for finding in caught.value.findings}


def test_tls_006__a_tag_of_16_octets_is_accepted(join):
    """CCM with its whole tag is one of the suites."""
    profile = TlsProfile(suites=(CipherSuite.DHE_PSK_WITH_AES_128_CCM,))
    key = bytes(range(16))
    joined = join(TlsClient("alice", key, profile=profile), TlsServer({"alice": key}.get, profile=profile))
    assert joined.server.suite == "DHE-PSK-AES128-CCM"


def test_tls_019__a_key_of_192_bits_serves_aes_of_256(join):
    """With 24 octets a suite with AES of 256 bits is used."""
    key = bytes(range(24))
    joined = join(TlsClient("alice", key, profile=LONG), TlsServer({"alice": key}.get, profile=LONG))
    assert joined.established
    assert joined.server.suite == "ECDHE-PSK-AES256-CBC-SHA384"


@pytest.mark.parametrize("length", [16, 23])
def test_tls_019__a_shorter_key_is_refused_by_the_client(length):
    """With fewer than 24 octets a client with such a suite cannot be made."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsClient("alice", bytes(length), profile=LONG)
    assert [finding.requirement for finding in caught.value.findings] == ["TLS_019"]


def test_tls_019__a_shorter_key_is_refused_by_the_server(join):
    """A server whose profile has such a suite treats a shorter key as none."""
    mixed = TlsProfile(suites=(*LONG.suites, *DEFAULT_SUITES))
    key = bytes(range(23))
    joined = join(TlsClient("alice", key), TlsServer({"alice": key}.get, profile=mixed))
    assert joined.failures[1].failure is TlsFailure.UNKNOWN_IDENTITY
