"""RFC 4279, 4: the RSA_PSK key exchange, which this solution does not use."""

import pytest

from mediasec.endpoints.tls_profile import DEFAULT_SUITES, CipherSuite, TlsProfile
from mediasec.errors import LocalProtocolError

# As RFC 4279, 6, and RFC 5487, 5, number them.
RSA_PSK_WITH_AES = [0x0094, 0x0095, 0x00AC, 0x00AD, 0x00B6, 0x00B7]


@pytest.mark.parametrize("code", RSA_PSK_WITH_AES, ids=hex)
def test_tls_005__rsa_psk_is_refused(code):
    """A profile with an RSA_PSK suite cannot be made."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsProfile(suites=(*DEFAULT_SUITES, CipherSuite(code)))
    assert "TLS_005" in {finding.requirement for finding in caught.value.findings}
