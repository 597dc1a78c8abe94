"""RFC 5487, 4: suites without encryption."""

import pytest

from mediasec.endpoints.tls_profile import DEFAULT_SUITES, CipherSuite, TlsProfile
from mediasec.errors import LocalProtocolError

# As RFC 4785, RFC 5487 and RFC 5489 number them.
NULL = [
    *(0x002C, 0x002D, 0x002E),
    *(0x00B0, 0x00B1, 0x00B4, 0x00B5, 0x00B8, 0x00B9),
    *(0xC039, 0xC03A, 0xC03B),
]


@pytest.mark.parametrize("code", NULL, ids=hex)
def test_tls_004__null_encryption_is_refused(code):
    """A profile with a suite that does not encrypt cannot be made."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsProfile(suites=(*DEFAULT_SUITES, CipherSuite(code)))
    assert "TLS_004" in {finding.requirement for finding in caught.value.findings}
