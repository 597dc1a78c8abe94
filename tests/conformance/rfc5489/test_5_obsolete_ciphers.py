"""RFC 5489, 5: the portfolio follows what is recommended."""

import pytest

from mediasec.endpoints.tls_profile import DEFAULT_SUITES, CipherSuite, TlsProfile
from mediasec.errors import LocalProtocolError


@pytest.mark.parametrize("code", [0x008A, 0x008B, 0x008E, 0x008F, 0x0092, 0x0093, 0xC033, 0xC034], ids=hex)
def test_tls_007__rc4_and_triple_des_are_refused(code):
    """A profile with RC4 or triple DES cannot be made."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsProfile(suites=(*DEFAULT_SUITES, CipherSuite(code)))
    assert "TLS_007" in {finding.requirement for finding in caught.value.findings}


def test_tls_007__the_default_is_accepted():
    """The default profile breaks no rule."""
    assert TlsProfile().check() == []
