"""RFC 4279, 4: the RSA_PSK key exchange, which this solution does not use."""

import pytest

from mediasec.endpoints.tls_profile import DEFAULT_SUITES, CipherSuite, TlsProfile
from mediasec.errors import LocalProtocolError

RSA_PSK = [suite for suite in CipherSuite if "RSA_PSK" in suite.name]


@pytest.mark.parametrize("suite", RSA_PSK, ids=lambda suite: suite.name)
def test_tls_005__rsa_psk_is_refused(suite):
    """A profile with an RSA_PSK suite cannot be made."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsProfile(suites=(*DEFAULT_SUITES, suite))
    assert "TLS_005" in {finding.requirement for finding in caught.value.findings}


def test_tls_005__the_code_points_are_those_of_the_registry():
    """RSA_PSK with AES, as RFC 4279, 6, and RFC 5487, 5, number it."""
    assert {0x0094, 0x0095, 0x00AC, 0x00AD, 0x00B6, 0x00B7} <= set(RSA_PSK)
